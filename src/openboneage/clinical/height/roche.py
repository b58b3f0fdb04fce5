"""The equations of the Fels study: Roche-Wainer-Thissen 1975, Khamis-Guo 1993, Khamis-Roche 1995.

All are weighted sums of the child's size, weight, the mean height of both parents and, but for Khamis-Roche, a bone age. The
weights lie on a straight line between the two ages of a table beside the child's.
"""

from __future__ import annotations

import numpy as np

from openboneage.clinical.height.inputs import KG_PER_POUND, HeightInputs, needed
from openboneage.clinical.height.prediction import CENTRAL_90, ErrorBand, HeightPrediction, weights_at
from openboneage.clinical.stature import CM_PER_INCH
from openboneage.clinical.table_files import load_table
from openboneage.findings import Finding, Severity
from openboneage.subject import MONTHS_PER_YEAR, Sex

STANDING_TO_RECUMBENT_CM = 1.25  # added where only the standing height is known (Roche, Wainer, Thissen 1975)
GROWTH_AFTER_18_CM = {Sex.MALE: 0.8, Sex.FEMALE: 0.6}  # Khamis and Guo 1993

_RWT_ERRORS = "rwt_1975_error90_UNVERIFIED.csv"


def rwt_1975(inputs: HeightInputs) -> HeightPrediction:
    """Predict stature at 18 years after Roche, Wainer and Thissen, Pediatrics 1975; 56:1026-1033, Tables I and II.

    Needs weight, both parents' heights and a Greulich-Pyle bone age; boys of 1 to 16, girls of 1 to 14 years. A recumbent
    length that was not measured is the standing height plus 1.25 cm; under 2 years the height is a length already.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not hold the age.
    """
    weight, bone_age = needed(inputs.weight_kg, "weight"), inputs.bone_age_years
    length, notes = _recumbent(inputs)
    table = load_table("rwt_1975.csv").where(sex=inputs.sex)
    columns = (
        "beta_recumbent_length_cm",
        "beta_weight_kg",
        "beta_midparent_stature_cm",
        "beta_skeletal_age_y",
        "beta0",
    )
    *betas, constant = weights_at(table, "chronological_age_months", inputs.age_months, columns, months_per_unit=1)
    error = load_table(_RWT_ERRORS).where(sex=inputs.sex)
    half_width = float(np.interp(inputs.age_months, error.column("age_months"), error.column("half_width_cm")))
    return HeightPrediction(
        method="rwt-1975",
        title="Roche-Wainer-Thissen 1975",
        adult_height_cm=float(np.dot(betas, (length, weight, inputs.midparent_cm, bone_age))) + constant,
        error=ErrorBand(half_width, CENTRAL_90, "read off Figure 1 of the paper"),
        notes=("stature at 18 years", *notes),
        findings=(*table.findings(inputs.sex), *error.findings(inputs.sex)),
    )


def khamis_guo_1993(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height after Khamis and Guo, Am J Hum Biol 1993; 5:669-679, Tables 5 and 6.

    Needs weight, both parents' heights and a bone age; 3 to 17.5 years. The equations give stature at 18 years; 0.8 cm (boys)
    or 0.6 cm (girls) is added for the growth that follows.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not hold the age.
    """
    weight, bone_age = needed(inputs.weight_kg, "weight"), inputs.bone_age_years
    table = load_table("rwt_1993_khamis_guo.csv").where(sex=inputs.sex)
    columns = ("beta_stature_cm", "beta_weight_kg", "beta_midparent_stature_cm", "beta_skeletal_age_y", "beta0")
    *betas, constant = weights_at(table, "age_years", inputs.age_years, columns, months_per_unit=MONTHS_PER_YEAR)
    at_18 = float(np.dot(betas, (inputs.height_cm, weight, inputs.midparent_cm, bone_age))) + constant
    after = GROWTH_AFTER_18_CM[inputs.sex]
    return HeightPrediction(
        method="khamis-guo-1993",
        title="Khamis-Guo 1993 (adjusted RWT)",
        adult_height_cm=at_18 + after,
        error=None,
        notes=(f"stature at 18 years {at_18:.1f} cm, plus {after} cm",),
        findings=(*table.findings(inputs.sex), _other_bone_age()),
    )


def khamis_roche_1995(inputs: HeightInputs) -> HeightPrediction:
    """Predict adult height without a bone age after Khamis and Roche, Pediatrics 1994; 94:504, erratum 1995; 95:457.

    Needs weight and both parents' heights; 4 to 17.5 years. Made from healthy white American children.

    Raises:
        InputError: Something needed is not given.
        RefusedError: The table does not hold the age.
    """
    weight = needed(inputs.weight_kg, "weight")
    table = load_table("khamis_roche_1995.csv").where(sex=inputs.sex)
    columns = ("beta_stature_in", "beta_weight_lb", "beta_midparent_in", "beta0")
    *betas, constant = weights_at(table, "age_years", inputs.age_years, columns, months_per_unit=MONTHS_PER_YEAR)
    in_pounds_and_inches = (inputs.height_cm / CM_PER_INCH, weight / KG_PER_POUND, inputs.midparent_cm / CM_PER_INCH)
    return HeightPrediction(
        method="khamis-roche-1995",
        title="Khamis-Roche 1995 (no bone age)",
        adult_height_cm=(float(np.dot(betas, in_pounds_and_inches)) + constant) * CM_PER_INCH,
        error=None,
        findings=table.findings(inputs.sex),
    )


def _recumbent(inputs: HeightInputs) -> tuple[float, tuple[str, ...]]:
    if inputs.recumbent_length_cm is not None:
        return inputs.recumbent_length_cm, ()
    if inputs.age_months < 2 * MONTHS_PER_YEAR:
        return inputs.height_cm, ()
    note = f"recumbent length taken as standing height plus {STANDING_TO_RECUMBENT_CM} cm"
    return inputs.height_cm + STANDING_TO_RECUMBENT_CM, (note,)


def _other_bone_age() -> Finding:
    message = (
        "The equations of 1993 come from the Fels study, which reads bone age by its own method; a Greulich-Pyle age stands in."
    )
    return Finding("bone-age-of-another-method", Severity.NOTE, message)
