"""Cards of format 1, as sets 1.0 to 1.3 had them, are read from a folder and answer as before."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copy

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.hand.views import AS_IT_LIES, SampleSpec
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet
from tests import hands

ROWS = {"bands_months": [60.0], "female": [0.8, 0.9], "male": [0.85, 0.95]}


def write_old_set(folder: Path, calibration: dict[str, object], left_out: tuple[str, ...] = ()) -> None:
    """The shipped models with cards of format 1."""
    for path in ModelSet.find().cards.values():
        copy(path.with_suffix(".onnx"), folder)
        card = {**json.loads(path.read_text()), "format": 1}
        if card["name"] == "hand-finder":
            card["calibration"] = {}
        else:
            card["calibration"] |= calibration
            card["preprocessing"] = {key: value for key, value in card["preprocessing"].items() if key not in left_out}
        (folder / path.name).write_text(json.dumps(card))


@pytest.mark.parametrize("rows", [{}, ROWS], ids=["set 1.0", "sets 1.1 to 1.3"])
def test_an_old_set_answers_with_the_mass_of_all_children(tmp_path: Path, rows: dict[str, object]) -> None:
    write_old_set(tmp_path, rows)
    film = hands.png(hands.film("7043"))
    old, shipped = (assessor.assess(film, Sex.FEMALE) for assessor in (Assessor.load(tmp_path), hands.shipped()))
    assert old.bone_age is not None
    assert shipped.bone_age is not None
    assert np.array_equal(old.bone_age.probabilities, shipped.bone_age.probabilities)
    assert (old.bone_age.interval, old.verdict) == (shipped.bone_age.interval, shipped.verdict)


def test_an_old_finder_has_the_limits_of_its_time(tmp_path: Path) -> None:
    write_old_set(tmp_path, {})
    limits = Assessor.load(tmp_path).limits
    assert (limits.landmark_reject, limits.outline_reject, limits.wrist_reject) == (0.33, 0.78, 0.15)


def test_values_missing_in_an_old_card_are_those_of_its_time(tmp_path: Path) -> None:
    write_old_set(tmp_path, {}, left_out=("diagonal", "smooth", "places"))
    estimator = Assessor.load(tmp_path).estimator
    assert isinstance(estimator, WholeHandEstimator)
    drawing = estimator.drawing
    assert isinstance(drawing, SampleSpec)
    assert (drawing.diagonal, drawing.smooth, drawing.places) == (False, 0, AS_IT_LIES)
