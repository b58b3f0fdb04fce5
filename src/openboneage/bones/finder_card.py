"""Content of the card of a bone finder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic.dataclasses import dataclass

from openboneage.bones.maps import BOX_CHANNELS, CELL_PX, CLASS_CHANNELS, CLASSES
from openboneage.bones.names import JOINTS
from openboneage.hand.drawing import PictureSpec
from openboneage.hand.frame import canvas_size
from openboneage.quantities import Share
from openboneage.weights.role import Role
from openboneage.weights.specification import Shape
from openboneage.weights.strict import STRICT, exactly


@dataclass(frozen=True, config=STRICT)
class BoneMaps:
    """The output of a bone finder, as described in `bones.maps`.

    Attributes:
        cell_px: Side of a cell.
        classes: What a pixel may show.
        joints: Joints, in the order of their maps.
        boxes: Maps of the boxes.
        unit: Unit of classes and joints.
    """

    cell_px: Annotated[int, exactly(CELL_PX)]
    classes: Annotated[tuple[str, ...], exactly(CLASSES)]
    joints: Annotated[tuple[str, ...], exactly(JOINTS)]
    boxes: Annotated[tuple[str, ...], exactly(BOX_CHANNELS)]
    unit: Annotated[str, exactly("logits")]


@dataclass(frozen=True, config=STRICT)
class BoneCalibration:
    """Limits that were set with the finder.

    Attributes:
        joint_score: Least score of a joint that counts as found.
        bone_score: Least score of a bone that counts as found.
    """

    joint_score: Share
    bone_score: Share


@dataclass(frozen=True, config=STRICT)
class BoneFinderSpecification:
    """Specification of a bone finder."""

    preprocessing: PictureSpec
    output: BoneMaps
    calibration: BoneCalibration

    @property
    def input_shape(self) -> Shape:
        """A picture of a hand."""
        return 1, *canvas_size(self.preprocessing.height_px)

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """Maps over the cells."""
        rows, columns = (side // CELL_PX for side in canvas_size(self.preprocessing.height_px))
        channels = {"classes": CLASS_CHANNELS, "joints": len(JOINTS), "boxes": len(BOX_CHANNELS)}
        return {name: (count, rows, columns) for name, count in channels.items()}


BONE_FINDER = Role("bone-finder", BoneFinderSpecification)
