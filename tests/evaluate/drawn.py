"""Regions drawn on the example film 7043 at a height of 640 px, and the place of its marker."""

from __future__ import annotations

import numpy as np

from openboneage.bones.names import JOINTS
from openboneage.datasets.regions import DrawnRegions
from openboneage.datasets.skeleton import PLACES, NamedRegions
from openboneage.hand import geometry
from openboneage.hand.standard_hand import StandardHand
from tests import hands

NATIVE_SIZE_PX = (1114, 1280)
"""Twice the film: regions are drawn on the film as it was acquired."""
MARKER = slice(500, 590), slice(455, 515)
"""Rows and columns of the letters L and MS."""


def hand() -> StandardHand:
    """The hand on the film."""
    return hands.examined("7043").hand


def square(x: float, y: float, half: float) -> np.ndarray:
    """A square around a pixel of the film, in pixels of the film as acquired."""
    return 2 * np.array([(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)])


def named_regions() -> NamedRegions:
    """One epiphysis, a fused one without a name, one carpal bone, and their joints."""
    return NamedRegions(
        to_frame=np.eye(2, 3),
        joints={"wrist": square(310, 500, 60), "mcp3": square(276, 285, 25), "pip3": square(247, 155, 20)},
        bones={"pp3": square(274, 278, 12)},
        others=(square(321, 487, 15), square(247, 155, 8)),
    )


def drawn_regions() -> DrawnRegions:
    """Every joint, and an epiphysis at each, at their median places."""
    places = geometry.move(PLACES, geometry.inverse(hand().film_to_frame))
    joints = tuple(square(x, y, 60 if name == "wrist" else 18) for name, (x, y) in zip(JOINTS, places, strict=True))
    return DrawnRegions(NATIVE_SIZE_PX, joints, tuple(square(x, y - 10, 5) for x, y in places))
