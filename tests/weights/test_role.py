"""A card is compared with the specification of its role when the model is loaded; a new role needs no change elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import pytest
from pydantic.dataclasses import dataclass

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import UNCALIBRATED, AgeDistribution, describe
from openboneage.assess.estimators.registry import ESTIMATORS
from openboneage.errors import WeightsError
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.card import read_card
from openboneage.weights.registry import ModelSet
from openboneage.weights.role import Role
from openboneage.weights.runtime import Model
from openboneage.weights.specification import Shape
from openboneage.weights.strict import STRICT, exactly
from tests import hands
from tests.cli.running import boneage
from tests.toy_model import network, toy_card, write_toy

FAULTS = {
    "unknown key": ("whole-hand", ("preprocessing", "colour"), "red", "preprocessing.colour: unknown key"),
    "missing key": ("whole-hand", ("preprocessing", "mask_margin"), None, "mask_margin: expected a value, got none"),
    "wrong type": ("whole-hand", ("preprocessing", "height_px"), "2", 'height_px: Input should be a valid integer, got "2"'),
    "out of range": ("whole-hand", ("calibration", "temperature"), 0.0, "temperature: Input should be greater than 0, got 0.0"),
    "other axis": ("whole-hand", ("output", "months"), [0, 240], "output.months: expected [0, 228], got [0, 240]"),
    "other unit": ("whole-hand", ("output", "unit"), "years", 'output.unit: expected "logits", got "years"'),
    "one sex": ("whole-hand", ("output", "sexes"), ["male"], 'output.sexes: expected female and male, in the order'),
    "no sex": ("whole-hand", ("output", "sexes"), ["male", "boy"], "sexes.1: Input should be 'female', 'male' or 'unknown'"),
    "other thumbnail": ("hand-finder", ("preprocessing", "thumbnail_px"), 256, "thumbnail_px: expected 128, got 256"),
    "other channels": ("hand-finder", ("preprocessing", "channels"), ["linear"], 'channels: expected ["linear", "equalised"]'),
    "other maps": ("hand-finder", ("output", "maps"), ["mask"], 'output.maps: expected ["mask", "radius", "mcp1",'),
    "no limit": (
        "hand-finder",
        ("calibration", "quality_limits", "no_hand"),
        None,
        "calibration.quality_limits.no_hand: expected a value, got none",
    ),
}  # fmt: skip


def change_card(path: Path, keys: tuple[str, ...], value: Any) -> None:
    """Set a value of a card; None removes the key."""
    card = json.loads(path.read_text())
    *sections, last = keys
    place = card
    for section in sections:
        place = place[section]
    place.pop(last, None)
    if value is not None:
        place[last] = value
    path.write_text(json.dumps(card))


@pytest.mark.parametrize(("role", "keys", "value", "said"), FAULTS.values(), ids=FAULTS)
def test_unsupported_cards_are_refused_at_load(tmp_path: Path, role: str, keys: tuple[str, ...], value: Any, said: str) -> None:
    models = write_toy(tmp_path)
    change_card(models.card(role), keys, value)
    with pytest.raises(WeightsError) as refused:
        Assessor.load(models)
    assert str(refused.value).startswith(f"The card of {role} ")
    assert said in str(refused.value)


def test_all_faults_are_named_in_one_sentence(tmp_path: Path) -> None:
    models = write_toy(tmp_path)
    for keys, value in ((("output", "unit"), "years"), (("preprocessing", "colour"), "red"), (("calibration", "coverage"), 90)):
        change_card(models.card("whole-hand"), keys, value)
    with pytest.raises(WeightsError) as refused:
        Assessor.load(models)
    assert all(word in str(refused.value) for word in ("output.unit", "preprocessing.colour", "calibration.coverage"))


def test_shapes_that_contradict_the_card_are_refused(tmp_path: Path) -> None:
    models = write_toy(tmp_path)
    change_card(models.card("whole-hand"), ("preprocessing", "height_px"), 64)
    with pytest.raises(WeightsError) as refused:
        Assessor.load(models)
    assert str(refused.value) == (
        "The card of whole-hand 0.0 describes inputs of [(1, 64, 48)] and outputs of [(2, 229)], "
        "the network in whole-hand.onnx has inputs of [(1, 128, 96)] and outputs of [(2, 229)]."
    )


def test_a_card_of_another_role_is_refused(tmp_path: Path) -> None:
    models = write_toy(tmp_path, name="whole-foot")
    with pytest.raises(WeightsError, match=r"Expected a card of whole-hand at whole-hand\.json, got one of whole-foot"):
        Assessor.load(models)


def test_a_broken_card_is_one_line_on_the_command_line(tmp_path: Path) -> None:
    models = write_toy(tmp_path)
    change_card(models.card("whole-hand"), ("output", "months"), [60, 216])
    run = boneage("assess", hands.EXAMPLES / "7036.png", hands.EXAMPLES / "7038.png", "--models", tmp_path)
    assert (run.code, run.out, run.err.count("does not fit this program")) == (5, "", 1)
    assert "output.months: expected [0, 228], got [60, 216]" in run.err


@dataclass(frozen=True, config=STRICT)
class FingertipOutput:
    """The output of that role."""

    unit: Annotated[str, exactly("months")]


@dataclass(frozen=True, config=STRICT)
class FingertipSpecification:
    """A role that the program does not know."""

    preprocessing: Mapping[str, int]
    output: FingertipOutput
    calibration: Mapping[str, float]

    @property
    def input_shape(self) -> Shape:
        return 1, self.preprocessing["height_px"], 96

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        return {"values": (2, 229)}


FINGERTIP = Role("fingertip", FingertipSpecification)


class Fingertip:
    """An estimator that runs a model of the new role."""

    name: ClassVar[str] = "fingertip"
    roles: ClassVar[tuple[Role[Any], ...]] = (FINGERTIP,)

    def __init__(self, model: Model[FingertipSpecification]) -> None:
        self.model = model

    @classmethod
    def load(cls, models: ModelSet, threads: int) -> Self:
        return cls(FINGERTIP.load(models.card(FINGERTIP.name), threads))

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:  # noqa: ARG002
        values = self.model.run(np.asarray(hand.canvas(128)[None, None], np.float32))["values"][0, 0]
        return describe(np.eye(229)[int(values.argmax())], UNCALIBRATED)


def test_a_new_role_needs_only_a_specification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ESTIMATORS, Fingertip.name, Fingertip)
    models = write_toy(tmp_path)
    (tmp_path / "fingertip.onnx").write_bytes(network())
    card = toy_card(
        network(),
        name="fingertip",
        file="fingertip.onnx",
        preprocessing={"height_px": 128},
        output={"unit": "months"},
        calibration={"slope": 1.0},
    )
    card.write(tmp_path / "fingertip.json")

    assessment = Assessor.load(models, estimator="fingertip").assess(hands.png(hands.film("7043")), Sex.FEMALE)

    assert assessment.bone_age is not None
    assert [model.name for model in assessment.models] == ["hand-finder", "fingertip"]
    assert "  fingertip 0.0  Stands in for a model in tests." in boneage("models", "--models", tmp_path).out
    assert read_card(models.cards["fingertip"]) == card
