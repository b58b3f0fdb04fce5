"""Reading of the bone finder's maps: spots of joints, boxes, outlines; on the canvas of the picture, in pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.maps import BOX_UNIT, CELL_PX, CLASSES, EXTENTS
from openboneage.bones.names import JOINTS
from openboneage.hand.frame import HEIGHT
from openboneage.hand.geometry import Points

SPOTS = 3
"""Most spots that are read for a joint."""
NEAR_CELLS = 2
"""A spot's middle and box are means over the cells within this distance of its peak, weighted by probability."""
FINER = 4
"""Outlines run through quarters of a pixel."""
LEAST_AREA_PX = 12.0
"""Smaller outlines are noise: a dot of 4 px in diameter is 0.5 mm wide."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, eq=False)
class Peak:
    """A spot of a joint: middle `(x, y)`, probability, and the cell of its peak."""

    middle: Points
    score: float
    cell: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Shape:
    """An outline `(n, 2)`, and the mean probability of its class inside."""

    polygon: Points
    score: float


@dataclass(frozen=True, eq=False)
class Maps:
    """The outputs of the finder for one picture.

    Attributes:
        classes: Logits `(144, rows, columns)`.
        joints: Logits `(18, rows, columns)`.
        boxes: `(8, rows, columns)`.
    """

    classes: NDArray[np.float32]
    joints: NDArray[np.float32]
    boxes: NDArray[np.float32]

    def peaks(self, joint: str, least: float) -> list[Peak]:
        """The spots of a joint with at least that probability, best first."""
        heat = 1 / (1 + np.exp(-self.joints[JOINTS.index(joint)].clip(-30, 30)))
        highest = cv2.dilate(heat, np.ones((2 * NEAR_CELLS + 1, 2 * NEAR_CELLS + 1), np.uint8))
        rows, columns = np.nonzero((heat == highest) & (heat >= least))
        best = np.argsort(-heat[rows, columns])[:SPOTS]
        return [self._peak(heat, int(rows[i]), int(columns[i])) for i in best]

    def _peak(self, heat: NDArray[np.float32], row: int, column: int) -> Peak:
        weight, x, y = self._around(heat, row, column)
        middle = np.array([(weight * x).sum(), (weight * y).sum()])
        return Peak(middle, float(heat[row, column]), (row, column))

    def box(self, joint: str, peak: Peak, extent: str) -> Box:
        """The box of a joint, the mean of those of the cells near its peak."""
        heat = 1 / (1 + np.exp(-self.joints[JOINTS.index(joint)].clip(-30, 30)))
        weight, x, y = self._around(heat, *peak.cell)
        unit_px = BOX_UNIT * heat.shape[0] * CELL_PX / HEIGHT
        first = 4 * EXTENTS.index(extent)
        left, top, right, bottom = np.exp(self._near(self.boxes[first : first + 4], *peak.cell)) * unit_px
        sides = (x - left, y - top, x + right, y + bottom)
        return tuple(float((weight * side).sum()) for side in sides)  # type: ignore[return-value]

    def _around(
        self, heat: NDArray[np.float32], row: int, column: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Weight and middle of the cells near a peak."""
        near = self._near(heat, row, column).astype(np.float64)
        top, left = max(row - NEAR_CELLS, 0), max(column - NEAR_CELLS, 0)
        y, x = (np.mgrid[top : top + near.shape[0], left : left + near.shape[1]] + 0.5) * CELL_PX
        return near / near.sum(), x, y

    @staticmethod
    def _near(maps: NDArray[np.float32], row: int, column: int) -> NDArray[np.float32]:
        return maps[
            ...,
            max(row - NEAR_CELLS, 0) : row + NEAR_CELLS + 1,
            max(column - NEAR_CELLS, 0) : column + NEAR_CELLS + 1,
        ]

    def shapes(self, name: str, box: Box) -> list[Shape]:
        """Outlines of a class that touch a box, largest first."""
        share, left, top = self._share(name, box)
        if share.size == 0:
            return []
        size = (share.shape[1] * FINER, share.shape[0] * FINER)
        fine = cv2.resize(share, size, interpolation=cv2.INTER_LINEAR)
        contours, _ = cv2.findContours((fine > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        shapes = []
        for contour in sorted(contours, key=cv2.contourArea, reverse=True):
            if cv2.contourArea(contour) < LEAST_AREA_PX * FINER**2:
                break
            inside = np.zeros(fine.shape, np.uint8)
            cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED)
            polygon = (contour.reshape(-1, 2) + 0.5) / FINER + (left, top)
            shapes.append(Shape(polygon, float(fine[inside > 0].mean())))
        return shapes

    def _share(self, name: str, box: Box) -> tuple[NDArray[np.float32], int, int]:
        """Probability of a class in the cells of a box, and their left and upper edge in pixels."""
        rows, columns = self.classes.shape[1:]
        left, top = (max(int(side // CELL_PX), 0) for side in box[:2])
        right, bottom = min(int(box[2] // CELL_PX) + 1, columns), min(int(box[3] // CELL_PX) + 1, rows)
        part = self.classes[:, top:bottom, left:right]
        if part.size == 0:
            return np.empty((0, 0), np.float32), 0, 0
        pixels = part.reshape(len(CLASSES), CELL_PX, CELL_PX, *part.shape[1:]).transpose(0, 3, 1, 4, 2)
        logits = pixels.reshape(len(CLASSES), part.shape[1] * CELL_PX, part.shape[2] * CELL_PX)
        share = np.exp(logits - logits.max(axis=0))
        return share[CLASSES.index(name)] / share.sum(axis=0), left * CELL_PX, top * CELL_PX
