"""The edge of a bone in the pixels, near an outline that was drawn or predicted.

Grey values are sampled along the normals of the outline; a closed path through them follows the fall from bright bone to dark
surroundings (dynamic programming, as in Amini et al., IEEE PAMI 1990; 12:855-867).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.paths import best_ring
from openboneage.bones.percentile import percentile
from openboneage.hand import geometry

POINTS = 72
REACH_PX = 8.0
"""Largest distance of the edge from the outline, in pixels of a view (an eighth of the typical metaphysis)."""
STEP_PX = 0.5
SMOOTHING_PX = 1.2
FAR_COST, STEP_COST = 0.15, 0.15
"""Costs, in units of a strong edge, of the largest distance from the outline and of a step between neighbouring normals."""
LARGEST_STEP = 2


def edges_near(greys: Sequence[NDArray[np.float32]], outlines: Sequence[geometry.Points]) -> list[geometry.Points]:
    """The edges of several bones near their outlines.

    Args:
        greys: Brightness of each view, `(height, width)`.
        outlines: The outline of each bone in pixels of its view, `(n, 2)`.

    Returns:
        The edge of each, `(72, 2)`.
    """
    rings = _rounded(np.stack([resampled(outline, POINTS) for outline in outlines]))
    normals = np.stack([_normals(ring) for ring in rings])
    distances = np.arange(-REACH_PX, REACH_PX + STEP_PX / 2, STEP_PX)
    places = (rings[:, :, None] + distances[:, None] * normals[:, :, None]).astype(np.float32) - 0.5
    values = np.stack([_sampled(grey, place) for grey, place in zip(greys, places, strict=True)])
    fall = -np.gradient(values, axis=-1)
    strong = percentile(np.abs(fall).reshape(len(fall), -1), 95) + 1e-6
    gain = np.clip(fall / strong[:, None, None], -1, 1.5) - FAR_COST * (distances / REACH_PX) ** 2
    chosen = best_ring(gain, LARGEST_STEP, STEP_COST)
    return list(rings + distances[chosen][..., None] * normals)


def _sampled(grey: NDArray[np.float32], places: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness of the smoothed view at places `(..., 2)`."""
    smooth = cv2.GaussianBlur(grey, (0, 0), SMOOTHING_PX)
    values = cv2.remap(smooth, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(values, np.float32)


def resampled(outline: geometry.Points, count: int) -> geometry.Points:
    """Points at equal distances along a closed outline, `(count, 2)`."""
    closed = np.vstack([outline, outline[:1]])
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    at = np.linspace(0, length[-1], count, endpoint=False)
    return np.stack([np.interp(at, length, closed[:, 0]), np.interp(at, length, closed[:, 1])], axis=1)


def _rounded(rings: geometry.Points, reach: int = 5) -> geometry.Points:
    """Rings half way to their moving averages: coarse corners are rounded, and the size is almost kept."""
    mean = np.mean([np.roll(rings, shift, axis=1) for shift in range(-reach, reach + 1)], axis=0)
    return np.asarray((rings + mean) / 2)


def _normals(ring: geometry.Points) -> geometry.Points:
    """Unit normals that point outwards, `(n, 2)`."""
    along = np.roll(ring, -2, axis=0) - np.roll(ring, 2, axis=0)
    normals = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    return np.asarray(normals if ((ring - ring.mean(axis=0)) * normals).sum() > 0 else -normals)
