"""A bone finder with a known answer, as a file: a median skeleton on every picture, without bones."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from openboneage.bones.finder_card import BONE_FINDER
from openboneage.bones.maps import BOX_CHANNELS, BOX_UNIT, CELL_PX, CLASS_CHANNELS, CLASSES
from openboneage.bones.names import JOINTS
from openboneage.bones.places import PLACE_OF
from openboneage.hand import geometry
from openboneage.hand.frame import canvas_size, frame_to_canvas
from openboneage.weights.card import Card

HEIGHT_PX = 128
HALF_UNITS = 0.09
"""Half of a joint's box, in frame units."""


def write_bone_finder(folder: Path) -> Path:
    """Write the model and its card into a folder; returns the path of the card."""
    from onnx import TensorProto, helper, numpy_helper

    rows, columns = (side // CELL_PX for side in canvas_size(HEIGHT_PX))
    maps = {
        "classes": np.zeros((1, CLASS_CHANNELS, rows, columns), np.float32),
        "joints": _joints(rows, columns),
        "boxes": np.full((1, len(BOX_CHANNELS), rows, columns), np.log(HALF_UNITS / BOX_UNIT), np.float32),
    }
    maps["classes"][:, : CELL_PX**2] = 5  # background
    constants = {
        **{f"{name}_map": value for name, value in maps.items()},
        "axes": np.array([1, 2, 3], np.int64),
        "zero": np.zeros(1, np.float32),
    }
    nodes = [
        helper.make_node("ReduceMean", ["picture", "axes"], ["bright"], keepdims=1),
        helper.make_node("Mul", ["bright", "zero"], ["nothing"]),
        *(helper.make_node("Add", [f"{name}_map", "nothing"], [name]) for name in maps),
    ]
    graph = helper.make_graph(
        nodes,
        "skeleton",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 1, *canvas_size(HEIGHT_PX)])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *value.shape[1:]]) for name, value in maps.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    folder.mkdir(parents=True, exist_ok=True)
    data, path = bytes(model.SerializeToString()), folder / f"{BONE_FINDER.name}.onnx"
    path.write_bytes(data)
    card = Card(
        name=BONE_FINDER.name,
        version="0.0",
        task="Stands in for a model in tests.",
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        preprocessing={"height_px": HEIGHT_PX, "mask_margin": 0.06, "range_low": 0.02, "range_high": 0.98},
        output={
            "cell_px": CELL_PX,
            "classes": list(CLASSES),
            "joints": list(JOINTS),
            "boxes": list(BOX_CHANNELS),
            "unit": "logits",
        },
        training={},
        licence={"name": "Apache-2.0"},
        calibration={"joint_score": 0.3, "bone_score": 0.5},
    )
    card.write(path.with_suffix(".json"))
    return path.with_suffix(".json")


def _joints(rows: int, columns: int) -> np.ndarray:
    joints = np.full((1, len(JOINTS), rows, columns), -9.0, np.float32)
    for number, name in enumerate(JOINTS):
        x, y = geometry.move(np.array([PLACE_OF[name]]), frame_to_canvas(HEIGHT_PX))[0] // CELL_PX
        joints[0, number, int(y), int(x)] = 3
    return joints
