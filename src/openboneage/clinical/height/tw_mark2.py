"""TW Mark II: adult height from height, age, TW2-RUS bone age, yearly increments and menarche.

Tanner JM, Landt KW, Cameron N, Carter BS, Patel J. Arch Dis Child 1983; 58:767-776, Tables 2.1 and 2.2 (boys), 3.1 to 3.3
(girls). A row belongs to the nearest half year of age, and the exact age goes into the equation (p. 768). Increments are
taken from a visit about one year earlier. The parents' heights are not used (p. 775). Not tested in precocious puberty,
achondroplasia or chronic disease.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import CENTRAL_90, Z_90, Cohort, ErrorBand, HeightPrediction
from openboneage.clinical.height.tanner import weak_age_findings
from openboneage.clinical.table_files import Row, load_table
from openboneage.errors import InputError, RefusedError
from openboneage.subject import MONTHS_PER_YEAR, Sex

_TABLE = "tw_mark2_1983_height.csv"
_INTERVAL_YEARS = {Sex.MALE: (0.83, 1.12), Sex.FEMALE: (0.88, 1.12)}
_FIRST_YEARS = {Sex.MALE: 6.0, Sex.FEMALE: 5.0}
_LAST_YEARS = {Sex.MALE: 20.0, Sex.FEMALE: 17.0}  # girls as printed; boys above the table take its last row, to 20 by our rule
_POSTMENARCHEAL_FROM_YEARS = 11.5  # a younger girl takes this row, and the premenarcheal value is shown beside it
_MENARCHE_FROM_YEARS = 11.0  # under this age a girl whose menarche is not known is taken as premenarcheal


@dataclass(frozen=True)
class _Increments:
    """Growth of height (cm/year) and of bone age (years/year); `None` where it is not known."""

    height: float | None = None
    bone_age: float | None = None


def tw_mark2_1983(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height by TW Mark II.

    Needs a TW2-RUS bone age, and whether a girl of 11 years and over has had her menarche; boys of 6 to 20, girls of 5 to 17
    years. A visit 10 to 13 months earlier (girls 10.5 to 13) provides the increments.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The tables do not hold the age.
    """
    bone_age = inputs.tw2_bone_age_years
    first = _FIRST_YEARS[inputs.sex]
    if not first - 0.25 <= inputs.age_years <= _LAST_YEARS[inputs.sex]:
        raise RefusedError(
            f"Covers {inputs.sex} ages from {first:g} to {_LAST_YEARS[inputs.sex]:g} years, got {inputs.age_years:.1f}."
        )
    increments, notes = _increments(inputs)
    postmenarcheal = _postmenarcheal(inputs)
    row = _row(inputs, increments, postmenarcheal)
    height = _equation(row, inputs, bone_age, increments)
    if postmenarcheal and inputs.age_years < _POSTMENARCHEAL_FROM_YEARS:
        before = _equation(_row(inputs, increments, False), inputs, bone_age, increments)
        notes = (*notes, f"the premenarcheal equation predicts {before:.1f} cm")
    half_width = Z_90 * float(row["residual_sd_cm"])
    return HeightPrediction(
        method="tw-mark2-1983",
        title=f"TW Mark II 1983, Table {row['table']}" + ("" if row["group"] == "all" else f", {row['group']}"),
        cohort=Cohort.BRITISH,
        adult_height_cm=height,
        error=ErrorBand.around(height, half_width, CENTRAL_90, "1.645 residual SD of the equation, Tanner et al. 1983"),
        notes=notes,
        findings=(*load_table(_TABLE).findings(inputs.sex), *weak_age_findings(inputs)),
    )


def _increments(inputs: HeightInputs) -> tuple[_Increments, tuple[str, ...]]:
    """Return the increments per year since the earlier visit, where its interval is near one year."""
    earlier = inputs.earlier
    if earlier is None:
        return _Increments(), ()
    years = (inputs.age_months - earlier.age_months) / MONTHS_PER_YEAR
    low, high = _INTERVAL_YEARS[inputs.sex]
    if not low <= years <= high:
        return _Increments(), (f"earlier visit not used: {years:.2f} years before, {low:g} to {high:g} needed",)
    height = (inputs.height_cm - earlier.height_cm) / years
    if height < 0:
        return _Increments(), ("earlier visit not used: the height was greater then",)
    if earlier.tw2_bone_age_months is None:
        return _Increments(height), (f"{height:.1f} cm/year",)
    bone_age = (inputs.tw2_bone_age_years - earlier.tw2_bone_age_months / MONTHS_PER_YEAR) / years
    return _Increments(height, bone_age), (f"{height:.1f} cm/year, bone age {bone_age:.1f} years/year",)


def _postmenarcheal(inputs: HeightInputs) -> bool:
    if inputs.past_menarche is None and inputs.sex is Sex.FEMALE and inputs.age_years >= _MENARCHE_FROM_YEARS:
        raise InputError("Needs to know whether a girl of this age has had her menarche.")
    return bool(inputs.past_menarche)


def _row(inputs: HeightInputs, increments: _Increments, postmenarcheal: bool) -> Row:
    """Return the row of the nearest half year, of the table with the most increments that are known."""
    half_year = math.floor(2 * inputs.age_years + 0.5) / 2
    if postmenarcheal:
        half_year = max(half_year, _POSTMENARCHEAL_FROM_YEARS)
    *with_increments, plain = _tables(inputs, increments, postmenarcheal)
    for name in with_increments:
        for row in load_table(_TABLE).where(table=name).rows:
            if float(row["age_years"]) == half_year:
                return row
    rows = load_table(_TABLE).where(table=plain).rows
    return min(rows, key=lambda row: abs(float(row["age_years"]) - half_year))


def _tables(inputs: HeightInputs, increments: _Increments, postmenarcheal: bool) -> tuple[str, ...]:
    """Return the tables that may be used, the one without increments last."""
    one = increments.height is not None
    if inputs.sex is Sex.MALE:
        return (*(("2.2",) if one else ()), "2.1")
    both = increments.bone_age is not None
    if not postmenarcheal:
        return (*(("3.3a",) if both else ()), *(("3.2a",) if one else ()), "3.1a")
    plain = "3.1b" if inputs.menarche_age_months is None else "3.1c"
    return (*(("3.3b",) if both else ()), *(("3.2b",) if one else ()), plain)


def _equation(row: Row, inputs: HeightInputs, bone_age_years: float, increments: _Increments) -> float:
    terms = {
        "b_height": inputs.height_cm,
        "b_age": inputs.age_years,
        "b_rus": bone_age_years,
        "b_height_increment": increments.height or 0.0,
        "b_rus_increment": increments.bone_age or 0.0,
        "b_menarche": (inputs.menarche_age_months or 0.0) / MONTHS_PER_YEAR,
    }
    return sum(float(row[name] or 0) * value for name, value in terms.items()) + float(row["constant"])
