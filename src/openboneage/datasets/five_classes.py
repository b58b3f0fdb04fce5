"""The five classes of Lee 2017 on a film: bone, tissue, background, collimation and marker, from outlines and simple rules.

The paper's regions were drawn by hand. Here:

- bone: the drawn epiphyses and carpal bones where a film has them, and what is clearly brighter than the hand around it:
  shafts;
- tissue: the rest of the drawn hand where it is clearly darker than the hand around it;
- collimation: what lies beyond a straight edge outside the hand, as long as a quarter of the film or longer, and the edge
  itself;
- marker: small spots outside the hand that are brighter than the film around them, with the space between their letters;
- background: the rest of the film outside the hand.

Pixels between bone and tissue, and those next to the outline of the hand, have no class: nobody can tell there.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.regions import Polygon

Film8 = NDArray[np.uint8]


class Tissue(IntEnum):
    """Class of a pixel; `NONE` is not learned from."""

    NONE = -1
    BONE = 0
    TISSUE = 1
    BACKGROUND = 2
    COLLIMATION = 3
    MARKER = 4


CLASSES = tuple(each for each in Tissue if each >= 0)
COLOURS = {
    Tissue.NONE: (0, 0, 0), Tissue.BONE: (255, 255, 255), Tissue.TISSUE: (60, 160, 240), Tissue.BACKGROUND: (120, 70, 30),
    Tissue.COLLIMATION: (60, 180, 60), Tissue.MARKER: (60, 60, 230),
}  # fmt: skip
"""Blue, green and red of each class, for pictures."""
AROUND_SHARE = 0.04
"""SD of the blur that is the hand around a pixel, as a share of the film's height."""
CLEAR_LEVELS = 4.0
"""Grey levels from the hand around, of which bone has more and tissue less."""
RIM_SHARE = 0.008
"""Width of the rim of the hand without a class."""
EDGE_LENGTH_SHARE = 0.25
EDGE_SHARE = 0.012
"""Half the width of a collimation edge."""
CANNY = 20, 60
MARKER_LEVELS = 25.0
MARKER_SHARE = 0.01, 0.02, 0.2
"""Least short side, and least and largest long side of a marker."""
LETTER_GAP_SHARE = 0.02


def five_classes(film: Film8, hand: NDArray[np.bool_], bones: Sequence[Polygon] = ()) -> NDArray[np.int8]:
    """Class of each pixel, `(height, width)` of `Tissue`.

    Args:
        film: Brightness with bright bones, `(height, width)`.
        hand: The drawn hand, of the same size.
        bones: Drawn bones, in pixels of the film.
    """
    height = film.shape[0]
    near = _grown(hand, RIM_SHARE * height)
    classes = np.full(film.shape, Tissue.BACKGROUND, np.int8)
    classes[_beyond_edges(film, hand, near)] = Tissue.COLLIMATION
    classes[_markers(film, near) & (classes == Tissue.BACKGROUND)] = Tissue.MARKER
    classes[near] = Tissue.NONE
    inner = ~_grown(~hand, RIM_SHARE * height)
    contrast = _contrast(film, hand)
    classes[inner & (contrast > CLEAR_LEVELS)] = Tissue.BONE
    classes[inner & (contrast < -CLEAR_LEVELS)] = Tissue.TISSUE
    drawn = np.zeros(film.shape, np.uint8)
    for polygon in bones:
        cv2.fillPoly(drawn, [np.rint(polygon).astype(np.int32)], 1)
    classes[(drawn > 0) & hand] = Tissue.BONE
    return classes


def _contrast(film: Film8, hand: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Grey levels above the hand around each pixel."""
    inside, sigma = hand.astype(np.float32), AROUND_SHARE * film.shape[0]
    weight = np.maximum(cv2.GaussianBlur(inside, (0, 0), sigma), 1e-3)
    return np.asarray(film - cv2.GaussianBlur(film * inside, (0, 0), sigma) / weight, np.float32)


def _beyond_edges(film: Film8, hand: NDArray[np.bool_], near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Edges of collimation, and what lies behind them as seen from the hand."""
    height, width = film.shape
    edges = np.where(near, 0, cv2.Canny(cv2.GaussianBlur(film, (0, 0), 1.5), *CANNY)).astype(np.uint8)
    length = round(EDGE_LENGTH_SHARE * min(height, width))
    lines = cv2.HoughLinesP(edges, 1, np.pi / 360, length // 2, None, length, round(0.03 * height))
    beyond = np.zeros(film.shape, bool)
    if lines is None or not hand.any():
        return beyond
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    for x0, y0, x1, y1 in lines.reshape(-1, 4).astype(float):
        across = np.array([y1 - y0, x0 - x1]) / np.hypot(x1 - x0, y1 - y0)
        away = (columns - x0) * across[0] + (rows - y0) * across[1]
        away = -away if np.median(away[hand]) > 0 else away
        if (away[hand] > 0).mean() < EDGE_SHARE:  # an edge that crosses the hand is none of collimation
            beyond |= away > -EDGE_SHARE * height
    return beyond & ~near


def _markers(film: Film8, near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    height = film.shape[0]
    outside = np.where(near, 0, 1).astype(np.float32)
    sigma = AROUND_SHARE * height
    around = cv2.GaussianBlur(film * outside, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(outside, (0, 0), sigma), 1e-3)
    bright = ((film > around + MARKER_LEVELS) & ~near).astype(np.uint8)
    gap = 2 * round(LETTER_GAP_SHARE * height / 2) + 1
    joined = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(joined)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] / height
    short, long = sides.min(axis=1), sides.max(axis=1)
    fits = (short >= MARKER_SHARE[0]) & (long >= MARKER_SHARE[1]) & (long <= MARKER_SHARE[2])
    fits[0] = False  # the rest of the film
    return np.asarray(fits[parts])


def _grown(mask: NDArray[np.bool_], margin_px: float) -> NDArray[np.bool_]:
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) <= margin_px)


def painted(classes: NDArray[np.int8]) -> Film8:
    """Classes in colours, `(height, width, 3)` blue, green and red."""
    picture = np.zeros((*classes.shape, 3), np.uint8)
    for each, colour in COLOURS.items():
        picture[classes == each] = colour
    return picture
