"""Which fingers the film's edge cuts off, by their order around the palm."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.hand.frame import ASPECT, HEIGHT, LEFT, TOP
from openboneage.hand.standard_hand import MASK_HEIGHT_PX


class Finger(StrEnum):
    """A finger, in the order around the palm."""

    THUMB = "thumb"
    INDEX = "index finger"
    MIDDLE = "middle finger"
    RING = "ring finger"
    LITTLE = "little finger"


TYPICAL_DEGREES = (22.0, 70.0, 90.0, 109.0, 136.0)
"""Direction of each fingertip from the palm, from the thumb's side: of the median fingertips of 267 boxed training films
(Koitka et al. 2018)."""
PALM = (0.05, 0.3)
"""Point of the frame from which directions are taken."""
PALM_UNITS = 0.55
"""Points nearer to it belong to the palm."""
STEP_DEGREES = 2.0
DIRECTIONS = np.arange(-20.0, 176.0, STEP_DEGREES)
VALLEY_UNITS = 0.05
"""Between two fingertips the outline comes this much closer to the palm."""
NEAR_UNITS = 0.12
"""A finger farther from the film's edge than this is not cut off by it: the finder's mask may end that much too early."""
STEPS = 0.5, 1.6
"""Where a finger is cut off, the film's edge is as bright as the finger: between these multiples of the step from background to
finger. A white border is brighter."""
TOUCHING_UNITS = 0.02
"""A finger this close to the edge touches it, whatever the brightness."""
EDGE_UNITS, TIP_UNITS, BESIDE_UNITS = 0.04, 0.12, 0.4
"""Width of the examined strip along the edge, and the distances of the finger and of the background next to it."""

_rows, _columns = np.mgrid[:MASK_HEIGHT_PX, : round(MASK_HEIGHT_PX * ASPECT)] + 0.5
UNITS_PER_PX = HEIGHT / MASK_HEIGHT_PX
X, Y = LEFT + _columns * UNITS_PER_PX, TOP + _rows * UNITS_PER_PX
DEGREES, REACH = np.degrees(np.arctan2(PALM[1] - Y, X - PALM[0])), np.hypot(X - PALM[0], Y - PALM[1])
DIRECTION = np.rint((DEGREES - DIRECTIONS[0]) / STEP_DEGREES).astype(int)
"""Index of the direction of each pixel of the canvas."""
FINGER_SIDE = np.isin(DIRECTION, np.arange(len(DIRECTIONS))) & (REACH > PALM_UNITS)

Area = NDArray[np.bool_]


def fingers_at_edge(canvas: NDArray[np.uint8], inside: Area, covered: Area) -> tuple[Finger, ...]:
    """Fingers that the film's edge cuts off or touches, from the thumb on.

    Args:
        canvas: The hand, `(256, 192)`.
        inside: Where the mask shows the hand.
        covered: Where the canvas shows film.
    """
    if covered.all():
        return ()
    padded = np.pad(covered.astype(np.uint8), 1, constant_values=1)  # the canvas may end before the film
    to_edge = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1].astype(np.float64) * UNITS_PER_PX
    hand = inside & covered & FINGER_SIDE
    finger = np.abs(DEGREES[..., None] - tip_degrees(hand)).argmin(axis=-1)
    return tuple(name for i, name in enumerate(Finger) if _reaches_edge(canvas, hand & (finger == i), inside, covered, to_edge))


def tip_degrees(hand: Area) -> NDArray[np.float64]:
    """Direction of each fingertip from the palm, `(5,)`: that in the outline, else the typical one."""
    reach = np.zeros(len(DIRECTIONS))
    np.maximum.at(reach, DIRECTION[hand], REACH[hand])
    tips = _peaks(np.convolve(np.pad(reach, 1, "edge"), (0.25, 0.5, 0.25), "valid"))
    return DIRECTIONS[tips] if len(tips) == len(Finger) else np.array(TYPICAL_DEGREES)


def _peaks(values: NDArray[np.float64]) -> list[int]:
    """Indices of the maxima that are separated by a valley from the previous one."""
    peaks, best, rising = [], 0, True
    for i, value in enumerate(values):
        if (value > values[best]) == rising:
            best = i
        elif abs(value - values[best]) > VALLEY_UNITS:
            if rising:
                peaks.append(best)
            best, rising = i, not rising
    return [*peaks, best] if rising and values[best] > 0 else peaks


def _reaches_edge(canvas: NDArray[np.uint8], finger: Area, inside: Area, covered: Area, to_edge: NDArray[np.float64]) -> bool:
    """Whether a finger continues to the film's edge, by the brightness at the nearest part of the edge."""
    if not finger.any():
        return False
    nearest = int(np.where(finger, to_edge, np.inf).argmin())
    gap = to_edge.flat[nearest]
    if gap > NEAR_UNITS or gap < TOUCHING_UNITS:
        return bool(gap < TOUCHING_UNITS)
    distance = np.hypot(X - X.flat[nearest], Y - Y.flat[nearest])
    edge = covered & (to_edge > UNITS_PER_PX) & (to_edge < EDGE_UNITS) & (distance < gap + EDGE_UNITS)
    beside = covered & ~_grown(inside) & (distance < BESIDE_UNITS)
    if not edge.any() or not beside.any():
        return False
    bright, dark = np.median(canvas[finger & (distance < TIP_UNITS)]), np.median(canvas[beside])
    step = (np.median(canvas[edge]) - dark) / max(float(bright - dark), 1.0)
    return bool(STEPS[0] < step < STEPS[1])


def _grown(area: Area) -> Area:
    return np.asarray(cv2.dilate(area.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0)
