"""A whole-hand model with a known answer: bone age grows with the brightness of one small square of the picture.

A girl's mean is `BASE_MONTHS + SLOPE_MONTHS * brightness`, a boy's `BOYS_LATER_MONTHS` more; both are bells of `SD_MONTHS`.
So tests know what the mixture over sexes is, and which place an attention map must find.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from openboneage.assess.assessor import Assessor
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.weights.card import Card
from openboneage.weights.registry import ModelSet
from tests.bones.toy_finder import write_toy_finder

HEIGHT_PX, WIDTH_PX, MONTHS = 128, 96, 229
BASE_MONTHS, SLOPE_MONTHS, BOYS_LATER_MONTHS, SD_MONTHS = 60.0, 60.0, 40.0, 5.0
MEMBERS_APART_MONTHS = 7.0
SQUARE = slice(46, 60), slice(38, 52)
"""The square that the model looks at: over the third metacarpophalangeal joint, which lies at row 57, column 44."""


def network(members: int = 0) -> bytes:
    """The model as an ONNX file: `(n, 1, 128, 96)` to logits `(n, 2, 229)`.

    With members, it has them as a second output, `(n, members, 2, 229)`: the first answers as all do, each other one
    `MEMBERS_APART_MONTHS` more than the one before.
    """
    from onnx import TensorProto, helper, numpy_helper

    look = np.zeros((1, 1, HEIGHT_PX, WIDTH_PX), np.float32)
    look[0, 0, SQUARE[0], SQUARE[1]] = SLOPE_MONTHS / (14 * 14)
    constants = {
        "look": look,
        "base": np.array([BASE_MONTHS, BASE_MONTHS + BOYS_LATER_MONTHS], np.float32).reshape(1, 2, 1),
        "months": np.arange(MONTHS, dtype=np.float32).reshape(1, 1, MONTHS),
        "sharpness": np.array([-1 / (2 * SD_MONTHS**2)], np.float32),
        "axes": np.array([1, 2], np.int64),
        "last": np.array([3], np.int64),
    }
    nodes = [
        helper.make_node("Mul", ["picture", "look"], ["seen"]),
        helper.make_node("ReduceSum", ["seen", "axes"], ["column"], keepdims=1),
        helper.make_node("ReduceSum", ["column", "last"], ["bright"], keepdims=0),
        helper.make_node("Add", ["bright", "base"], ["mean"]),
        helper.make_node("Sub", ["months", "mean"], ["off"]),
        helper.make_node("Mul", ["off", "off"], ["square"]),
        helper.make_node("Mul", ["square", "sharpness"], ["logits"]),
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 2, MONTHS])]
    if members:
        later = np.arange(members, dtype=np.float32).reshape(1, members, 1, 1) * MEMBERS_APART_MONTHS
        constants |= {"later": later, "member": np.array([1], np.int64)}
        nodes += [
            helper.make_node("Unsqueeze", ["off", "member"], ["off_of_all"]),
            helper.make_node("Sub", ["off_of_all", "later"], ["off_of_each"]),
            helper.make_node("Mul", ["off_of_each", "off_of_each"], ["square_of_each"]),
            helper.make_node("Mul", ["square_of_each", "sharpness"], ["logits_of_each"]),
        ]
        outputs.append(helper.make_tensor_value_info("logits_of_each", TensorProto.FLOAT, ["n", members, 2, MONTHS]))
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 1, HEIGHT_PX, WIDTH_PX])],
        outputs,
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def toy_card(content: bytes, **changes: Any) -> Card:
    """The card of the model."""
    fields: dict[str, Any] = {
        "name": "whole-hand",
        "version": "0.0",
        "task": "Stands in for a model in tests.",
        "file": "whole-hand.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
        "preprocessing": {
            "height_px": HEIGHT_PX,
            "mask_margin": 0.06,
            "range_low": 0.02,
            "range_high": 0.98,
        },
        "output": {"sexes": ["female", "male"], "months": [0, 228], "unit": "logits"},
        "training": {},
        "licence": {"name": "Apache-2.0"},
        "calibration": {"temperature": 1.0, "coverage": 0.9, "central_mass": 0.9},
    }
    return Card(**{**fields, **changes})


def write_toy(folder: Path, **changes: Any) -> ModelSet:
    """Write the shipped finder and the toy model into a folder."""
    content = network(changes.get("output", {}).get("members", 0))
    (folder / "whole-hand.onnx").write_bytes(content)
    toy_card(content, **changes).write(folder / "whole-hand.json")
    finder = ModelSet.find().card("hand-finder")
    for path in (finder, finder.with_suffix(".onnx")):
        copy(path, folder)
    return ModelSet(folder)


@cache
def toy_assessor() -> Assessor:
    """The shipped finder with the toy model, loaded once."""
    with TemporaryDirectory() as folder:
        return Assessor.load(write_toy(Path(folder)))


def toy_estimator() -> WholeHandEstimator:
    """The whole-hand estimator with the toy model."""
    estimator = toy_assessor().estimator
    assert isinstance(estimator, WholeHandEstimator)
    return estimator


@cache
def toy_bone_assessor() -> Assessor:
    """The shipped finder with the toy model and a bone finder that sees the median skeleton on every film."""
    with TemporaryDirectory() as folder:
        write_toy_finder(Path(folder))
        return Assessor.load(write_toy(Path(folder)))
