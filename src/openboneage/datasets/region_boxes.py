"""Boxes of the 13 regions of TW3-RUS and RUS-CHN on films: from drawn regions, and from the table of joint boxes.

The box of a bone is that of the joint region which holds its epiphysis. MCP3 and MCP5 hold two: the metacarpal has the two
thirds of the joint region next to the wrist, the phalanx the two thirds next to the fingertip, so that they overlap, as those
of precise-BAA 2022 do. A region that was not drawn, such as a radius drawn as part of the wrist, gets the median place and size
of all films and is marked as not drawn: a detector may learn it, but is not measured on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.names import REGION_OF, RUS
from openboneage.bones.places import PLACE_OF, SIZE_OF
from openboneage.datasets.annotations import Box, read_boxes
from openboneage.datasets.regions import Polygon, read_regions
from openboneage.datasets.skeleton import NamedRegions, name_regions
from openboneage.hand import geometry

JOINTS_OF: Mapping[str, tuple[str, ...]] = {
    "Radius": ("radius",),
    "Ulna": ("ulna",),
    "MCP": ("mcp1", "mcp2", "mcp3", "mcp4", "mcp5"),
    "PIP": ("ip1", "pip2", "pip3", "pip4", "pip5"),
    "DIP": ("dip2", "dip3", "dip4", "dip5"),
}
"""Joints of each label of the table, from the thumb to the little finger."""
SHARED = 2 / 3
"""Part of a joint region that each of two bones has."""
POINTS_PER_EDGE = 16
FEWEST_JOINTS = 4
"""Joints needed to place regions that were not drawn."""


@dataclass(frozen=True, eq=False)
class RegionBoxes:
    """The 13 regions of a film, in the order of `RUS`.

    Attributes:
        boxes: Left, top, right, bottom in fractions of film width and height, `(13, 4)`.
        drawn: Whether the region was drawn, `(13,)`.
    """

    boxes: NDArray[np.float64]
    drawn: NDArray[np.bool_]


def read_region_boxes(regions: Path | None, boxes: Path | None, subsets: Sequence[str] = ("train",)) -> dict[str, RegionBoxes]:
    """Boxes by film id; a film with drawn regions and joint boxes gets the regions.

    Args:
        regions: Drawn regions, see `datasets.regions`; films whose regions cannot be named are left out.
        boxes: Table of joint boxes, see `datasets.annotations`.
        subsets: Subsets of the table.

    Raises:
        InputError: The drawn regions cannot be read.
    """
    tables = [read_boxes(boxes, subset) for subset in subsets] if boxes else []
    found = {film_id: _of_joint_boxes(labelled) for table in tables for film_id, labelled in table.items()}
    for film_id, drawn in (read_regions(regions) if regions else {}).items():
        if named := name_regions(drawn):
            found[film_id] = _of_regions(named, drawn.size_px)
    return {film_id: each for film_id, each in found.items() if each is not None}


def _of_regions(named: NamedRegions, size_px: tuple[int, int]) -> RegionBoxes:
    """Boxes of named polygons: joints; of radius, ulna and first metacarpal else the epiphysis."""
    drawn: dict[str, Box] = {}
    for bone in RUS:
        polygon = named.joints.get(REGION_OF[bone], named.bones.get(bone) if bone in ("radius", "ulna", "mc1") else None)
        if polygon is not None:
            outline = _densely(polygon)
            down = geometry.move(outline, named.to_frame)[:, 1]
            top, bottom = _share_of(bone, float(down.min()), float(down.max()))
            drawn[bone] = _bounds(outline[(down >= top) & (down <= bottom)] / size_px)
    to_film = geometry.chain(geometry.inverse(named.to_frame), geometry.scaling(1 / size_px[0], 1 / size_px[1]))
    return _completed(drawn, to_film)


def _of_joint_boxes(labelled: Mapping[str, Sequence[Box]]) -> RegionBoxes | None:
    """Boxes of the table, whose films show upright left hands; None without the joints that place a hand."""
    joints: dict[str, Box] = {}
    for label, names in JOINTS_OF.items():
        boxes = sorted(labelled.get(label, ()), reverse=True)  # the thumb is on the right
        if len(boxes) == len(names):
            joints |= dict(zip(names, boxes, strict=True))
    if len(joints) < FEWEST_JOINTS:
        return None
    drawn: dict[str, Box] = {}
    for bone in RUS:
        if REGION_OF[bone] in joints:
            left, top, right, bottom = joints[REGION_OF[bone]]
            top, bottom = _share_of(bone, top, bottom)
            drawn[bone] = left, top, right, bottom
    places = np.array([(*PLACE_OF[name], 1.0) for name in joints])
    centres = np.array([((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in joints.values()])
    return _completed(drawn, np.linalg.lstsq(places, centres, rcond=None)[0].T)


def _share_of(bone: str, top: float, bottom: float) -> tuple[float, float]:
    """The part of a joint region that belongs to a bone; the fingertip is at the top."""
    if sum(REGION_OF[other] == REGION_OF[bone] for other in RUS) == 1:
        return top, bottom
    height = SHARED * (bottom - top)
    return (bottom - height, bottom) if bone.startswith("mc") else (top, top + height)


def _densely(polygon: Polygon) -> Polygon:
    """The outline with further points between its corners."""
    shares = np.linspace(0, 1, POINTS_PER_EDGE, endpoint=False)[:, None, None]
    return np.asarray((1 - shares) * polygon + shares * np.roll(polygon, -1, axis=0)).reshape(-1, 2)


def _completed(drawn: Mapping[str, Box], frame_to_film: geometry.Affine) -> RegionBoxes:
    """All regions: those that were not drawn at their median places."""
    boxes = [drawn[bone] if bone in drawn else _median(bone, frame_to_film) for bone in RUS]
    return RegionBoxes(np.array(boxes), np.array([bone in drawn for bone in RUS]))


def _median(bone: str, frame_to_film: geometry.Affine) -> Box:
    region = REGION_OF[bone]
    (x, y), (width, height) = PLACE_OF[region], SIZE_OF[region]
    top, bottom = _share_of(bone, y - height / 2, y + height / 2)
    corners = np.array([(x + side * width / 2, end) for side in (-1, 1) for end in (top, bottom)])
    return _bounds(geometry.move(corners, frame_to_film))


def _bounds(points: NDArray[np.float64]) -> Box:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)
