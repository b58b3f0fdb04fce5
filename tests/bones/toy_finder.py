"""A bone finder with a known answer: a median skeleton on every picture; as an object, and as a model on disk."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from openboneage.bones.finder_card import BoneCalibration, BoneFinderSpecification, BoneMaps
from openboneage.bones.maps import BOX_CHANNELS, BOX_UNIT, CELL_PX, CLASS_OF, CLASSES
from openboneage.bones.names import JOINTS
from openboneage.bones.places import PLACE_OF
from openboneage.hand import geometry
from openboneage.hand.drawing import PictureSpec
from openboneage.hand.frame import canvas_size, frame_to_canvas
from openboneage.weights.card import Card
from tests.tiny_regions import BONES

SPEC = BoneFinderSpecification(
    PictureSpec(height_px=320, mask_margin=0.06, range_low=0.02, range_high=0.98),
    BoneMaps(CELL_PX, CLASSES, JOINTS, BOX_CHANNELS, "logits"),
    BoneCalibration(joint_score=0.3, bone_score=0.5),
)
ROWS, COLUMNS = (side // CELL_PX for side in canvas_size(320))
HALF_UNITS = 0.09
"""Half of a joint's box, in frame units."""


@dataclass(frozen=True)
class Skeleton:
    """Stands for a finder that sees a median skeleton on every picture, with joints moved or left out."""

    places: dict[str, tuple[float, float]]
    specification: BoneFinderSpecification = SPEC

    def run(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        assert batch.shape[1:] == self.specification.input_shape
        joints = np.full((len(JOINTS), ROWS, COLUMNS), -9.0, np.float32)
        for name, place in self.places.items():
            column, row = (self._pixel(place) // CELL_PX).astype(int)
            if 0 <= row < ROWS and 0 <= column < COLUMNS:
                joints[JOINTS.index(name), row, column] = 3
        boxes = np.full((len(BOX_CHANNELS), ROWS, COLUMNS), np.log(HALF_UNITS / BOX_UNIT), np.float32)
        column, row = (self._pixel(PLACE_OF["wrist"]) // CELL_PX).astype(int)
        boxes[:, row - 3 : row + 4, column - 3 : column + 4] = np.log(0.25 / BOX_UNIT)
        return {"classes": self._classes()[None], "joints": joints[None], "boxes": boxes[None]}

    def _classes(self) -> np.ndarray:
        y, x = np.mgrid[: ROWS * CELL_PX, : COLUMNS * CELL_PX] + 0.5
        logits = np.zeros((len(CLASSES), *x.shape), np.float32)
        logits[0] = 5
        for name, place in BONES.items():
            column, row = self._pixel(place)
            logits[CLASSES.index(CLASS_OF[name])][np.hypot(x - column, y - row) < 4] = 12
        cells = logits.reshape(len(CLASSES), ROWS, CELL_PX, COLUMNS, CELL_PX).transpose(0, 2, 4, 1, 3)
        return cells.reshape(-1, ROWS, COLUMNS)

    @staticmethod
    def _pixel(place: tuple[float, float]) -> np.ndarray:
        return np.asarray(geometry.move(np.array([place]), frame_to_canvas(320))[0])


def write_toy_finder(folder: Path) -> None:
    """Write a finder that sees the median skeleton on every picture, with its card."""
    from onnx import TensorProto, helper, numpy_helper

    maps = Skeleton(dict(PLACE_OF)).run(np.zeros((1, *SPEC.input_shape), np.float32))
    constants = [numpy_helper.from_array(values, f"seen_{name}") for name, values in maps.items()]
    nothing = numpy_helper.from_array(np.zeros(1, np.float32), "nothing")
    axes = numpy_helper.from_array(np.array([1, 2, 3]), "axes")
    nodes = [
        helper.make_node("Mul", ["picture", "nothing"], ["dark"]),
        helper.make_node("ReduceSum", ["dark", "axes"], ["zero"]),
    ]
    nodes += [helper.make_node("Add", ["zero", f"seen_{name}"], [name]) for name in maps]
    graph = helper.make_graph(
        nodes,
        "skeleton",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", *SPEC.input_shape])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *values.shape[1:]]) for name, values in maps.items()],
        [*constants, nothing, axes],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content = bytes(model.SerializeToString())
    (folder / "bone-finder.onnx").write_bytes(content)
    Card(
        name="bone-finder",
        version="0.0",
        task="Stands in for a model in tests.",
        file="bone-finder.onnx",
        sha256=hashlib.sha256(content).hexdigest(),
        preprocessing=asdict(SPEC.preprocessing),
        output=asdict(SPEC.output),
        training={},
        licence={"name": "Apache-2.0"},
        calibration=asdict(SPEC.calibration),
    ).write(folder / "bone-finder.json")
