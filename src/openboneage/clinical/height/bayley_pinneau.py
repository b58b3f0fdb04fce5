"""Bayley and Pinneau 1952: the share of mature height at a Greulich-Pyle bone age.

Bayley N, Pinneau SR. J Pediatr 1952; 40:423-441, Tables II and III. The table depends on the pace of maturation: accelerated
where bone age is a year or more ahead of chronological age, retarded where it is a year or more behind, else average. Between
two ages of a table the share is interpolated linearly. The table for retarded boys ends at a bone age of 13 years, and the
paper names none that continues it.

Where bone age and age differ by more than two years the authors advise caution (p. 438): more advanced children tend to become
taller than predicted, more delayed children shorter.
"""

from __future__ import annotations

import numpy as np

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import CENTRAL_90, Z_90, Cohort, ErrorBand, HeightPrediction
from openboneage.clinical.stature import CM_PER_INCH
from openboneage.clinical.table_files import load_table
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex, format_age

_ONE_YEAR = MONTHS_PER_YEAR
_ERRORS = "bayley_pinneau_error.csv"
_BAND_SOURCE = (
    "mean error and 1.645 SD of the validating sample, Bayley and Pinneau 1952, Tables IV and V; the sign of the error, "
    "predicted minus attained height, is inferred"
)


def bayley_pinneau(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height after Bayley and Pinneau.

    Needs a Greulich-Pyle bone age of 7 to 18.5 years in boys (accelerated 7 to 17, retarded 6 to 13) and 6 to 18 in girls
    (accelerated 7 to 17.5, retarded 6 to 17). More than two years of difference between bone age and age keep the prediction
    out of the consensus.

    Raises:
        InputError: No bone age is given.
        RefusedError: The table for this pace of maturation does not cover the bone age.
    """
    bone_age = inputs.bone_age_years * MONTHS_PER_YEAR
    group = maturity_group(bone_age, inputs.age_months)
    table = load_table("bayley_pinneau_pmh.csv").where(sex=inputs.sex, maturity_group=group)
    ages = table.column("skeletal_age_months")
    if not ages[0] <= bone_age <= ages[-1]:
        elsewhere = " For delayed boys see reinehr-2019, tw-mark2-1983 and blum-2022." if _delayed_boy(inputs, group) else ""
        raise RefusedError(
            f"The {group} table ({inputs.sex}) covers bone ages from {format_age(ages[0])} to {format_age(ages[-1])}, "
            f"got {format_age(bone_age)}.{elsewhere}"
        )
    share = float(np.interp(bone_age, ages, table.column("percent_mature_height")))
    adult_height = inputs.height_cm * 100 / share
    far = _far_from_age(bone_age - inputs.age_months)
    return HeightPrediction(
        method="bayley-pinneau",
        title=f"Bayley-Pinneau, {group}",
        cohort=Cohort.BERKELEY,
        adult_height_cm=adult_height,
        error=_error_band(inputs, adult_height),
        in_consensus=not far,
        notes=(f"{share:.1f} % of mature height",),
        findings=(*table.findings(inputs.sex), *far),
    )


def maturity_group(bone_age_months: float, age_months: float) -> str:
    """Return which tables to use: `accelerated`, `average` or `retarded` (Bayley and Pinneau 1952)."""
    ahead = bone_age_months - age_months
    return "accelerated" if ahead >= _ONE_YEAR else "retarded" if ahead <= -_ONE_YEAR else "average"


def _delayed_boy(inputs: HeightInputs, group: str) -> bool:
    return inputs.sex is Sex.MALE and group == "retarded"


def _far_from_age(ahead_months: float) -> tuple[Finding, ...]:
    if abs(ahead_months) <= 2 * _ONE_YEAR:
        return ()
    word, tendency = ("ahead of", "taller") if ahead_months > 0 else ("behind", "shorter")
    message = (
        f"Bone age is {abs(ahead_months) / MONTHS_PER_YEAR:.1f} years {word} age. Beyond two years children tend to become "
        f"{tendency} than Bayley and Pinneau's tables predict (1952, p. 438): the value does not count in the median."
    )
    return (Finding("bone-age-far-from-age", Severity.WARNING, message),)


def _error_band(inputs: HeightInputs, adult_height_cm: float) -> ErrorBand | None:
    """Return the band of the validating sample, from which the tables were not made; none outside its ages."""
    table = load_table(_ERRORS).where(sex=inputs.sex, sample="validating")
    ages = table.column("chronological_age_months")
    if not ages[0] <= inputs.age_months <= ages[-1]:
        return None
    mean, sd = (float(np.interp(inputs.age_months, ages, table.column(name))) for name in ("mean_error_in", "sd_error_cm"))
    return ErrorBand.around(adult_height_cm - mean * CM_PER_INCH, Z_90 * sd, CENTRAL_90, _BAND_SOURCE)
