"""Joint regions of a posed hand, as people box them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from openboneage.bones.names import JOINTS
from openboneage.hand import geometry
from openboneage.phantom.growth import Floats
from openboneage.phantom.skeleton import Skeleton

SIZES: Mapping[str, tuple[float, float]] = {
    "wrist": (0.622, 0.501), "radius": (0.302, 0.146), "ulna": (0.175, 0.114), "cmc1": (0.125, 0.121),
    "mcp1": (0.178, 0.183), "ip1": (0.132, 0.144),
    "mcp2": (0.175, 0.217), "pip2": (0.128, 0.116), "dip2": (0.096, 0.096),
    "mcp3": (0.159, 0.215), "pip3": (0.129, 0.119), "dip3": (0.101, 0.104),
    "mcp4": (0.156, 0.207), "pip4": (0.128, 0.123), "dip4": (0.099, 0.103),
    "mcp5": (0.170, 0.193), "pip5": (0.113, 0.117), "dip5": (0.091, 0.102),
}  # fmt: skip
"""Width and height of the drawn regions in the frame: medians of 1,016 films."""
WRIST, RADIUS_RAISED, ULNA_RAISED = (0.055, 0.805), 0.02, 0.015

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in film pixels."""


def joint_boxes(skeleton: Skeleton, to_film: geometry.Affine, size_px: tuple[int, int]) -> Mapping[str, Box]:
    """Boxes along the film's rows and columns of the joints whose centre is on the film, cut at its edges.

    Args:
        skeleton: Posed bones.
        to_film: Affine from frame units to film pixels.
        size_px: Rows and columns of the film.
    """
    height, width = size_px
    boxes = {}
    for name, centre in joint_centres(skeleton).items():
        half = np.array(SIZES[name]) / 2
        corners = geometry.move(centre + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half, to_film)
        x, y = geometry.move(centre[None], to_film)[0]
        if 0 <= x < width and 0 <= y < height:
            (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
            boxes[name] = (max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height)))
    return boxes


def joint_centres(skeleton: Skeleton) -> Mapping[str, Floats]:
    """Centre of each joint region in the frame."""
    radius, ulna = skeleton.bones["radius"], skeleton.bones["ulna"]
    centres = {
        "wrist": np.array(WRIST),
        "radius": radius.origin - RADIUS_RAISED * radius.along,
        "ulna": ulna.origin - ULNA_RAISED * ulna.along,
        "cmc1": skeleton.chains[1][0],
    }
    for digit, chain in skeleton.chains.items():
        kinds = ("mcp", "ip") if digit == 1 else ("mcp", "pip", "dip")
        centres |= {f"{kind}{digit}": place for kind, place in zip(kinds, chain[1:], strict=False)}
    return {name: centres[name] for name in JOINTS}
