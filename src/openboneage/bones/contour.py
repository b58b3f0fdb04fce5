"""The edge of a bone in the pixels, near an outline that was drawn or predicted.

Grey values are sampled along the normals of the outline; a closed path through them follows the fall from bright bone to dark
surroundings (dynamic programming, as in Amini et al., IEEE PAMI 1990; 12:855-867).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.paths import best_ring
from openboneage.hand import geometry

POINTS = 72
REACH_PX = 8.0
"""Largest distance of the edge from the outline, in pixels of a view (an eighth of the typical metaphysis)."""
STEP_PX = 0.5
SMOOTHING_PX = 1.2
FAR_COST, STEP_COST = 0.15, 0.15
"""Costs, in units of a strong edge, of the largest distance from the outline and of a step between neighbouring normals."""
LARGEST_STEP = 2


def edge_near(grey: NDArray[np.float32], outline: geometry.Points) -> geometry.Points:
    """The edge of a bone near an outline.

    Args:
        grey: Brightness of a view, `(height, width)`.
        outline: The outline in pixels of the view, `(n, 2)`.

    Returns:
        The edge, `(72, 2)`.
    """
    ring = _rounded(resampled(outline, POINTS))
    normals = _normals(ring)
    distances = np.arange(-REACH_PX, REACH_PX + STEP_PX / 2, STEP_PX)
    places = (ring[:, None] + distances[None, :, None] * normals[:, None]).astype(np.float32) - 0.5
    smooth = cv2.GaussianBlur(grey, (0, 0), SMOOTHING_PX)
    values = cv2.remap(smooth, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    fall = -np.gradient(values, axis=1)
    gain = np.clip(fall / (np.percentile(np.abs(fall), 95) + 1e-6), -1, 1.5) - FAR_COST * (distances / REACH_PX) ** 2
    chosen = best_ring(gain, LARGEST_STEP, STEP_COST)
    return np.asarray(ring + distances[chosen][:, None] * normals)


def resampled(outline: geometry.Points, count: int) -> geometry.Points:
    """Points at equal distances along a closed outline, `(count, 2)`."""
    closed = np.vstack([outline, outline[:1]])
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    at = np.linspace(0, length[-1], count, endpoint=False)
    return np.stack([np.interp(at, length, closed[:, 0]), np.interp(at, length, closed[:, 1])], axis=1)


def _rounded(ring: geometry.Points, reach: int = 5) -> geometry.Points:
    """A ring half way to its moving average: coarse corners are rounded, and its size is almost kept."""
    mean = np.mean([np.roll(ring, shift, axis=0) for shift in range(-reach, reach + 1)], axis=0)
    return np.asarray((ring + mean) / 2)


def _normals(ring: geometry.Points) -> geometry.Points:
    """Unit normals that point outwards, `(n, 2)`."""
    along = np.roll(ring, -2, axis=0) - np.roll(ring, 2, axis=0)
    normals = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    return np.asarray(normals if ((ring - ring.mean(axis=0)) * normals).sum() > 0 else -normals)
