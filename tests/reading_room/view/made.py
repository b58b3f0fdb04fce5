"""A film of 12 bits with a spacing, its hand, and outlines of one bone."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from openboneage.assess.assessment import Assessment
from openboneage.bones.names import CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import BoneOutline, HandOutlines, JointBox, Reason
from openboneage.explain.occlusion import OcclusionSpec, occlusion_map
from openboneage.hand.locate import locate_hand
from openboneage.hand.standard_hand import StandardHand
from openboneage.reading.read import read
from openboneage.reading_room.view.overlays import overlays_of
from openboneage.subject import Sex
from tests.hands import film, shipped

SPACING_MM = 0.5


@cache
def hand(inverted: bool = False) -> StandardHand:
    """The hand of an example film with values up to 4,080."""
    values = film("14750", 512).astype(np.uint16) * 16
    return locate_hand(read(4080 - values if inverted else values, spacing_mm=SPACING_MM), shipped().finder)


def assessment() -> Assessment:
    """The assessment of that film."""
    return shipped().examine_radiograph(hand().radiograph, Sex.FEMALE, 100.0).assessment


def outlines() -> HandOutlines:
    """The radius as a square, and its joint as a box around it."""
    x, y = hand().landmarks[0]
    square = np.array([(x - 20, y - 10), (x + 20, y - 10), (x + 20, y + 10), (x - 20, y + 10)])
    others = set(EPIPHYSES) | set(CARPALS)
    return HandOutlines(
        film_to_frame=hand().film_to_frame.copy(),
        bones={"radius": BoneOutline("radius", square, 0.9)},
        unidentified=(),
        joints={"radius": JointBox("radius", square + np.array([(-9, -9), (9, -9), (9, 9), (-9, 9)]), 0.9)},
        missing_bones=dict.fromkeys(others - {"radius"}, Reason.NOT_SEEN),
        missing_joints=dict.fromkeys(set(JOINTS) - {"radius"}, Reason.NOT_SEEN),
    )


@cache
def overlays() -> dict[str, Any]:
    """Overlays of every kind."""
    attention = occlusion_map(hand(), Sex.FEMALE, shipped().estimator, OcclusionSpec(0.25, 0.2))
    return overlays_of(hand(), assessment(), attention, outlines())
