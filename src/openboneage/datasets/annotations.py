"""Manual annotations of RSNA films: hand outlines and joint boxes, in fractions of the film.

Outlines: Nguyen Tuan Minh, `minhnt33/gr-bone-age` (MIT), 100 films.
Boxes: Koitka et al., PLoS ONE 2018; 13(11):e0207496 (MIT), 329 films.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.drawing_files import read_drawings

LANDMARKS = ("radius", "mcp1", "mcp3", "mcp5")
"""The points that determine the pose of a hand: distal radius, MCP joints of thumb, middle and little finger."""

MCP_BOXES = 5

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def read_outlines(path: Path, size_px: int = 512) -> dict[str, NDArray[np.uint8]]:
    """Rasterise the hand outlines of `outlines.json`.

    Returns:
        By film id, a mask `(size_px, size_px)` uint8 of 0 and 255 over the whole film, without its aspect ratio.
    """
    return {film_id: drawing.mask((size_px, size_px)) for film_id, drawing in read_drawings(path).items()}


def read_boxes(path: Path, subset: str) -> dict[str, dict[str, list[Box]]]:
    """Read `boxes.csv`.

    Args:
        path: The table of boxes.
        subset: `train`, `eval/expert` or `eval/nonexpert`; those who drew them had different conventions of size.

    Returns:
        By film id and label (`DIP`, `PIP`, `MCP`, `Radius`, `Ulna`, `Wrist`), boxes in fractions of film width and height. All
        films show an upright left hand.
    """
    boxes: dict[str, dict[str, list[Box]]] = defaultdict(lambda: defaultdict(list))
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["subset"] == subset:
                width, height = float(row["image_width"]), float(row["image_height"])
                sides = (float(row["xmin"]), float(row["ymin"]), float(row["xmax"]), float(row["ymax"]))
                left, top, right, bottom = (side / size for side, size in zip(sides, (width, height) * 2, strict=True))
                boxes[row["id"]][row["label"]].append((left, top, right, bottom))
    return boxes


def read_joints(path: Path, subset: str) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Centres of the boxes of `boxes.csv`: points `(x, y)` instead of boxes, otherwise as `read_boxes`."""
    return {
        film_id: {label: [((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in boxes] for label, boxes in by_label.items()}
        for film_id, by_label in read_boxes(path, subset).items()
    }


def read_landmarks(path: Path, subset: str) -> dict[str, NDArray[np.float64]]:
    """Joints that determine the hand's pose, from `read_joints`.

    Returns:
        By film id, points `(4, 2)` in the order of `LANDMARKS`. Films without one radius and five MCP boxes are left out.
    """
    found = {film_id: pose_landmarks(joints) for film_id, joints in read_joints(path, subset).items()}
    return {film_id: points for film_id, points in found.items() if points is not None}


def pose_landmarks(joints: Mapping[str, Sequence[tuple[float, float]]]) -> NDArray[np.float64] | None:
    """The landmarks of one film, `(4, 2)`; None without one radius and five MCP joints."""
    radius, mcp = joints.get("Radius", ()), sorted(joints.get("MCP", ()), reverse=True)
    if len(radius) != 1 or len(mcp) != MCP_BOXES:
        return None
    return np.array([radius[0], mcp[0], mcp[2], mcp[4]])
