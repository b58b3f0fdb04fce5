"""The equations of the Fels study: Roche-Wainer-Thissen 1975, Khamis-Guo 1993, Khamis-Roche 1995.

All are weighted sums of the child's size, weight, the mean height of both parents and, except for Khamis-Roche, a bone age. The
weights are interpolated linearly between the two ages of a table around the child's age.
"""

from __future__ import annotations

import numpy as np

from openboneage.clinical.height.inputs import KG_PER_POUND, HeightInputs
from openboneage.clinical.height.prediction import (
    CENTRAL_90,
    Z_90,
    Cohort,
    ErrorBand,
    HeightPrediction,
    published_error,
    published_error_findings,
    weights_at,
)
from openboneage.clinical.stature import CM_PER_INCH
from openboneage.clinical.table_files import load_table
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex, format_age

STANDING_TO_RECUMBENT_CM = 1.25  # added where only the standing height is known (Roche, Wainer, Thissen 1975)
GROWTH_AFTER_18_CM = {Sex.MALE: 0.8, Sex.FEMALE: 0.6}  # Khamis and Guo 1993

RWT_MATURE_MONTHS = {Sex.MALE: 16 * MONTHS_PER_YEAR, Sex.FEMALE: 14 * MONTHS_PER_YEAR}
"""The paper stops when half the bones of the hand are adult; their stages are unknown, so this bone age is used. Our rule."""

# Values that the paper allows instead of unknown ones.
RWT_AGE_FOR_BONE_AGE_UNTIL_MONTHS = {Sex.MALE: 13 * MONTHS_PER_YEAR, Sex.FEMALE: 8 * MONTHS_PER_YEAR}
RWT_FATHER_CM = 174.5
RWT_MOTHER_CM = 162.0

_RWT_ERRORS = "rwt_1975_error90.csv"
_RWT_MISPRINTS = "rwt_corrections.csv"


