"""Blum 2022: adult height in idiopathic short stature, without treatment.

Blum WF, Ranke MB, Keller E, et al. J Endocr Soc 2022; 6(7):bvac074, Table 2: ten regression models that differ in the
variables they need. The model with the most variables is used; between equals, the one with the smaller error. Made from 292
Dutch and German children, most with a bone age more than a year behind; not for children of normal or tall height.
"""

from __future__ import annotations

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import CENTRAL_90, Z_90, Cohort, ErrorBand, HeightPrediction
from openboneage.clinical.stature import height_for_age
from openboneage.clinical.table_files import Row, load_table
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex

SHORT_SDS = -1.28
AGES_YEARS = (4.0, 17.0)

_SEX_NUMBERS = {Sex.MALE: 1.0, Sex.FEMALE: 2.0}


def blum_2022(inputs: HeightInputs) -> HeightPrediction:
    """Predict the adult height of a short child, -1.28 SDS or less, of 4 to 17 years.

    Needs a parent's height or a Greulich-Pyle bone age; the birth weight is used where both parents' heights and a bone age,
    or one parent's and a bone age, are given too.

    Raises:
        InputError: Neither a parent's height nor a bone age is given.
        RefusedError: The child is too tall, too young or too old.
    """
    first, last = AGES_YEARS
    if not first <= inputs.age_years <= last:
        raise RefusedError(f"Covers ages from {first:g} to {last:g} years, got {inputs.age_years:.1f}.")
    sds = height_for_age(inputs.sex, inputs.age_months, inputs.height_cm).sds
    if sds > SHORT_SDS:
        raise RefusedError(f"Made for idiopathic short stature, a height SDS of {SHORT_SDS} or less, got {sds:+.2f}.")
    table = load_table("blum_2022_iss.csv")
    values = _values(inputs)
    usable = [row for row in table.rows if all(name in values for name in _variables(row))]
    if not usable:
        raise InputError("Needs a parent's height or a Greulich-Pyle bone age.")
    row = max(usable, key=lambda row: (len(_variables(row)), -float(row["rmse_cm"])))
    height = float(row["b0"]) + sum(float(row[name]) * values[name] for name in _variables(row))
    half_width = Z_90 * float(row["rmse_cm"])
    return HeightPrediction(
        method="blum-2022",
        title=f"Blum 2022, model {row['model']}",
        cohort=Cohort.SHORT_STATURE,
        adult_height_cm=height,
        error=ErrorBand.around(height, half_width, CENTRAL_90, "1.645 RMSE of the model, Blum et al. 2022"),
        notes=(f"height SDS {sds:+.1f}",),
        findings=table.findings(inputs.sex),
    )


def _values(inputs: HeightInputs) -> dict[str, float]:
    """Return the variables that are known, by the column of their weight."""
    values = {"b_age_y": inputs.age_years, "b_height_cm": inputs.height_cm, "b_sex": _SEX_NUMBERS[inputs.sex]}
    if inputs.mother_height_cm is not None:
        values["b_mother_cm"] = inputs.mother_height_cm
    if inputs.father_height_cm is not None:
        values["b_father_cm"] = inputs.father_height_cm
    if inputs.mother_height_cm is not None and inputs.father_height_cm is not None:
        values["b_midparent_cm"] = inputs.midparent_cm
    if inputs.bone_age_months is not None:
        values["b_ba_ratio"] = inputs.bone_age_years / inputs.age_years
    if inputs.birth_weight_kg is not None:
        values["b_birth_weight_kg"] = inputs.birth_weight_kg
    return values


def _variables(row: Row) -> list[str]:
    return [name for name, cell in row.items() if name.startswith("b_") and cell]
