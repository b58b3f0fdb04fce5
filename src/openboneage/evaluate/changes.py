"""Changes of a film, as pure functions of its pixels, `(height, width)` uint8.

Lengths are shares of the film's height and brightness is in grey levels, so changes are comparable on small and large films.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.hand import geometry

Film8 = NDArray[np.uint8]
LEVELS = np.arange(256.0)

MARKER_SHARE = 0.08
"""Height of the box of a marker: 2 cm on a film of 24 cm."""
MARGIN_SHARE = 0.02
"""Distance of a marker from the film's edges."""


def turned(film: Film8, degrees: float, mirror: bool = False) -> Film8:
    """A film mirrored, then rotated clockwise on a black canvas that contains all of it."""
    height, width = film.shape
    place = geometry.chain(
        geometry.translation(-width / 2, -height / 2), geometry.scaling(-1 if mirror else 1, 1), geometry.rotation(degrees)
    )
    corners = geometry.move(np.array([[0, 0], [width, 0], [0, height], [width, height]], float), place)
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = round(float(high[1] - low[1])), round(float(high[0] - low[0]))
    return geometry.warp(film, geometry.chain(place, geometry.translation(-float(low[0]), -float(low[1]))), size)


def inverted(film: Film8) -> Film8:
    """Brightness inverted."""
    return np.subtract(255, film, dtype=np.uint8)


def brighter(film: Film8, levels: float) -> Film8:
    """Grey levels added, clipped to 0 to 255."""
    return _grey(LEVELS + levels)[film]


def contrasted(film: Film8, factor: float) -> Film8:
    """Distances from the film's mean brightness multiplied."""
    mean = film.mean()
    return _grey(mean + factor * (LEVELS - mean))[film]


def gamma(film: Film8, exponent: float) -> Film8:
    """Brightness, 0 to 1, raised to an exponent."""
    return _grey(255 * (LEVELS / 255) ** exponent)[film]


def blurred(film: Film8, sigma_share: float) -> Film8:
    """Gaussian blur; the SD is a share of the height."""
    return np.asarray(cv2.GaussianBlur(film, (0, 0), sigma_share * film.shape[0]), np.uint8)


def noisy(film: Film8, levels: float, seed: int) -> Film8:
    """Independent Gaussian noise of that SD on every pixel; a small film loses more detail to it."""
    return _grey(film + np.random.default_rng(seed).normal(0, levels, film.shape))


def reduced(film: Film8, scale: float) -> Film8:
    """Fewer pixels to a side, each the mean of those it replaces."""
    height, width = film.shape
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return np.asarray(cv2.resize(film, size, interpolation=cv2.INTER_AREA), np.uint8)


def with_long_side(film: Film8, side_px: int, point_sampled: bool = False) -> Film8:
    """The longer side reduced to a size, by area averages or by point samples; smaller films are unchanged."""
    height, width = film.shape
    scale = side_px / max(film.shape)
    if scale >= 1:
        return film
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    interpolation = cv2.INTER_NEAREST if point_sampled else cv2.INTER_AREA
    return np.asarray(cv2.resize(film, size, interpolation=interpolation), np.uint8)


def jpeg(film: Film8, quality: int) -> Film8:
    """Compressed as JPEG of that quality, 0 to 100; small films lose more, since the blocks have 8 x 8 px."""
    written = cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(written, cv2.IMREAD_GRAYSCALE), np.uint8)


def cropped(film: Film8, top: float, right: float, bottom: float, left: float) -> Film8:
    """Margins cut off; those at the sides are shares of the width."""
    height, width = film.shape
    rows = slice(round(top * height), height - round(bottom * height))
    return np.ascontiguousarray(film[rows, round(left * width) : width - round(right * width)])


def framed(film: Film8, share: float) -> Film8:
    """A white frame around the film, like a collimation border; it covers nothing."""
    border = round(share * film.shape[0])
    return np.pad(film, border, constant_values=255)


def marked(film: Film8, plate: bool = False) -> Film8:
    """A lead letter in the most uniform corner, as bright as bone, or a plate of that brightness with the letter cut out."""
    box = _plainest_corner(film)
    lead = 255 if film[box].mean() < 128 else 0  # a film with dark bones has dark lead
    drawn = film.copy()
    if plate:
        drawn[box] = lead
    _write_letter(drawn[box], 255 - lead if plate else lead)
    return drawn


def _plainest_corner(film: Film8) -> tuple[slice, slice]:
    """The box in the corner with the least variation of brightness: background."""
    height, width = film.shape
    size, margin = max(round(MARKER_SHARE * height), 1), round(MARGIN_SHARE * height)
    rows = slice(margin, margin + size), slice(height - margin - size, height - margin)
    columns = slice(margin, margin + size), slice(width - margin - size, width - margin)
    return min(((row, column) for row in rows for column in columns), key=lambda box: float(film[box].std()))


def _write_letter(patch: Film8, level: int) -> None:
    """Draw an L on the patch, with strokes of a sixth of its height."""
    side = patch.shape[0]
    stroke = max(round(side / 6), 1)
    top, bottom, left, right = (round(share * side) for share in (0.15, 0.85, 0.28, 0.72))
    patch[top:bottom, left : left + stroke] = level
    patch[bottom - stroke : bottom, left:right] = level


def _grey(values: NDArray[np.floating]) -> Film8:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
