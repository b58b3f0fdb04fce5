"""Tanner 1975: height, TW2-RUS bone age and menarche. The Mark I equations, not those of TW3 (2001).

Tanner JM, Whitehouse RH, Marshall WA, Carter BS. Arch Dis Child 1975; 50:14-26. Tables V and VI have an equation for each half
year of chronological age, Tables VIII and IX, made for children whose bone age is far from their age, for each half year of
bone age. An equation holds for its whole band, as printed, so that predictions step from one to the next. With Tables V and VI
a third of what the parents' mean differs from 168 cm is added (pp. 19-20). Tables V and VI count in the consensus where bone
age and age differ by up to two years, Tables VIII and IX beyond.
"""

from __future__ import annotations

from dataclasses import replace

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import CENTRAL_90, Z_90, Cohort, ErrorBand, HeightPrediction
from openboneage.clinical.table_files import Row, Table, load_table
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex

MEAN_MIDPARENT_CM = 168.0
MIDPARENT_SHARE = 1 / 3
FAR_FROM_AGE_MONTHS = 2 * MONTHS_PER_YEAR

_WEAK_YEARS = {Sex.MALE: (13.0, 14.0), Sex.FEMALE: (12.0, 13.0)}
_WORDS = {"age_min": "age", "rus_ba_min": "bone age"}


def tanner_1975(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height by chronological age (Tables V and VI).

    Needs a TW2-RUS bone age from 8 years in boys and 6 in girls, and whether a girl of 11 to 15 has had her menarche; boys of
    4 to 18, girls of 4 to 16 years.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not cover the age.
    """
    table = load_table("tanner1975_height_prediction_by_ca.csv").where(sex=inputs.sex)
    row = _band(table, ("age_min", "age_max"), inputs.age_years, inputs.past_menarche)
    weight = float(row["b_rus_bone_age_y"])
    of_bone_age = weight * inputs.tw2_bone_age_years if weight else 0.0
    allowance, notes = _midparent_allowance(inputs)
    prediction = _prediction("tanner-1975", "Tanner 1975, by age", inputs, table, row, of_bone_age + allowance)
    return replace(prediction, in_consensus=not _far_from_age(inputs), notes=notes)


def tanner_1975_by_bone_age(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height by TW2-RUS bone age (Tables VIII and IX): the second banding of the same data.

    Needs a TW2-RUS bone age, of 4 to 17 years in boys and 4 to 16 in girls, and whether a girl with a bone age of 13 has had
    her menarche.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not cover the bone age.
    """
    table = load_table("tanner1975_height_prediction_by_rus_ba.csv").where(sex=inputs.sex)
    row = _band(table, ("rus_ba_min", "rus_ba_max"), inputs.tw2_bone_age_years, inputs.past_menarche)
    prediction = _prediction("tanner-1975-by-bone-age", "Tanner 1975, by bone age", inputs, table, row, 0.0)
    return replace(prediction, in_consensus=_far_from_age(inputs))


def weak_age_findings(inputs: HeightInputs) -> tuple[Finding, ...]:
    """Return a finding at the ages at which bone age helps prediction less (boys of 13 to 14 years, girls of 12 to 13)."""
    low, high = _WEAK_YEARS[inputs.sex]
    if not low <= inputs.age_years <= high:
        return ()
    message = f"Between {low:g} and {high:g} years bone age predicts adult height less well ({inputs.sex}; Tanner et al. 1975)."
    return (Finding("bone-age-weak-at-this-age", Severity.NOTE, message),)


def _far_from_age(inputs: HeightInputs) -> bool:
    bone_age = inputs.tw2_bone_age_months
    return bone_age is not None and abs(bone_age - inputs.age_months) > FAR_FROM_AGE_MONTHS


def _band(table: Table, limits: tuple[str, str], years: float, menarche: bool | None) -> Row:
    """Return the equation whose band holds an age, from its lower limit to below its upper one."""
    low, high = limits
    rows = [row for row in table.rows if float(row[low]) <= years < float(row[high])]
    if not rows:
        first, last = min(table.column(low)), max(table.column(high))
        raise RefusedError(f"Covers {table.rows[0]['sex']} {_WORDS[low]}s from {first:g} to {last:g} years, got {years:.1f}.")
    if len(rows) == 1:
        return rows[0]
    if menarche is None:
        raise InputError(f"Needs to know whether a girl of this {_WORDS[low]} has had her menarche.")
    wanted = "postmenarcheal" if menarche else "premenarcheal"
    return next(row for row in rows if row["menarche"] == wanted)


def _prediction(
    method: str, title: str, inputs: HeightInputs, table: Table, row: Row, further_terms_cm: float
) -> HeightPrediction:
    """Compute an equation; the terms beyond height, age and constant are given."""
    of_height = float(row["b_height_cm"]) * inputs.height_cm
    of_age = float(row["b_chron_age_y"]) * inputs.age_years
    height = of_height + of_age + further_terms_cm + float(row["constant"])
    half_width = Z_90 * float(row["residual_sd_cm"])
    return HeightPrediction(
        method=method,
        title=title if row["menarche"] == "all" else f"{title}, {row['menarche']}",
        cohort=Cohort.BRITISH,
        adult_height_cm=height,
        error=ErrorBand.around(height, half_width, CENTRAL_90, "1.645 residual SD of the equation, Tanner et al. 1975"),
        findings=(*table.findings(inputs.sex), *weak_age_findings(inputs)),
    )


def _midparent_allowance(inputs: HeightInputs) -> tuple[float, tuple[str, ...]]:
    if inputs.father_height_cm is None or inputs.mother_height_cm is None:
        return 0.0, ()
    allowance = MIDPARENT_SHARE * (inputs.midparent_cm - MEAN_MIDPARENT_CM)
    return allowance, (f"{allowance:+.1f} cm for the parents' heights",)
