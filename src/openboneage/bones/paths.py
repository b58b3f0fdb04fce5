"""The best path through a field of gains: edges and lines that run through an image from one end to the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FORBIDDEN = -1e6
"""Gain of a place that no path may use while another is possible."""


def best_path(gain: NDArray[np.floating], reach: int, cost: float) -> NDArray[np.intp]:
    """The path of the greatest sum of gains, with one place for each row (dynamic programming).

    Args:
        gain: Gain of each place, `(rows, places)`.
        reach: Largest step between neighbouring rows, in places.
        cost: Cost of a step, for each place.

    Returns:
        The chosen place of each row, `(rows,)`.
    """
    rows, places = gain.shape
    steps = np.arange(-reach, reach + 1)
    origin = np.arange(places)[None] - steps[:, None]
    step_cost = np.where((origin >= 0) & (origin < places), cost * np.abs(steps)[:, None], np.inf)
    origin = np.clip(origin, 0, places - 1)
    best, columns = gain[0].astype(np.float64), np.arange(places)
    came = np.zeros((rows, places), np.intp)
    for row in range(1, rows):
        reached = best[origin] - step_cost
        chosen = reached.argmax(axis=0)
        came[row] = origin[chosen, columns]
        best = reached[chosen, columns] + gain[row]
    path = np.empty(rows, np.intp)
    path[-1] = best.argmax()
    for row in range(rows - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path


def best_ring(gain: NDArray[np.floating], reach: int, cost: float) -> NDArray[np.intp]:
    """The best path whose last row joins the first, from the middle of two turns; `best_path` explains the arguments."""
    rows = len(gain)
    path = best_path(np.vstack([gain, gain]), reach, cost)[rows // 2 : rows // 2 + rows]
    return np.roll(path, rows // 2)
