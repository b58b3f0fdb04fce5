"""The shape of a hand: its proportions, and whether the film shows a second hand or half a hand twice."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.hand import geometry
from openboneage.hand.finder import THUMBNAIL_PX
from openboneage.hand.frame import HEIGHT, TOP
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, MASK_THRESHOLD, StandardHand

UNITS_PER_PX = HEIGHT / MASK_HEIGHT_PX
PALM_Y, WRIST_SIDE_Y = (0.15, 0.35), (0.5, 0.7)
"""Rows of the frame between which the palm is measured: at the knuckles and next to the wrist."""
MIRROR_PX = 256
"""Longer side to which a film is reduced before it is compared with its mirror image."""
DETAIL_SD_PX = 3.0
LEAST_POWER = 1.0
"""Sum of squared grey levels below which there is no detail."""
STRONG_SHARE = 0.9
"""Detail is clipped at this quantile: a straight edge of the film is its own mirror image."""
OUTLINE_PX = 9
"""Width of the square by which the hand is eroded, so that its outline does not count as detail."""


def hand_area(hand: StandardHand) -> float:
    """Area on the whole film that looks like hand, in squared frame units."""
    unit_px = float(hand.pixels_per_unit * THUMBNAIL_PX / max(hand.film.shape))
    return float((hand.detection.mask > MASK_THRESHOLD).sum() / unit_px**2)


def finger_units(inside: NDArray[np.bool_]) -> float:
    """How far the fingers reach beyond the third knuckle, in frame units; 0 without a hand."""
    rows = np.flatnonzero(inside.any(axis=1))
    return max(-(TOP + float(rows[0]) * UNITS_PER_PX), 0.0) if rows.size else 0.0


def width_units(hand: StandardHand, inside: NDArray[np.bool_]) -> float:
    """Width of the palm in frame units: geometric mean of the span of the knuckles and of the palm's two widths."""
    knuckles = geometry.move(hand.landmarks, hand.film_to_frame)[:, 0]
    widths = [max(float(knuckles[1] - knuckles[3]), 0.0), *(_width(inside, *rows) for rows in (PALM_Y, WRIST_SIDE_Y))]
    return float(np.prod(widths) ** (1 / len(widths)))


def _width(inside: NDArray[np.bool_], top: float, bottom: float) -> float:
    rows = slice(*(round((y - TOP) / UNITS_PER_PX) for y in (top, bottom)))
    return float(np.median(inside[rows].sum(axis=1))) * UNITS_PER_PX


def mirror_likeness(hand: StandardHand) -> float:
    """Correlation of the hand's detail with its own mirror image, left to right or top to bottom; 1 where it is one.

    Every axis along a film's rows or columns is tried. A hand is not symmetric; half a hand and its mirror image are.
    """
    height, width = hand.film.shape
    scale = MIRROR_PX / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    reduced = cv2.resize(hand.film, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR).astype(np.float32)
    mask = cv2.resize(hand.detection.mask, (MIRROR_PX, MIRROR_PX))[: size[1], : size[0]] > MASK_THRESHOLD
    core = cv2.erode(mask.astype(np.uint8), np.ones((OUTLINE_PX, OUTLINE_PX), np.uint8))
    detail = (reduced - cv2.GaussianBlur(reduced, (0, 0), DETAIL_SD_PX)) * core
    most = float(np.quantile(np.abs(detail[core > 0]), STRONG_SHARE)) if core.any() else 0.0
    detail = detail.clip(-most, most)
    power = float((detail**2).sum())
    return max(_best_overlap(detail, axis) for axis in (0, 1)) / power if power > LEAST_POWER else 0.0


def _best_overlap(detail: NDArray[np.float32], axis: int) -> float:
    """Largest sum of products of an image and its mirror image, over all shifts along the axis.

    Mirrored and shifted products are the convolution of the image with itself, summed over the other axis.
    """
    spectrum = np.fft.rfft(detail, 2 * detail.shape[axis], axis)
    return float(np.fft.irfft((spectrum**2).sum(axis=1 - axis)).max())
