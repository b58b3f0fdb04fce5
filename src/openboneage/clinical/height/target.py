"""Target height: the expected adult height of a healthy child from the parents' heights.

The mid-parental height uses the mean of both parents. Children of very short or very tall parents lie nearer to the mean of the
population than their parents (regression to the mean); the formulas of Luo 1998 and of Hermanussen and Cole 2002 allow for it.
None of them uses the child's own growth, and none counts in the consensus.
"""

from __future__ import annotations

import re

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import Cohort, ErrorBand, HeightPrediction
from openboneage.clinical.stature import LAST_MONTHS, height_at_sds, height_for_age
from openboneage.clinical.table_files import load_table
from openboneage.subject import Sex

_ITEMS = {Sex.MALE: "target height boy (cm)", Sex.FEMALE: "target height girl (cm)"}
_RANGE = "target range (cm)"
_CONDITIONAL = "conditional_target_height.csv"


def target_height(inputs: HeightInputs) -> HeightPrediction:
    """Return the mid-parental target height with its range.

    Raises:
        InputError: A parent's height is not given.
    """
    table = load_table("midparental_height.csv")
    formulas = {row["item"]: row["formula"] for row in table.rows}
    # "(father+mother+13)/2" and "+-8.5": the numbers are read from the table.
    sex_term = _numbers(formulas[_ITEMS[inputs.sex]])[0]
    half_width = float(formulas[_RANGE].removeprefix("+-"))
    height = inputs.midparent_cm + sex_term / 2
    return HeightPrediction(
        method="target-height",
        title="Mid-parental target height",
        cohort=Cohort.PARENTS,
        adult_height_cm=height,
        error=ErrorBand.around(height, half_width, None, "target range, a convention"),
        in_consensus=False,
        findings=table.findings(inputs.sex),
    )


def target_height_luo(inputs: HeightInputs) -> HeightPrediction:
    """Return the target height after Luo et al. 1998 (Sweden), a regression on the mean of both parents.

    Raises:
        InputError: A parent's height is not given.
    """
    table = load_table(_CONDITIONAL).where(formula="Luo 1998", sex=inputs.sex)
    constant, slope, *_ = _numbers(table.rows[0]["equation"])  # "45.99+0.78*(FH+MH)/2"
    height = constant + slope * inputs.midparent_cm
    half_width = _numbers(table.rows[0]["range_half_width"])[0]
    return HeightPrediction(
        method="target-height-luo",
        title="Target height, Luo 1998",
        cohort=Cohort.PARENTS,
        adult_height_cm=height,
        error=ErrorBand.around(height, half_width, None, "printed range, Luo et al. 1998"),
        in_consensus=False,
        findings=table.findings(inputs.sex),
    )


def target_height_conditional(inputs: HeightInputs) -> HeightPrediction:
    """Return the conditional target height after Hermanussen and Cole 2002: 0.72 of the parents' mean SDS.

    The SDS of parents and child are taken from the CDC 2000 reference at 20 years.

    Raises:
        InputError: A parent's height is not given.
    """
    father, mother = inputs.given("father_height_cm", "mother_height_cm")
    table = load_table(_CONDITIONAL).where(formula="Hermanussen and Cole 2002", sex="both")
    share = _numbers(table.rows[0]["equation"])[0]  # "target SDS = 0.72*(FH_SDS+MH_SDS)/2"
    half_width = _numbers(table.rows[0]["range_half_width"])[0]
    parents = [height_for_age(sex, LAST_MONTHS, cm).sds for sex, cm in ((Sex.MALE, father), (Sex.FEMALE, mother))]
    sds = share * sum(parents) / 2
    low, height, high = (height_at_sds(inputs.sex, LAST_MONTHS, sds + step) for step in (-half_width, 0.0, half_width))
    return HeightPrediction(
        method="target-height-conditional",
        title="Conditional target height, Hermanussen-Cole 2002",
        cohort=Cohort.PARENTS,
        adult_height_cm=height,
        error=ErrorBand(low, high, None, f"{half_width:g} SDS, Hermanussen and Cole 2002"),
        in_consensus=False,
        notes=(f"SDS {sds:+.1f}, CDC 2000 at 20 years",),
        findings=table.findings(inputs.sex),
    )


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"[+-]?\d+(?:\.\d+)?", text)]
