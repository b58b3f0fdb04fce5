"""Sharpness: whether a film shows structures as fine as its pixels allow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SDS_PX = (1.0, 2.0, 4.0)
"""Of three blurs of a canvas of 256 px: the first two bound fine structures, the last two coarser ones."""
EDGE_PX = 9
"""Width of the square by which the hand is eroded, so that its outline does not count."""


def fine_ratio(canvas: NDArray[np.uint8], inside: NDArray[np.bool_]) -> float:
    """Contrast of fine structures within the hand over that of coarser ones; 0 without a hand.

    Noise, bone texture and sharp edges have both; a film that was filtered or enlarged lacks the fine ones.

    Args:
        canvas: The hand, `(256, 192)`.
        inside: Where the canvas shows the hand.
    """
    core = cv2.erode(inside.astype(np.uint8), np.ones((EDGE_PX, EDGE_PX), np.uint8)) > 0
    if not core.any():
        return 0.0
    fine, medium, coarse = (_blurred(canvas, inside, sd) for sd in SDS_PX)
    return float(np.abs(fine - medium)[core].mean() / max(float(np.abs(medium - coarse)[core].mean()), 1e-3))


def _blurred(canvas: NDArray[np.uint8], inside: NDArray[np.bool_], sd_px: float) -> NDArray[np.float32]:
    """Gaussian mean of the hand's brightness around each pixel."""
    weight = inside.astype(np.float32)
    total = cv2.GaussianBlur(canvas * weight, (0, 0), sd_px)
    return np.asarray(total / np.maximum(cv2.GaussianBlur(weight, (0, 0), sd_px), 1e-3), np.float32)
