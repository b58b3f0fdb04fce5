"""The upright view of a bone: its epiphysis and the end of its shaft, at a size in proportion to the bone.

In a view x points to the thumb and y from the epiphysis along the shaft; the typical metaphysis of the bone is `METAPHYSIS_PX`
wide. A phalanx is therefore upside down, and mirrored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.outlines import HandOutlines
from openboneage.hand import geometry
from openboneage.hand.frame import draw_part

SIZE_PX = (160, 128)
"""Height and width of a view."""
CENTRE_PX = np.array([64.0, 48.0])
"""Place of the centre of the epiphysis in a view, x then y."""
METAPHYSIS_PX = 64.0

METAPHYSES: Mapping[str, float] = {
    "radius": 0.27, "ulna": 0.15,
    "mc1": 0.155, "mc2": 0.165, "mc3": 0.165, "mc4": 0.135, "mc5": 0.130,
    "pp1": 0.155, "pp2": 0.165, "pp3": 0.160, "pp4": 0.145, "pp5": 0.143,
    "mp2": 0.128, "mp3": 0.136, "mp4": 0.127, "mp5": 0.100,
    "dp1": 0.122, "dp2": 0.096, "dp3": 0.105, "dp4": 0.102, "dp5": 0.085,
}  # fmt: skip
"""Typical width of the metaphysis in units of the hand's frame, on drawn training films."""

FAR_JOINTS: Mapping[str, str] = {
    "mc1": "mcp1",
    "pp1": "ip1",
    **{f"pp{digit}": f"pip{digit}" for digit in (2, 3, 4, 5)},
    **{f"mp{digit}": f"dip{digit}" for digit in (2, 3, 4, 5)},
}
"""The joint at the other end of the shaft."""
BEFORE: Mapping[str, str] = {"dp1": "mcp1", **{f"dp{digit}": f"pip{digit}" for digit in (2, 3, 4, 5)}}
"""For bones without a joint at the other end, the joint before that of the epiphysis."""
CARPAL_ENDS: Mapping[str, tuple[float, float]] = {
    "mc2": (0.12, 0.62), "mc3": (0.03, 0.62), "mc4": (-0.06, 0.63), "mc5": (-0.14, 0.66),
}  # fmt: skip
"""Places of the bases of the metacarpals in the hand's frame."""
UPWARD_DEGREES: Mapping[str, float] = {"1": 40.0, "2": 10.0, "3": 0.0, "4": -9.0, "5": -20.0}
"""Direction of the phalanges of each finger where a joint is missing: from the hand's axis towards the thumb."""


@dataclass(frozen=True, eq=False)
class BoneView:
    """A bone upright; its arrays are read-only.

    Attributes:
        bone: Name of the bone.
        grey: Brightness, bone bright, `(160, 128)` float32.
        outline: Outline of the epiphysis in pixels of the view, `(n, 2)`.
        film_to_view: Affine from film pixels to the pixels of the view.
    """

    bone: str
    grey: NDArray[np.float32]
    outline: geometry.Points
    film_to_view: geometry.Affine

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.grey, self.outline, self.film_to_view):
            array.setflags(write=False)

    @property
    def scale(self) -> float:
        """Pixels of the view per film pixel."""
        return float(np.sqrt(abs(np.linalg.det(self.film_to_view[:, :2]))))

    def on_film(self, points: geometry.Points) -> geometry.Points:
        """Points `(n, 2)` of the view in film pixels."""
        return geometry.move(points, geometry.inverse(self.film_to_view))


def upright_view(film: NDArray[np.uint8], hand: HandOutlines, bone: str, turn_degrees: float = 0.0) -> BoneView:
    """Draw the upright view of a bone that is outlined.

    Args:
        film: Brightness with bright bones, `(height, width)`.
        hand: The outlines; `bone` must be among them.
        bone: Name of a bone with an epiphysis.
        turn_degrees: Correction of the direction of the shaft, from y towards x, in the view.
    """
    outline = hand.bones[bone].polygon_px
    to_film = hand.frame_to_film[:, :2]
    unit_px = float(np.sqrt(abs(np.linalg.det(to_film))))
    shaft = shaft_direction(hand, bone, geometry.centre_of(outline))
    thumb = np.array([-shaft[1], shaft[0]])
    thumb *= 1 if thumb @ (to_film @ [1.0, 0.0]) > 0 else -1
    axes = np.stack([thumb, shaft]) * METAPHYSIS_PX / (METAPHYSES[bone] * unit_px)
    upright = np.concatenate([axes, (-axes @ geometry.centre_of(outline))[:, None]], axis=1)
    film_to_view = geometry.chain(upright, geometry.rotation(turn_degrees), geometry.translation(*CENTRE_PX))
    grey = draw_part(film, film_to_view, SIZE_PX).astype(np.float32)
    return BoneView(bone, grey, geometry.move(outline, film_to_view), film_to_view)


def shaft_direction(hand: HandOutlines, bone: str, here: geometry.Points) -> geometry.Points:
    """Unit vector from the epiphysis or its joint, at `here`, along the shaft of a bone, in film pixels."""
    from_frame = hand.frame_to_film
    if bone in CARPAL_ENDS:
        along = geometry.move(np.array([CARPAL_ENDS[bone]]), from_frame)[0] - here
    elif bone in ("radius", "ulna"):
        along = from_frame[:, :2] @ np.array([0.0, 1.0])
    elif FAR_JOINTS.get(bone) in hand.joints:
        along = hand.joints[FAR_JOINTS[bone]].corners_px.mean(axis=0) - here
    elif BEFORE.get(bone) in hand.joints:
        along = here - hand.joints[BEFORE[bone]].corners_px.mean(axis=0)
    else:
        degrees = np.radians(UPWARD_DEGREES[bone[-1]])
        along = from_frame[:, :2] @ np.array([np.sin(degrees), -np.cos(degrees)])
    return np.asarray(along / np.linalg.norm(along))
