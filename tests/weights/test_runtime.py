from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.assess.estimators.whole_hand import WHOLE_HAND
from openboneage.errors import WeightsError
from tests import hands
from tests.toy_model import BASE_MONTHS, BOYS_LATER_MONTHS, SLOPE_MONTHS, write_toy


def test_model_runs_a_batch(tmp_path: Path) -> None:
    model = WHOLE_HAND.load(write_toy(tmp_path).card("whole-hand"), threads=1)
    logits = model.run(np.ones((3, 1, 128, 96), np.float32))["ages"]
    assert (logits.shape, logits.dtype) == ((3, 2, 229), np.float32)
    girl = BASE_MONTHS + SLOPE_MONTHS
    assert logits[2].argmax(axis=-1).tolist() == [girl, girl + BOYS_LATER_MONTHS]


@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: data[:0]], ids=["cut", "longer", "empty"]
)
def test_file_that_is_not_the_cards_is_refused(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    models = write_toy(tmp_path)
    weights = tmp_path / "whole-hand.onnx"
    weights.write_bytes(change(weights.read_bytes()))
    with pytest.raises(WeightsError, match=r"Expected whole-hand\.onnx with sha256 .*refused"):
        Assessor.load(models)


def test_card_with_a_wrong_sha256_is_refused(tmp_path: Path) -> None:
    models = write_toy(tmp_path, sha256="0" * 64)
    with pytest.raises(WeightsError, match=r"sha256 000000000000…, got"):
        WHOLE_HAND.load(models.card("whole-hand"))


@pytest.mark.parametrize("missing", ["hand-finder", "whole-hand"])
def test_missing_weights_are_named(tmp_path: Path, missing: str) -> None:
    models = write_toy(tmp_path)
    (tmp_path / f"{missing}.onnx").unlink()
    with pytest.raises(WeightsError, match=rf"names {missing}\.onnx, but there is no such file"):
        Assessor.load(models)


@pytest.mark.parametrize("missing", ["hand-finder", "whole-hand"])
def test_missing_card_is_named(tmp_path: Path, missing: str) -> None:
    models = write_toy(tmp_path)
    (tmp_path / f"{missing}.json").unlink()
    with pytest.raises(WeightsError, match=rf"Expected a weights card at {missing}\.json"):
        Assessor.load(models)


def test_shipped_models_return_outputs_by_name() -> None:
    finder, whole_hand = hands.shipped().finder, hands.shipped_estimator().model
    for model, shapes in (
        (finder, {"maps": (5, 128, 128), "head": (4,)}),
        (whole_hand, {"ages": (2, 229), "members": (1, 2, 229)}),
    ):
        outputs = model.run(np.zeros((2, *model.specification.input_shape), np.float32))
        assert {name: output.shape[1:] for name, output in outputs.items()} == shapes


def test_an_invalid_network_file_is_refused(tmp_path: Path) -> None:
    models = write_toy(tmp_path, sha256=hashlib.sha256(b"no network").hexdigest())
    (tmp_path / "whole-hand.onnx").write_bytes(b"no network")
    with pytest.raises(WeightsError, match=r"Expected an ONNX network in whole-hand\.onnx, got something else"):
        Assessor.load(models)
