"""Input and output of the hand finder: the thumbnail, and the maps.

Without torch: training draws its thumbnails with the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

THUMBNAIL_PX = 128
THUMBNAIL_CHANNELS = ("linear", "equalised")
MAP_CHANNELS = ("mask", "radius", "mcp1", "mcp3", "mcp5")
COUNT_CLASSES = (0, 1, 2)
SECOND_HAND_UNITS = 0.5
"""A landmark this far from the one found, in distances from MCP3 to the distal radius, is that of another hand."""
HEAD_OUTPUTS = ("no hand", "one hand", "several hands", "inverted")
Peak = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Detection:
    """What the finder found on one thumbnail.

    Attributes:
        mask: Probability that a pixel shows the hand, `(128, 128)` float32.
        landmarks: `(x, y)` of distal radius, MCP1, MCP3 and MCP5 in thumbnail pixels, `(4, 2)`.
        landmark_scores: Peak probability of each landmark, `(4,)`, 0 to 1.
        hand_count: Probabilities of no, one and several hands, `(3,)`.
        inverted: Probability that bones are darker than the background.
        second_hand: Mean probability of a distal radius and an MCP3 away from those found.
    """

    mask: NDArray[np.float32]
    landmarks: NDArray[np.float64]
    landmark_scores: NDArray[np.float64]
    hand_count: NDArray[np.float64]
    inverted: float
    second_hand: float


def thumbnail_channels(content: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Place a reduced film in the upper left of a thumbnail, as linear and as equalised brightness.

    Args:
        content: Film, `(height, width)` uint8, neither side over 128.

    Returns:
        `(2, 128, 128)` float32 in 0..1; 0 outside the film.
    """
    height, width = content.shape
    low, high = brightness_range(content, 0.005, 0.995)
    channels = np.zeros((2, THUMBNAIL_PX, THUMBNAIL_PX), np.float32)
    channels[0, :height, :width] = np.clip((content - low) / max(high - low, 1.0), 0, 1)
    channels[1, :height, :width] = cv2.equalizeHist(np.ascontiguousarray(content)).astype(np.float32) / 255
    return channels


def brightness_range(values: NDArray[np.uint8], low: float, high: float) -> tuple[float, float]:
    """Two quantiles of 8-bit values, each a whole number, from their histogram."""
    cumulated = np.cumsum(np.bincount(values.ravel(), minlength=256))
    first, last = np.searchsorted(cumulated, (low * cumulated[-1], high * cumulated[-1]))
    return float(first), float(last)


def read_detection(maps: NDArray[np.float32], head: NDArray[np.float32]) -> Detection:
    """Turn the logits of one thumbnail, `(5, 128, 128)` and `(4,)`, into a detection."""
    probabilities = _sigmoid(maps)
    radius, middle = _peak(probabilities[1]), _peak(probabilities[3])
    thumb, little = _opposite_peaks(probabilities[2], probabilities[4], radius, middle)
    peaks = (radius, thumb, middle, little)
    apart_px = max(SECOND_HAND_UNITS * float(np.hypot(radius[0] - middle[0], radius[1] - middle[1])), 4.0)
    counts = np.exp(head[:3] - head[:3].max()).astype(np.float64)
    return Detection(
        mask=probabilities[0].astype(np.float32),
        landmarks=np.array([[x, y] for x, y, _ in peaks]),
        landmark_scores=np.array([score for _, _, score in peaks]),
        hand_count=counts / counts.sum(),
        inverted=float(_sigmoid(head[3:4])[0]),
        second_hand=(_second(probabilities[1], radius, apart_px) + _second(probabilities[3], middle, apart_px)) / 2,
    )


def _sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float64), -40, 40)))


def _opposite_peaks(thumb: NDArray[np.float64], little: NDArray[np.float64], radius: Peak, middle: Peak) -> tuple[Peak, Peak]:
    """Strongest spots of thumb and little finger on opposite sides of the hand: each alone may be mistaken for the other."""
    rows, columns = np.indices(thumb.shape) + 0.5
    left = (radius[0] - middle[0]) * (rows - middle[1]) - (radius[1] - middle[1]) * (columns - middle[0]) > 0
    right = ~left
    thumb_left = (thumb * left).max() * (little * right).max() > (thumb * right).max() * (little * left).max()
    sides = (left, right) if thumb_left else (right, left)
    return _peak(thumb * sides[0]), _peak(little * sides[1])


def _peak(heat: NDArray[np.float64], radius_px: int = 4) -> Peak:
    """Sub-pixel centre `(x, y)` of the strongest spot and its height."""
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    top, left = max(int(row) - radius_px, 0), max(int(column) - radius_px, 0)
    spot = heat[top : int(row) + radius_px + 1, left : int(column) + radius_px + 1]
    weight = spot / max(float(spot.sum()), 1e-12)
    ys, xs = np.mgrid[top : top + spot.shape[0], left : left + spot.shape[1]] + 0.5
    return float((weight * xs).sum()), float((weight * ys).sum()), float(heat[row, column])


def _second(heat: NDArray[np.float64], found: Peak, apart_px: float) -> float:
    """Highest probability of a landmark at some distance from the one found."""
    rows, columns = np.indices(heat.shape) + 0.5
    return float((heat * (np.hypot(columns - found[0], rows - found[1]) > apart_px)).max())
