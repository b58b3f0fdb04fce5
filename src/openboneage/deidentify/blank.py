"""Blank what is not hand: names, dates and markers that are burned into the pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.errors import RefusedError
from openboneage.hand.standard_hand import StandardHand

MARGIN = 0.03
"""Margin around the outline as a share of the hand's height: soft tissue and bone edges must not be cut."""


def hand_area(hand: StandardHand, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The pixels to keep: the hand with a margin.

    Args:
        hand: The hand.
        shape: Height and width of the stored image; the film in memory has others if its pixels are not square.

    Returns:
        Array of that shape.

    Raises:
        RefusedError: There is no outline.
    """
    outlines = hand.outline_film
    if not outlines:
        raise RefusedError("Expected a film on which the hand can be outlined; text beside it cannot be blanked here.")
    scale = np.array([shape[1] / hand.film.shape[1], shape[0] / hand.film.shape[0]])
    largest = (outlines[0] * scale).round().astype(np.int32)
    area = np.zeros(shape, np.uint8)
    cv2.fillPoly(area, [largest], 1)
    reach = max(1, round(MARGIN * float(np.ptp(largest[:, 1]))))
    return cv2.dilate(area, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))).astype(bool)


def blanked(pixels: NDArray[np.generic], area: NDArray[np.bool_], *, dark_is_high: bool) -> NDArray[np.generic]:
    """The pixels with everything outside the area as dark as the darkest pixel inside.

    Args:
        pixels: Stored values, `(height, width)`.
        area: The pixels to keep.
        dark_is_high: Whether high values are dark, as in MONOCHROME1.
    """
    inside = pixels[area]
    dark = inside.max() if dark_is_high else inside.min()
    return np.where(area, pixels, dark).astype(pixels.dtype)
