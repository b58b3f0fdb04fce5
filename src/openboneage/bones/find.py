"""Bones and joints of a hand: boxes in the order of the skeleton, outlines, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openboneage.bones.finder_card import BoneFinderSpecification
from openboneage.bones.maps import CLASS_OF, EXTENTS, REGION
from openboneage.bones.names import CARPAL, CARPALS, EPIPHYSES, JOINTS, REGION_OF
from openboneage.bones.order import Spot, in_order
from openboneage.bones.outlines import BoneOutline, HandOutlines, JointBox, Reason
from openboneage.bones.places import PLACE_OF
from openboneage.bones.read_maps import Box, Maps, Peak, Shape
from openboneage.hand import geometry
from openboneage.hand.drawing import draw_picture
from openboneage.hand.standard_hand import StandardHand
from openboneage.weights.runtime import Model

MARGIN = 0.15
"""Bones are looked for in the box of their joint, grown by this share of its size on each side."""


@dataclass(frozen=True, eq=False)
class FoundJoint:
    """A joint on the canvas of the picture, in pixels: its peak, and its box by extent."""

    peak: Peak
    boxes: Mapping[str, Box]


def find_bones(hand: StandardHand, finder: Model[BoneFinderSpecification]) -> HandOutlines:
    """Find joints, epiphyses and carpal bones of a hand.

    Args:
        hand: The hand.
        finder: The bone finder.

    Returns: What was found, on the film; every other name with the reason why it is missing.
    """
    maps, limits = read(hand, finder), finder.specification.calibration
    to_film = geometry.inverse(hand.film_to_canvas(finder.specification.preprocessing.height_px))
    joints, rejected = found_joints(maps, limits.joint_score, geometry.chain(to_film, hand.film_to_frame))
    shapes = {name: shape for name in CLASS_OF if (shape := _shape(maps, name, joints)) and shape.score >= limits.bone_score}
    carpals = maps.shapes(CARPAL, _grown(joints["wrist"].boxes[REGION])) if "wrist" in joints else []
    missing_joints = {
        name: Reason.OUT_OF_ORDER if name in rejected else _reason(hand, PLACE_OF[name])
        for name in JOINTS
        if name not in joints
    }

    def outline(name: str, shape: Shape) -> BoneOutline:
        return BoneOutline(name, geometry.move(shape.polygon, to_film), shape.score)

    return HandOutlines(
        film_to_frame=hand.film_to_frame,
        bones={name: outline(name, shape) for name, shape in shapes.items()},
        unidentified=tuple(outline(CARPAL, shape) for shape in carpals if shape.score >= limits.bone_score),
        joints={
            name: JointBox(name, geometry.move(corners(joint.boxes[REGION]), to_film), joint.peak.score)
            for name, joint in joints.items()
        },
        missing_bones={
            name: missing_joints.get(REGION_OF[name], Reason.NOT_SEEN) for name in (*EPIPHYSES, *CARPALS) if name not in shapes
        },
        missing_joints=missing_joints,
    )


def read(hand: StandardHand, finder: Model[BoneFinderSpecification]) -> Maps:
    """The maps of the finder for a hand."""
    outputs = finder.run(draw_picture(hand, finder.specification.preprocessing)[None, None])
    return Maps(**{name: output[0] for name, output in outputs.items()})


def found_joints(maps: Maps, least: float, to_frame: geometry.Affine) -> tuple[dict[str, FoundJoint], frozenset[str]]:
    """The joints in the order of the skeleton, and the names of those that were seen out of order only.

    Args:
        maps: Maps of the finder.
        least: Least score of a joint.
        to_frame: Affine from pixels of the picture to the frame.
    """
    peaks = {
        name: {Spot(geometry.move(peak.middle[None], to_frame)[0], peak.score): peak for peak in maps.peaks(name, least)}
        for name in JOINTS
    }
    accepted = in_order({name: list(spots) for name, spots in peaks.items()})
    joints = {}
    for name, spot in accepted.items():
        peak = peaks[name][spot]
        joints[name] = FoundJoint(peak, {extent: maps.box(name, peak, extent) for extent in EXTENTS})
    return joints, frozenset(name for name in JOINTS if peaks[name] and name not in joints)


def _shape(maps: Maps, name: str, joints: Mapping[str, FoundJoint]) -> Shape | None:
    """The outline of a bone: the largest one of its class whose middle lies in the box of its joint."""
    joint = joints.get(REGION_OF[name])
    if joint is None:
        return None
    box = joint.boxes[REGION]
    for shape in maps.shapes(CLASS_OF[name], _grown(box)):
        x, y = (shape.polygon.min(axis=0) + shape.polygon.max(axis=0)) / 2
        if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
            return shape
    return None


def _grown(box: Box) -> Box:
    left, top, right, bottom = box
    across, down = MARGIN * (right - left), MARGIN * (bottom - top)
    return left - across, top - down, right + across, bottom + down


def corners(box: Box) -> geometry.Points:
    """Corners of a box, `(4, 2)`, as in `JointBox`."""
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _reason(hand: StandardHand, place: tuple[float, float]) -> Reason:
    """Why nothing was found at a place of the frame."""
    x, y = geometry.move(np.array([place]), geometry.inverse(hand.film_to_frame))[0]
    height, width = hand.film.shape
    return Reason.NOT_SEEN if 0 <= x < width and 0 <= y < height else Reason.OUTSIDE_FILM
