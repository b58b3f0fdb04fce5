"""The edges of a shaft next to its growth plate, in the upright view of a bone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.paths import FORBIDDEN, best_path
from openboneage.bones.percentile import percentile
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
BLUR_ROWS = 18
"""Rows beside those of the shaft that the smoothing needs."""


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

    @cached_property
    def metaphysis_px(self) -> float:
        """Greatest width next to the growth plate, in pixels of the view: the 90th percentile of its rows."""
        return float(percentile((self.thumb - self.small)[:METAPHYSIS_ROWS], 90))

    @property
    def turn_degrees(self) -> float:
        """Direction of the shaft in the view, from y towards x: the slope of the line between its edges."""
        middle = (self.small + self.thumb)[CORNER_ROWS:] / 2
        rows = np.arange(len(middle)) - (len(middle) - 1) / 2
        return float(np.degrees(np.arctan(rows @ middle / (rows @ rows))))

    @cached_property
    def corners(self) -> tuple[float, float]:
        """Place of the shaft's end towards the little finger and towards the thumb, where the metaphysis is at its widest."""
        return float(percentile(self.small[:METAPHYSIS_ROWS], 10)), float(percentile(self.thumb[:METAPHYSIS_ROWS], 90))


def shaft_edges(greys: Sequence[NDArray[np.float32]], first_rows: Sequence[int]) -> list[ShaftEdges]:
    """Follow the edges of several shafts.

    Args:
        greys: Brightness of each view, `(height, width)`.
        first_rows: Row of each view from which its shaft is followed.
    """
    rise = np.stack([_rise(grey, first_row) for grey, first_row in zip(greys, first_rows, strict=True)])
    small, thumb = _edges(np.stack([rise, -rise]))
    return [
        ShaftEdges(row, small[i], thumb[i], _contrast(grey[row : row + METAPHYSIS_ROWS], small[i], thumb[i]))
        for i, (grey, row) in enumerate(zip(greys, first_rows, strict=True))
    ]


def _rise(grey: NDArray[np.float32], first_row: int) -> NDArray[np.float32]:
    """How steeply brightness rises across the shaft in each of its rows, `(36, width)`."""
    top = max(first_row - BLUR_ROWS, 0)
    smooth = cv2.GaussianBlur(grey[top : first_row + ROWS + BLUR_ROWS], (0, 0), 1.5)
    rise = cv2.GaussianBlur(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3), (0, 0), sigmaX=0.5, sigmaY=2.5)
    return np.asarray(rise[first_row - top :][:ROWS], np.float32)


def _edges(rise: NDArray[np.float32]) -> NDArray[np.float64]:
    """The edges towards the little finger and the thumb, given the rise of brightness towards the axis from each side.

    Args:
        rise: `(2, bones, 36, width)`.

    Returns:
        `(2, bones, 36)`.
    """
    out = np.array([[-1], [1]]) * (np.arange(SIZE_PX[1]) + 0.5 - CENTRE_PX[0]) / METAPHYSIS_PX
    possible = (out > NEAREST) & (out < FARTHEST)
    seen = [np.maximum(side[..., able], 0).reshape(len(side), -1) for side, able in zip(rise, possible, strict=True)]
    strong = np.stack([percentile(each, 90) for each in seen]) + 1e-6
    strength = np.clip(rise / strong[..., None, None], -1, 1)
    cost = NEAR_COST * np.maximum(USUAL[0] - out, 0) + FAR_COST * np.maximum(out - USUAL[1], 0)
    gain = np.where(possible[:, None, None], strength - cost[:, None, None], FORBIDDEN)
    return _steepest(rise, best_path(gain, 1, STEP_COST))


def _steepest(rise: NDArray[np.float32], path: NDArray[np.intp]) -> NDArray[np.float64]:
    """Move each place of a path to the steepest rise near it: the mean place there, weighted by the squared rise."""
    near = np.clip(path[..., None] + np.arange(-WINDOW_PX, WINDOW_PX + 1), 0, rise.shape[-1] - 1)
    weight = np.maximum(np.take_along_axis(rise, near, axis=-1).astype(np.float64), 0) ** 2 + 1e-9
    return np.asarray((weight * near).sum(axis=-1) / weight.sum(axis=-1) + 0.5)


def _contrast(grey: NDArray[np.float32], small: NDArray[np.float64], thumb: NDArray[np.float64]) -> float:
    """Mean brightness between the edges minus that of a strip outside each."""
    x = np.arange(grey.shape[1]) + 0.5
    left, right = small[: len(grey), None], thumb[: len(grey), None]
    inside = (x > left + 4) & (x < right - 4)
    beside = ((x > left - 10) & (x < left - 3)) | ((x > right + 3) & (x < right + 10))
    return float(grey[inside].mean() - grey[beside].mean()) if inside.any() and beside.any() else 0.0
