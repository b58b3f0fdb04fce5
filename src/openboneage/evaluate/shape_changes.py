"""Changes of the content of a film that damage it, as pure functions of its pixels, `(height, width)` uint8."""

from __future__ import annotations

import cv2
import numpy as np

from openboneage.evaluate.changes import Film8


def above(film: Film8, other: Film8) -> Film8:
    """A film above another one, brought to its height, black beside the narrower one."""
    height = film.shape[0]
    size = max(round(other.shape[1] * height / other.shape[0]), 1), height
    pair = film, np.asarray(cv2.resize(other, size, interpolation=cv2.INTER_AREA), np.uint8)
    widest = max(each.shape[1] for each in pair)
    margins = [(widest - each.shape[1]) // 2 for each in pair]
    return np.vstack(
        [np.pad(each, ((0, 0), (left, widest - each.shape[1] - left))) for each, left in zip(pair, margins, strict=True)]
    )


def half_mirrored(film: Film8, left: bool) -> Film8:
    """One half of a film and its mirror image."""
    half = film if left else film[:, ::-1]
    half = half[:, : film.shape[1] // 2]
    whole = np.hstack([half, half[:, ::-1]])
    return np.ascontiguousarray(whole)


def stretched(film: Film8, across: float, down: float) -> Film8:
    """A film with its sides multiplied."""
    height, width = film.shape
    size = max(round(width * across), 1), max(round(height * down), 1)
    return np.asarray(cv2.resize(film, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def narrowed(film: Film8, share: float) -> Film8:
    """A film seen in perspective: its upper edge is shorter by a share."""
    height, width = film.shape
    inset = share * width / 2
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners + np.array([[inset, 0], [-inset, 0], [0, 0], [0, 0]], np.float32)
    return np.asarray(cv2.warpPerspective(film, cv2.getPerspectiveTransform(corners, seen), (width, height)), np.uint8)


def median_filtered(film: Film8, share: float) -> Film8:
    """A film after a median filter over squares of a share of its height."""
    return np.asarray(cv2.medianBlur(film, max(2 * round(share * film.shape[0] / 2) + 1, 3)), np.uint8)


def faint(film: Film8, height_px: int, exponent: float, quality: int = 60) -> Film8:
    """A small printed film: reduced, soft tissue close to the background, stored as JPEG.

    Args:
        film: The film.
        height_px: Its new height.
        exponent: Brightness above the background, 0 to 1, is raised to it.
        quality: Of the JPEG, 0 to 100.
    """
    size = max(round(film.shape[1] * height_px / film.shape[0]), 1), height_px
    small = cv2.resize(film, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    dark, bright = np.percentile(small, (10, 99.5))
    faded = dark + (bright - dark) * np.clip((small - dark) / max(float(bright - dark), 1.0), 0, 1) ** exponent
    written = cv2.imencode(".jpg", faded.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(written, cv2.IMREAD_GRAYSCALE), np.uint8)
