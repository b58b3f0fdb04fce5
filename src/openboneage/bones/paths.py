"""The best path through a field of gains: edges and lines that run through an image from one end to the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FORBIDDEN = -1e6
"""Gain of a place that no path may use while another is possible."""


def best_path(gain: NDArray[np.floating], reach: int, cost: float) -> NDArray[np.intp]:
    """The path of the greatest sum of gains, with one place for each row (dynamic programming).

    Args:
        gain: Gain of each place, `(..., rows, places)`.
        reach: Largest step between neighbouring rows, in places.
        cost: Cost of a step, for each place.

    Returns:
        The chosen place of each row, `(..., rows)`.
    """
    *several, rows, places = gain.shape
    fields = gain.reshape(-1, rows, places).astype(np.float64)
    steps, columns = np.arange(-reach, reach + 1), np.arange(places)
    origin = columns - steps[:, None]
    step_cost = np.where((origin >= 0) & (origin < places), cost * np.abs(steps)[:, None], np.inf)
    origin = np.clip(origin, 0, places - 1)
    best = fields[:, 0]
    came = np.empty((rows, len(fields), places), np.intp)
    for row in range(1, rows):
        reached = best[:, origin] - step_cost
        chosen = reached.argmax(axis=1)
        came[row] = origin[chosen, columns]
        best = reached.max(axis=1) + fields[:, row]
    path = np.empty((rows, len(fields)), np.intp)
    path[-1] = best.argmax(axis=1)
    for row in range(rows - 1, 0, -1):
        path[row - 1] = came[row, np.arange(len(fields)), path[row]]
    return path.T.reshape(*several, rows)


def best_ring(gain: NDArray[np.floating], reach: int, cost: float) -> NDArray[np.intp]:
    """The best path whose last row joins the first: that of one turn with half a turn more; `best_path` has the arguments."""
    rows = len(gain)
    quarter = rows // 4
    around = np.concatenate([gain[rows - quarter :], gain, gain[:quarter]])
    return best_path(around, reach, cost)[quarter : quarter + rows]
