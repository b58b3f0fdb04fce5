"""Hands cut out of their films, as in some archives: black outside the hand."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def cut_out(film: NDArray[np.uint8], outline: NDArray[np.uint8] | None, margin: float) -> NDArray[np.uint8]:
    """The film with 0 outside the hand.

    Args:
        film: The film, `(height, width)`.
        outline: The hand as drawn, 255 within, over the whole film at any size; None takes the film's largest bright part.
        margin: Share of the film's height that stays around the hand; negative cuts into the hand.
    """
    if outline is None:
        hand = _bright_part(film)
    else:
        hand = np.asarray(cv2.resize(outline, film.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    width_px = round(abs(margin) * film.shape[0])
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width_px + 1, 2 * width_px + 1))
    grown = cv2.dilate(hand, disc) if margin > 0 else cv2.erode(hand, disc)
    return np.asarray(np.where(grown > 127, film, 0), np.uint8)


def _bright_part(film: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest part brighter than half of Otsu's threshold (1979), its holes filled: 255 within."""
    smooth = cv2.GaussianBlur(film, (0, 0), 1.0)
    threshold, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours((smooth > threshold / 2).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    part = np.zeros_like(film)
    if outlines:
        cv2.drawContours(part, [max(outlines, key=cv2.contourArea)], -1, 255, cv2.FILLED)
    return part
