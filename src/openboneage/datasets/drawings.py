"""What people drew on a film: labelled outlines, whatever program they used.

`datasets.drawing_files` reads and writes the files of annotation programs.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.regions import Polygon
from openboneage.errors import InputError

HAND = "hand"
"""Label of a hand's outline."""
FEWEST_CORNERS = 3


@dataclass(frozen=True, eq=False)
class Outline:
    """A drawn shape.

    Attributes:
        label: What it shows.
        exterior: Its corners.
        holes: Corners of the holes in it.
    """

    label: str
    exterior: Polygon
    holes: tuple[Polygon, ...] = ()

    def __post_init__(self) -> None:
        """Check the corners.

        Raises:
            InputError: A polygon has fewer than three corners, or a corner is no point.
        """
        for polygon in (self.exterior, *self.holes):
            if polygon.ndim != 2 or polygon.shape[1] != 2 or len(polygon) < FEWEST_CORNERS or not np.isfinite(polygon).all():
                raise InputError(
                    f"Expected an outline of {self.label} with at least {FEWEST_CORNERS} points (x, y), got another."
                )


@dataclass(frozen=True, eq=False)
class Drawing:
    """The outlines of one film.

    Attributes:
        name: Id of the film, or name of its file.
        size_px: Width and height of the film, in the pixels of the outlines.
        outlines: The outlines.
    """

    name: str
    size_px: tuple[int, int]
    outlines: tuple[Outline, ...]

    def __post_init__(self) -> None:
        """Check the size.

        Raises:
            InputError: A side is not positive.
        """
        if min(self.size_px) < 1:
            raise InputError(f"Expected the size of the film {self.name}, got {self.size_px[0]} x {self.size_px[1]} px.")

    def mask(self, size_px: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """Draw the outlines, 255 within and 0 outside.

        Args:
            size_px: Width and height of the mask, which shows the whole film; by default those of the film.
        """
        width, height = size_px or self.size_px
        mask = np.zeros((height, width), np.uint8)
        scale = np.array([width / self.size_px[0], height / self.size_px[1]])
        for outline in self.outlines:
            cv2.fillPoly(mask, [np.rint(outline.exterior * scale).astype(np.int32)], 255)
            for hole in outline.holes:
                cv2.fillPoly(mask, [np.rint(hole * scale).astype(np.int32)], 0)
        return mask


def drawing_of_mask(name: str, mask: NDArray[np.bool_], label: str = HAND) -> Drawing:
    """The outlines of the parts of a mask `(height, width)`, with their holes, the largest first.

    Parts and holes of fewer than three corners are left out.
    """
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    found = []
    for number in 1 + np.argsort(-stats[1:count, cv2.CC_STAT_AREA], kind="stable"):  # a part may lie in a hole of a larger one
        own = (parts == number).astype(np.uint8)
        for exterior in _polygons(own):
            filled = cv2.fillPoly(np.zeros_like(own), [exterior.astype(np.int32)], 1)
            found.append(Outline(label, exterior, tuple(_polygons(filled & (1 - own)))))
    return Drawing(name, (mask.shape[1], mask.shape[0]), tuple(found))


def _polygons(mask: NDArray[np.uint8]) -> list[Polygon]:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [contour.reshape(-1, 2).astype(np.float64) for contour in contours if len(contour) >= FEWEST_CORNERS]
