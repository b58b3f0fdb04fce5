"""Contrast enhancement as pure functions: CLAHE, and the chain of Lee 2017 (equalization, denoising, sharpening)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Film = NDArray[np.uint8]


def equalize(film: Film) -> Film:
    """Histogram equalization over the whole film, `(height, width)` uint8."""
    return np.asarray(cv2.equalizeHist(film), np.uint8)


def clahe(film: Film, clip: float = 2.0, tiles: int = 8) -> Film:
    """Contrast-limited adaptive histogram equalization (Zuiderveld, Graphics Gems IV 1994, 474-485).

    Args:
        film: `(height, width)` uint8.
        clip: Limit of the contrast as a multiple of the mean bin.
        tiles: Tiles along each axis.
    """
    return np.asarray(cv2.createCLAHE(clip, (tiles, tiles)).apply(film), np.uint8)


def denoise(film: Film, strength: float = 15.0, diameter_px: int = 5) -> Film:
    """Bilateral filter: smooths noise and keeps edges; `strength` in grey levels."""
    return np.asarray(cv2.bilateralFilter(film, diameter_px, strength, diameter_px), np.uint8)


def sharpen(film: Film, amount: float = 0.6, sd_px: float = 1.5) -> Film:
    """Unsharp mask: adds `amount` times the difference from a Gaussian blur of `sd_px`."""
    blurred = cv2.GaussianBlur(film, (0, 0), sd_px)
    return np.asarray(cv2.addWeighted(film, 1 + amount, blurred, -amount, 0), np.uint8)


def lee_chain(film: Film) -> Film:
    """Equalization, denoising, sharpening, in this order.

    Source: Lee et al. 2017, "Preprocessing Engine", Vision Pipeline. The paper gives no parameters; those of `denoise` and
        `sharpen` are ours.
    """
    return sharpen(denoise(equalize(film)))
