"""Tanner 1975: height, TW2-RUS bone age and menarche. The Mark I equations, not those of TW3 (2001).

Tanner JM, Whitehouse RH, Marshall WA, Carter BS. Arch Dis Child 1975; 50:14-26. Tables V and VI have an equation for each half
year of chronological age, Tables VIII and IX, made for children whose bone age is far from their age, for each half year of
bone age. An equation holds for its whole band, as printed, so that predictions step from one to the next. Where both parents'
heights are known, a third of what their mean differs from 168 cm is added (pp. 19-20).
"""

from __future__ import annotations

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import CENTRAL_90, Z_90, ErrorBand, HeightPrediction
from openboneage.clinical.table_files import Row, Table, load_table
from openboneage.errors import InputError, RefusedError

MEAN_MIDPARENT_CM = 168.0
MIDPARENT_SHARE = 1 / 3


def tanner_1975(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height by chronological age (Tables V and VI).

    Needs a TW2-RUS bone age from 8 years in boys and 6 in girls, and whether a girl of 11 to 15 has had her menarche; boys of
    4 to 18, girls of 4 to 16 years.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not hold the age.
    """
    table = load_table("tanner1975_height_prediction_by_ca.csv").where(sex=inputs.sex)
    row = _band(table, ("age_min", "age_max"), inputs.age_years, inputs.menarche)
    weight = float(row["b_rus_bone_age_y"])
    of_bone_age = weight * inputs.tw2_bone_age_years if weight else 0.0
    return _prediction("tanner-1975", "Tanner 1975, by age", inputs, table, row, of_bone_age)


def tanner_1975_by_bone_age(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height by TW2-RUS bone age (Tables VIII and IX): the second banding of the same data.

    Needs a TW2-RUS bone age, of 4 to 17 years in boys and 4 to 16 in girls, and whether a girl with a bone age of 13 has had
    her menarche.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not hold the bone age.
    """
    table = load_table("tanner1975_height_prediction_by_rus_ba.csv").where(sex=inputs.sex)
    row = _band(table, ("rus_ba_min", "rus_ba_max"), inputs.tw2_bone_age_years, inputs.menarche)
    return _prediction("tanner-1975-by-bone-age", "Tanner 1975, by bone age", inputs, table, row, 0.0, in_consensus=False)


def _band(table: Table, limits: tuple[str, str], years: float, menarche: bool | None) -> Row:
    """Return the equation whose band holds an age, from its lower limit to below its upper one."""
    low, high = limits
    rows = [row for row in table.rows if float(row[low]) <= years < float(row[high])]
    if not rows:
        first, last = min(table.column(low)), max(table.column(high))
        raise RefusedError(f"Holds {table.rows[0]['sex']} {_WORDS[low]}s of {first:g} to {last:g} years, got {years:.1f}.")
    if len(rows) == 1:
        return rows[0]
    if menarche is None:
        raise InputError(f"Needs to know whether a girl of this {_WORDS[low]} has had her menarche.")
    wanted = "postmenarcheal" if menarche else "premenarcheal"
    return next(row for row in rows if row["menarche"] == wanted)


_WORDS = {"age_min": "age", "rus_ba_min": "bone age"}


def _prediction(
    method: str, title: str, inputs: HeightInputs, table: Table, row: Row, of_bone_age: float, *, in_consensus: bool = True
) -> HeightPrediction:
    """Work out an equation; the term of the bone age, cm, is given."""
    of_height = float(row["b_height_cm"]) * inputs.height_cm
    of_age = float(row["b_chron_age_y"]) * inputs.age_years
    height = of_height + of_age + of_bone_age + float(row["constant"])
    allowance, notes = _midparent_allowance(inputs)
    return HeightPrediction(
        method=method,
        title=title if row["menarche"] == "all" else f"{title}, {row['menarche']}",
        adult_height_cm=height + allowance,
        error=ErrorBand(
            Z_90 * float(row["residual_sd_cm"]), CENTRAL_90, "1.645 residual SD of the equation, Tanner et al. 1975"
        ),
        in_consensus=in_consensus,
        notes=notes,
        findings=table.findings(inputs.sex),
    )


def _midparent_allowance(inputs: HeightInputs) -> tuple[float, tuple[str, ...]]:
    if inputs.father_height_cm is None or inputs.mother_height_cm is None:
        return 0.0, ()
    allowance = MIDPARENT_SHARE * (inputs.midparent_cm - MEAN_MIDPARENT_CM)
    return allowance, (f"{allowance:+.1f} cm for the parents' heights",)
