"""Resample films with pixels that are not square, before the hand is located."""

from __future__ import annotations

import math

import cv2
import numpy as np

from openboneage.findings import Finding, Severity
from openboneage.reading.bounds import check_size
from openboneage.reading.dicom.tones import Tones


def with_square_pixels(tones: Tones, pixel_aspect: float) -> Tones:
    """Resample an image to square pixels. The number of pixels is kept, so that no header can enlarge the image.

    Args:
        tones: The image as stored.
        pixel_aspect: Height of a pixel over its width, as stated in the file; 1 changes nothing.

    Raises:
        UnreadableError: A side of the resampled image is out of bounds.
    """
    if pixel_aspect == 1:
        return tones
    stretch = math.sqrt(pixel_aspect)
    stored = tones.display.shape
    size = round(stored[0] * stretch), round(stored[1] / stretch)
    check_size(*size[::-1])
    rows, columns = (((np.arange(new) + 0.5) * old / new).astype(int) for new, old in zip(size, stored, strict=True))
    message = (
        f"The file's pixels are {pixel_aspect:.2f} times as high as wide; the film was resampled to square pixels. "
        "If the hand looks stretched on the figure, the spacing in the file is wrong."
    )
    return Tones(
        pixels=tones.pixels[np.ix_(rows, columns)],
        display=np.asarray(cv2.resize(tones.display, size[::-1], interpolation=cv2.INTER_LINEAR), np.uint8),
        findings=(*tones.findings, Finding("pixels-not-square", Severity.NOTE, message)),
    )


def square_spacing_mm(spacing_mm: tuple[float, float] | None) -> tuple[float, float] | None:
    """Spacing of the film with square pixels: the geometric mean of that down and across."""
    if spacing_mm is None:
        return None
    side_mm = math.sqrt(spacing_mm[0] * spacing_mm[1])
    return side_mm, side_mm
