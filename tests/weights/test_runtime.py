from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.errors import WeightsError
from openboneage.weights.runtime import load_model
from tests import hands
from tests.toy_model import BASE_MONTHS, BOYS_LATER_MONTHS, SLOPE_MONTHS, write_toy


def test_model_runs_a_batch(tmp_path: Path) -> None:
    model = load_model(write_toy(tmp_path).whole_hand, threads=1)
    (logits,) = model.run(np.ones((3, 1, 128, 96), np.float32))
    assert (logits.shape, logits.dtype) == ((3, 2, 229), np.float32)
    girl = BASE_MONTHS + SLOPE_MONTHS
    assert logits[2].argmax(axis=-1).tolist() == [girl, girl + BOYS_LATER_MONTHS]


@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: data[:0]], ids=["cut", "longer", "empty"]
)
def test_file_that_is_not_the_cards_is_refused(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    cards = write_toy(tmp_path)
    weights = tmp_path / "whole-hand.onnx"
    weights.write_bytes(change(weights.read_bytes()))
    with pytest.raises(WeightsError, match=r"Expected whole-hand\.onnx with sha256 .*refused"):
        Assessor.load(cards)


def test_card_with_a_wrong_sha256_is_refused(tmp_path: Path) -> None:
    cards = write_toy(tmp_path, sha256="0" * 64)
    with pytest.raises(WeightsError, match=r"sha256 000000000000…, got"):
        load_model(cards.whole_hand)


@pytest.mark.parametrize("missing", ["hand-finder", "whole-hand"])
def test_missing_weights_are_named(tmp_path: Path, missing: str) -> None:
    cards = write_toy(tmp_path)
    (tmp_path / f"{missing}.onnx").unlink()
    with pytest.raises(WeightsError, match=rf"names {missing}\.onnx, but no such file"):
        Assessor.load(cards)


@pytest.mark.parametrize("missing", ["hand-finder", "whole-hand"])
def test_missing_card_is_named(tmp_path: Path, missing: str) -> None:
    cards = write_toy(tmp_path)
    (tmp_path / f"{missing}.json").unlink()
    with pytest.raises(WeightsError, match=rf"Expected a weights card at {missing}\.json"):
        Assessor.load(cards)


def test_shipped_models_give_what_their_cards_say() -> None:
    finder, whole_hand = hands.shipped().finder, hands.shipped_estimator().model
    maps, head = finder.run(np.zeros((2, 2, 128, 128), np.float32))
    assert (maps.shape, head.shape) == ((2, len(finder.card.output["maps"]), 128, 128), (2, len(finder.card.output["head"])))
    height = whole_hand.card.preprocessing["height_px"]
    (logits,) = whole_hand.run(np.zeros((2, 1, height, round(height * 0.75)), np.float32))
    first, last = whole_hand.card.output["months"]
    assert logits.shape == (2, len(whole_hand.card.output["sexes"]), last - first + 1)
