"""Bayley and Pinneau 1952: the share of mature height that a Greulich-Pyle bone age means, and Reinehr 2019 for delayed boys.

Bayley N, Pinneau SR. J Pediatr 1952; 40:423-441, Tables II and III. The table depends on the pace of maturation: accelerated
where bone age is a year or more ahead of chronological age, retarded where it is a year or more behind, else average. Between
two ages of a table the share lies on a straight line. The table for retarded boys ends at a bone age of 13 years; the paper
names none that continues it, and neither do we: Reinehr's does.
"""

from __future__ import annotations

import numpy as np

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import CENTRAL_90, Z_90, ErrorBand, HeightPrediction
from openboneage.clinical.table_files import load_table
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex, format_age

_ONE_YEAR = MONTHS_PER_YEAR
_ERRORS = "bayley_pinneau_error.csv"
_REINEHR_FROM_MONTHS = 144.0  # boys of 12 years and over (Reinehr et al. 2019, Table 2)


def bayley_pinneau(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height after Bayley and Pinneau.

    Needs a Greulich-Pyle bone age of 7 to 18.5 years in boys (accelerated 7 to 17, retarded 6 to 13) and 6 to 18 in girls
    (accelerated 7 to 17.5, retarded 6 to 17).

    Raises:
        InputError: No bone age is given.
        RefusedError: The table for this pace of maturation does not hold the bone age.
    """
    bone_age = inputs.bone_age_years * MONTHS_PER_YEAR
    group = maturity_group(bone_age, inputs.age_months)
    table = load_table("bayley_pinneau_pmh.csv").where(sex=inputs.sex, maturity_group=group)
    ages = table.column("skeletal_age_months")
    if not ages[0] <= bone_age <= ages[-1]:
        raise RefusedError(
            f"The {group} table ({inputs.sex}) holds bone ages of {format_age(ages[0])} to {format_age(ages[-1])}, "
            f"got {format_age(bone_age)}."
        )
    share = float(np.interp(bone_age, ages, table.column("percent_mature_height")))
    return HeightPrediction(
        method="bayley-pinneau",
        title=f"Bayley-Pinneau, {group}",
        adult_height_cm=inputs.height_cm * 100 / share,
        error=_error_band(inputs),
        notes=(f"{share:.1f} % of mature height",),
        findings=table.findings(inputs.sex),
    )


def maturity_group(bone_age_months: float, age_months: float) -> str:
    """Return which tables to use: `accelerated`, `average` or `retarded` (Bayley and Pinneau 1952)."""
    ahead = bone_age_months - age_months
    return "accelerated" if ahead >= _ONE_YEAR else "retarded" if ahead <= -_ONE_YEAR else "average"


def reinehr_2019(inputs: HeightInputs) -> HeightPrediction:
    """Predict the adult height of a boy with constitutional delay.

    Reinehr et al., Horm Res Paediatr 2019; 91:186-194, Table 2. For boys of 12 years and over whose Greulich-Pyle bone age,
    10.5 to 15.5 years, is more than a year behind. The share of adult height lies on a straight line between two bone ages.

    Raises:
        InputError: No bone age is given.
        RefusedError: The method is not made for this child.
    """
    bone_age = inputs.bone_age_years
    delay = inputs.age_months - bone_age * MONTHS_PER_YEAR
    if inputs.sex is not Sex.MALE or inputs.age_months < _REINEHR_FROM_MONTHS or delay <= _ONE_YEAR:
        raise RefusedError("Made for boys of 12 years and over whose bone age is more than a year behind.")
    group = "gte2" if delay >= 2 * _ONE_YEAR else "gt1lt2"
    table = load_table("reinehr_2019_cdgp_boys.csv").where(bone_age_delay_group=group)
    ages = table.column("bone_age_years")
    if not ages[0] <= bone_age <= ages[-1]:
        raise RefusedError(f"Holds bone ages of {ages[0]:g} to {ages[-1]:g} years, got {bone_age:.1f}.")
    share = float(np.interp(bone_age, ages, table.column("percent_adult_height")))
    beside = (np.abs(ages - bone_age) < 0.5) & (table.column("extrapolated") > 0)
    return HeightPrediction(
        method="reinehr-2019",
        title=f"Reinehr 2019, delay {'2 years and over' if group == 'gte2' else '1 to 2 years'}",
        adult_height_cm=inputs.height_cm * 100 / share,
        error=None,
        notes=(f"{share:.1f} % of adult height",),
        findings=(*table.findings(inputs.sex), *(_extrapolated() if beside.any() else ())),
    )


def _extrapolated() -> tuple[Finding, ...]:
    message = "The share of adult height at this bone age was extrapolated by the authors of the table."
    return (Finding("table-extrapolated", Severity.WARNING, message),)


def _error_band(inputs: HeightInputs) -> ErrorBand | None:
    """Return 1.645 SD of the error in the validating sample (Tables IV and V), which was not used to make the tables."""
    table = load_table(_ERRORS).where(sex=inputs.sex, sample="validating")
    ages = table.column("chronological_age_months")
    if not ages[0] <= inputs.age_months <= ages[-1]:
        return None
    sd = float(np.interp(inputs.age_months, ages, table.column("sd_error_cm")))
    return ErrorBand(Z_90 * sd, CENTRAL_90, "1.645 SD of the validating sample, Bayley and Pinneau 1952, Tables IV and V")
