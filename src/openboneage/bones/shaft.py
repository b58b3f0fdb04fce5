"""The edges of a shaft next to its growth plate, in the upright view of a bone."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.paths import FORBIDDEN, best_path
from openboneage.bones.view import CENTRE_PX, METAPHYSIS_PX, SIZE_PX

ROWS = 36
"""Rows of the view along which the edges are followed."""
METAPHYSIS_ROWS = 20
"""Rows in which the metaphysis is at its widest."""
CORNER_ROWS = 8
"""Rows at the end of the shaft that do not count for its direction: of an oblique shaft only one edge is seen there."""
NEAREST, FARTHEST = 0.15, 0.8
"""Distance of an edge from the axis, in typical widths of the metaphysis."""
USUAL = (0.40, 0.50)
NEAR_COST, FAR_COST = 0.3, 3.0
"""Cost of an edge that is nearer or farther than usual, for each typical width. The skin is a stronger edge than the bone."""
STEP_COST = 0.1
WINDOW_PX = 4


@dataclass(frozen=True, eq=False)
class ShaftEdges:
    """The edges of a shaft; its arrays are read-only.

    Attributes:
        first_row: Row of the view in which they begin.
        small: Place of the edge towards the little finger in each row, in pixels of the view, `(36,)`.
        thumb: Place of the edge towards the thumb, `(36,)`.
        contrast: Brightness of the shaft minus that of the soft tissue beside it.
    """

    first_row: int
    small: NDArray[np.float64]
    thumb: NDArray[np.float64]
    contrast: float

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        self.small.setflags(write=False)
        self.thumb.setflags(write=False)

    @property
    def metaphysis_px(self) -> float:
        """Greatest width next to the growth plate, in pixels of the view: the 90th percentile of its rows."""
        return float(np.percentile((self.thumb - self.small)[:METAPHYSIS_ROWS], 90))

    @property
    def turn_degrees(self) -> float:
        """Direction of the shaft in the view, from y towards x: the slope of the line between its edges."""
        middle = (self.small + self.thumb)[CORNER_ROWS:] / 2
        slope = np.polyfit(np.arange(len(middle)), middle, 1)[0]
        return float(np.degrees(np.arctan(slope)))

    @property
    def corners(self) -> tuple[float, float]:
        """Place of the shaft's end towards the little finger and towards the thumb, where the metaphysis is at its widest."""
        return float(np.percentile(self.small[:METAPHYSIS_ROWS], 10)), float(np.percentile(self.thumb[:METAPHYSIS_ROWS], 90))


def shaft_edges(grey: NDArray[np.float32], first_row: int) -> ShaftEdges:
    """Follow the edges of the shaft from a row of a view onwards."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5)
    rise = cv2.GaussianBlur(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3), (0, 0), sigmaX=0.5, sigmaY=2.5)
    steep: NDArray[np.float64] = np.asarray(rise[first_row : first_row + ROWS], np.float64)
    small, thumb = _edges(np.stack([steep, -steep]))
    return ShaftEdges(first_row, small, thumb, _contrast(grey[first_row : first_row + METAPHYSIS_ROWS], small, thumb))


def _edges(rise: NDArray[np.float64]) -> NDArray[np.float64]:
    """The edges towards the little finger and the thumb, given the rise of brightness towards the axis from each side."""
    out = np.array([[-1], [1]]) * (np.arange(SIZE_PX[1]) + 0.5 - CENTRE_PX[0]) / METAPHYSIS_PX
    possible = (out > NEAREST) & (out < FARTHEST)
    strong = [np.percentile(np.maximum(side[:, able], 0), 90) + 1e-6 for side, able in zip(rise, possible, strict=True)]
    strength = np.clip(rise / np.reshape(strong, (2, 1, 1)), -1, 1)
    cost = NEAR_COST * np.maximum(USUAL[0] - out, 0) + FAR_COST * np.maximum(out - USUAL[1], 0)
    path = best_path(np.where(possible[:, None], strength - cost[:, None], FORBIDDEN), 1, STEP_COST)
    return _steepest(rise, path)


def _steepest(rise: NDArray[np.float64], path: NDArray[np.intp]) -> NDArray[np.float64]:
    """Move each place of a path to the steepest rise near it: the mean place there, weighted by the squared rise."""
    near = np.clip(path[..., None] + np.arange(-WINDOW_PX, WINDOW_PX + 1), 0, rise.shape[-1] - 1)
    weight = np.maximum(np.take_along_axis(rise, near, axis=-1), 0) ** 2 + 1e-9
    return np.asarray((weight * near).sum(axis=-1) / weight.sum(axis=-1) + 0.5)


def _contrast(grey: NDArray[np.float32], small: NDArray[np.float64], thumb: NDArray[np.float64]) -> float:
    """Mean brightness between the edges minus that of a strip outside each."""
    x = np.arange(grey.shape[1]) + 0.5
    left, right = small[: len(grey), None], thumb[: len(grey), None]
    inside = (x > left + 4) & (x < right - 4)
    beside = ((x > left - 10) & (x < left - 3)) | ((x > right + 3) & (x < right + 10))
    return float(grey[inside].mean() - grey[beside].mean()) if inside.any() and beside.any() else 0.0
