"""The height of the parents: where a healthy child of theirs is expected to end."""

from __future__ import annotations

import re

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import ErrorBand, HeightPrediction
from openboneage.clinical.table_files import load_table
from openboneage.subject import Sex

_ITEMS = {Sex.MALE: "target height boy (cm)", Sex.FEMALE: "target height girl (cm)"}
_RANGE = "target range (cm)"


def target_height(inputs: HeightInputs) -> HeightPrediction:
    """Return the mid-parental target height with its range.

    It says nothing of the child's own growth, and takes no part in the consensus.

    Raises:
        InputError: A parent's height is not given.
    """
    table = load_table("midparental_height.csv")
    formulas = {row["item"]: row["formula"] for row in table.rows}
    # "(father+mother+13)/2" and "+-8.5": the numbers are read, not typed again.
    sex_term = float(re.findall(r"[+-]\d+(?:\.\d+)?", formulas[_ITEMS[inputs.sex]])[0])
    half_width = float(formulas[_RANGE].removeprefix("+-"))
    return HeightPrediction(
        method="target-height",
        title="Mid-parental target height",
        adult_height_cm=inputs.midparent_cm + sex_term / 2,
        error=ErrorBand(half_width, None, "target range, a convention"),
        in_consensus=False,
        findings=table.findings(inputs.sex),
    )
