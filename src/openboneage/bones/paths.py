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
    best = _best_sums(gain.reshape(-1, rows, places), reach, cost)
    steps = np.arange(reach, -reach - 1, -1)
    field, step_cost = np.arange(best.shape[1])[:, None], cost * np.abs(steps)
    path = np.empty(best.shape[:2], np.intp)
    path[-1] = best[-1].argmax(axis=1) - reach
    for row in range(rows - 1, 0, -1):
        before = best[row - 1, field, path[row][:, None] + reach + steps] - step_cost
        path[row - 1] = path[row] + reach - before.argmax(axis=1)
    return np.asarray(path.T.reshape(*several, rows))


def _best_sums(fields: NDArray[np.floating], reach: int, cost: float) -> NDArray[np.float64]:
    """The greatest sum of a path to each place, `(rows, fields, reach + places + reach)`; -inf beyond the places."""
    count, rows, places = fields.shape
    best = np.full((rows, count, places + 2 * reach), -np.inf)
    inner = best[..., reach : reach + places]
    inner[0] = fields[:, 0]
    for row in range(1, rows):
        reached = inner[row - 1].copy()
        for _ in range(reach):
            stepped = reached - cost
            np.maximum(reached[:, 1:], stepped[:, :-1], out=reached[:, 1:])
            np.maximum(reached[:, :-1], stepped[:, 1:], out=reached[:, :-1])
        np.add(reached, fields[:, row], out=inner[row])
    return best


def best_ring(gain: NDArray[np.floating], reach: int, cost: float) -> NDArray[np.intp]:
    """The best paths whose last row joins the first: of one turn with half a turn more; `best_path` has the arguments."""
    rows = gain.shape[-2]
    quarter = rows // 4
    around = np.concatenate([gain[..., rows - quarter :, :], gain, gain[..., :quarter, :]], axis=-2)
    return best_path(around, reach, cost)[..., quarter : quarter + rows]
