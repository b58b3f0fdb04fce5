"""Detail within the hand: the changes of brightness that bones cause, and the fine structures that filters remove."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FINE_PX, MEDIUM_PX, COARSE_PX = 1.0, 2.0, 4.0
"""SD of blurs, in pixels of a canvas of 256 px: 1, 2 and 4 % of a frame unit. Fine structures are between the first two, bone
detail between the last two: a film of 100 px still contains this band, and little noise falls into it."""
EDGE_PX = 9
"""Width of the square for the erosion of the hand, so that its edge does not count."""
LEAST_CHANGE = 0.01
"""A change counts as detail from this share of the hand's brightness range."""


def detail_share(canvas: NDArray[np.uint8], inside: NDArray[np.bool_]) -> float:
    """Share of the hand, without its edge, that shows detail; 0 without a hand.

    Args:
        canvas: The hand, `(256, 192)`.
        inside: Where the canvas shows the hand.
    """
    core = _core(inside)
    if not core.any():
        return 0.0
    low, high = np.percentile(canvas[inside], (2, 98))
    change = np.abs(_blurred(canvas, inside, MEDIUM_PX) - _blurred(canvas, inside, COARSE_PX))
    return float((change > LEAST_CHANGE * max(high - low, 1.0))[core].mean())


def fine_ratio(canvas: NDArray[np.uint8], inside: NDArray[np.bool_]) -> float:
    """Contrast of fine structures within the hand over that of coarser ones; 0 without a hand.

    Noise, bone texture and sharp edges have both; a film that was filtered or enlarged lacks the fine ones.

    Args:
        canvas: The hand, `(256, 192)`.
        inside: Where the canvas shows the hand.
    """
    core = _core(inside)
    if not core.any():
        return 0.0
    fine, medium, coarse = (_blurred(canvas, inside, sd) for sd in (FINE_PX, MEDIUM_PX, COARSE_PX))
    return float(np.abs(fine - medium)[core].mean() / max(float(np.abs(medium - coarse)[core].mean()), 1e-3))


def _core(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The hand without its edge."""
    return np.asarray(cv2.erode(inside.astype(np.uint8), np.ones((EDGE_PX, EDGE_PX), np.uint8)) > 0)


def _blurred(canvas: NDArray[np.uint8], inside: NDArray[np.bool_], sd_px: float) -> NDArray[np.float32]:
    """Gaussian mean of the brightness within the hand around each pixel."""
    weight = inside.astype(np.float32)
    total = cv2.GaussianBlur(canvas * weight, (0, 0), sd_px)
    return np.asarray(total / np.maximum(cv2.GaussianBlur(weight, (0, 0), sd_px), 1e-3), np.float32)