def rwt_1975(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height after Roche, Wainer and Thissen, Pediatrics 1975; 56:1026-1033, Tables I and II.

    Needs weight; boys of 1 to 16, girls of 1 to 14 years. Parents' heights that are not given are the paper's means; a bone age
    that is not given is the age, before 13 years in boys and 8 in girls. A recumbent length that was not measured is the
    standing height plus 1.25 cm; under 2 years the height is a length already. The equations give stature at 18 years; 0.8 cm
    (boys) or 0.6 cm (girls) is added for the growth that follows.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not cover the age, or the bones are too mature.
    """
    wanted = ["weight_kg"] if _age_for_bone_age(inputs) else ["weight_kg", "bone_age_months"]
    weight = inputs.given(*wanted)[0]
    skeletal_age, age_note = _skeletal_age_months(inputs)
    if skeletal_age >= RWT_MATURE_MONTHS[inputs.sex]:
        raise RefusedError(
            f"Ends where half the bones of the hand are adult, taken as a bone age of "
            f"{format_age(RWT_MATURE_MONTHS[inputs.sex])} ({inputs.sex}), got {format_age(skeletal_age)}."
        )
    length, length_notes = _recumbent(inputs)
    midparent, parent_notes = _midparent(inputs)
    table = load_table("rwt_1975.csv").where(sex=inputs.sex)
    columns = (
        "beta_recumbent_length_cm",
        "beta_weight_kg",
        "beta_midparent_stature_cm",
        "beta_skeletal_age_y",
        "beta0",
    )
    *betas, constant = weights_at(table, "chronological_age_months", inputs.age_months, columns, months_per_unit=1)
    at_18 = float(np.dot(betas, (length, weight, midparent, skeletal_age / MONTHS_PER_YEAR))) + constant
    after = GROWTH_AFTER_18_CM[inputs.sex]
    error = load_table(_RWT_ERRORS).where(sex=inputs.sex)
    half_width = float(np.interp(inputs.age_months, error.column("age_months"), error.column("half_width_cm")))
    return HeightPrediction(
        method="rwt-1975",
        title="Roche-Wainer-Thissen 1975",
        cohort=Cohort.FELS,
        adult_height_cm=at_18 + after,
        error=ErrorBand.around(at_18 + after, half_width, CENTRAL_90, "read off Figure 1 of the paper"),
        notes=(_at_18(at_18, after), age_note, *length_notes, *parent_notes, *_misprint_notes(inputs)),
        findings=(*table.findings(inputs.sex), *error.findings(inputs.sex)),
    )


def khamis_guo_1993(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height after Khamis and Guo, Am J Hum Biol 1993; 5:669-679, Tables 5 and 6.

    Needs weight, both parents' heights and a bone age; 3 to 17.5 years. The equations give stature at 18 years; 0.8 cm (boys)
    or 0.6 cm (girls) is added for the growth that follows.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not cover the age.
    """
    weight, bone_age, *_ = inputs.given("weight_kg", "bone_age_months", "father_height_cm", "mother_height_cm")
    table = load_table("rwt_1993_khamis_guo.csv").where(sex=inputs.sex)
    columns = ("beta_stature_cm", "beta_weight_kg", "beta_midparent_stature_cm", "beta_skeletal_age_y", "beta0")
    *betas, constant = weights_at(table, "age_years", inputs.age_years, columns, months_per_unit=MONTHS_PER_YEAR)
    at_18 = float(np.dot(betas, (inputs.height_cm, weight, inputs.midparent_cm, bone_age / MONTHS_PER_YEAR))) + constant
    after = GROWTH_AFTER_18_CM[inputs.sex]
    rmse, _, _ = published_error("Khamis-Guo 1993", inputs.sex, "RMSE")
    source = "1.645 RMSE, a mean over ages, Khamis and Guo 1993"
    return HeightPrediction(
        method="khamis-guo-1993",
        title="Khamis-Guo 1993 (adjusted RWT)",
        cohort=Cohort.FELS,
        adult_height_cm=at_18 + after,
        error=ErrorBand.around(at_18 + after, Z_90 * rmse, CENTRAL_90, source),
        notes=(_at_18(at_18, after),),
        findings=(*table.findings(inputs.sex), *published_error_findings(inputs.sex), _other_bone_age()),
    )


def khamis_roche_1995(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height without a bone age after Khamis and Roche, Pediatrics 1994; 94:504, erratum 1995; 95:457.

    Needs weight and both parents' heights; 4 to 17.5 years. Made from healthy white American children.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not cover the age.
    """
    weight, *_ = inputs.given("weight_kg", "father_height_cm", "mother_height_cm")
    table = load_table("khamis_roche_1995.csv").where(sex=inputs.sex)
    columns = ("beta_stature_in", "beta_weight_lb", "beta_midparent_in", "beta0")
    *betas, constant = weights_at(table, "age_years", inputs.age_years, columns, months_per_unit=MONTHS_PER_YEAR)
    in_pounds_and_inches = (inputs.height_cm / CM_PER_INCH, weight / KG_PER_POUND, inputs.midparent_cm / CM_PER_INCH)
    adult_height = (float(np.dot(betas, in_pounds_and_inches)) + constant) * CM_PER_INCH
    _, low, high = published_error("Khamis-Roche 1994", inputs.sex, "90 %")
    source = "90 % error bound of all ages together, Khamis and Roche 1994"
    return HeightPrediction(
        method="khamis-roche-1995",
        title="Khamis-Roche 1995 (no bone age)",
        cohort=Cohort.FELS,
        adult_height_cm=adult_height,
        error=ErrorBand(adult_height + low, adult_height + high, CENTRAL_90, source),
        findings=(*table.findings(inputs.sex), *published_error_findings(inputs.sex)),
    )


def _at_18(height_cm: float, after_cm: float) -> str:
    return f"stature at 18 years {height_cm:.1f} cm, plus {after_cm} cm"


def _age_for_bone_age(inputs: HeightInputs) -> bool:
    return inputs.age_months < RWT_AGE_FOR_BONE_AGE_UNTIL_MONTHS[inputs.sex]


def _skeletal_age_months(inputs: HeightInputs) -> tuple[float, str]:
    if inputs.bone_age_months is None:
        return inputs.age_months, "age taken as bone age"
    return inputs.bone_age_months, "Greulich-Pyle bone age, as the paper's"


def _midparent(inputs: HeightInputs) -> tuple[float, tuple[str, ...]]:
    """Return the mean height of both parents, cm; the paper's mean replaces a missing height."""
    notes = []
    heights = []
    for word, height, mean in (
        ("father", inputs.father_height_cm, RWT_FATHER_CM),
        ("mother", inputs.mother_height_cm, RWT_MOTHER_CM),
    ):
        heights.append(mean if height is None else height)
        if height is None:
            notes.append(f"{word}'s height taken as {mean:g} cm")
    return sum(heights) / 2, tuple(notes)


def _recumbent(inputs: HeightInputs) -> tuple[float, tuple[str, ...]]:
    if inputs.recumbent_length_cm is not None:
        return inputs.recumbent_length_cm, ()
    if inputs.age_months < 2 * MONTHS_PER_YEAR:
        return inputs.height_cm, ()
    note = f"recumbent length taken as standing height plus {STANDING_TO_RECUMBENT_CM} cm"
    return inputs.height_cm + STANDING_TO_RECUMBENT_CM, (note,)


def _misprint_notes(inputs: HeightInputs) -> tuple[str, ...]:
    """Note a corrected misprint of the paper if it affects the weights: within three months of its age."""
    notes = []
    for row in load_table(_RWT_MISPRINTS).where(sex=inputs.sex).rows:
        years, months = (int(part) for part in row["age"].split("-"))
        if abs(inputs.age_months - (years * MONTHS_PER_YEAR + months)) < 3:
            notes.append(f"weight coefficient at {years} y {months} m is {row['corrected']}; {row['printed']} in the paper")
    return tuple(notes)


def _other_bone_age() -> Finding:
    message = "Khamis and Guo 1993 used the bone age of the Fels method; a Greulich-Pyle bone age was used instead."
    return Finding("bone-age-of-another-method", Severity.NOTE, message)
