"""The film for the browser: samples of 16 bits at full resolution, their values, and windows to begin with.

The bytes are the length of the header (uint32), the header (JSON, padded with spaces to an even length) and the samples
(uint16, row by row), all little-endian. The value of a sample is `offset + scale * sample`.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from openboneage.hand import geometry
from openboneage.hand.standard_hand import MASK_THRESHOLD, StandardHand
from openboneage.reading.radiograph import Radiograph

LAST_SAMPLE = 65535
_FITTED_PIXELS = 200_000  # enough to find the window of a film by regression
_BONE_PERCENTILES = (4.0, 99.8)
_SOFT_PERCENTILES = (0.5, 65.0)

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Preset:
    """A window: values at `low` and below are black, at `high` and above white, or the other way round if inverted."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class FilmHeader:
    """What the browser knows of the samples.

    Attributes:
        width: Columns.
        height: Rows.
        offset: Value of sample 0.
        scale: Value of a step of one sample.
        spacing_mm: Distance between pixel centres down and across, mm; None where the file does not state it.
        bright_bones: Whether bones have higher values than soft tissue.
        presets: Windows, first the one to begin with: that of a DICOM file; other files have none, so that for bones.
    """

    width: int
    height: int
    offset: float
    scale: float
    spacing_mm: tuple[float, float] | None
    bright_bones: bool
    presets: tuple[Preset, ...]


def film_bytes(hand: StandardHand) -> bytes:
    """The film on which a hand was located, for the browser."""
    film = hand.radiograph
    offset, scale = _steps(film.pixels)
    header = FilmHeader(film.width_px, film.height_px, offset, scale, film.spacing_mm, *_windows(film, hand))
    text = json.dumps(asdict(header)).encode()
    text += b" " * (len(text) % 2)
    samples = np.rint((film.pixels.astype(np.float64) - offset) / scale).astype("<u2")
    return struct.pack("<I", len(text)) + text + samples.tobytes()


def _steps(pixels: NDArray[np.generic]) -> tuple[float, float]:
    """Offset and scale: exact for values of up to 16 bits, otherwise 65,536 steps over their range."""
    low, high = float(np.min(pixels)), float(np.max(pixels))
    if np.issubdtype(pixels.dtype, np.integer) and high - low <= LAST_SAMPLE:
        return low, 1.0
    return low, max(high - low, 1e-6) / LAST_SAMPLE


def _windows(film: Radiograph, hand: StandardHand) -> tuple[bool, tuple[Preset, ...]]:
    """Whether bones have high values, and the presets."""
    values = film.pixels.astype(np.float64)
    rising, low, high = _window_of_file(values.ravel(), film.display.ravel())
    bright = rising != hand.inverted
    inside = _inside(values, hand)
    of_file, bones = Preset("As in the file", low, high), _percentile_window("Bones", inside, _BONE_PERCENTILES, bright)
    return bright, (
        *((of_file, bones) if film.format == "DICOM" else (bones, of_file)),
        _percentile_window("Soft tissue", inside, _SOFT_PERCENTILES, bright),
        Preset("All values", float(values.min()), max(float(values.max()), float(values.min()) + 1e-6)),
    )


def _window_of_file(values: Values, display: NDArray[np.uint8]) -> tuple[bool, float, float]:
    """The window that comes closest to the file's own: a line through values and brightness where neither is cut off."""
    step = max(len(values) // _FITTED_PIXELS, 1)
    values, brightness = values[::step], display[::step].astype(np.float64)
    inner = (brightness > 0) & (brightness < 255)
    low, high = float(values.min()), float(values.max())
    if inner.any() and np.ptp(values[inner]) > 0 and np.ptp(brightness[inner]) > 0:
        slope, start = np.polyfit(values[inner], brightness[inner], 1)
        low, high = sorted((float(-start / slope), float((255 - start) / slope)))
        return bool(slope > 0), low, high
    dark = values[brightness < 128]
    return bool(not dark.size or dark.mean() <= values.mean()), low, max(high, low + 1e-6)


def _inside(values: Values, hand: StandardHand) -> Values:
    """Values below the mask of the hand; all of them if there is no hand."""
    rows, columns = np.nonzero(hand.mask > MASK_THRESHOLD)
    points = np.stack([columns, rows], axis=1).astype(np.float64) + 0.5
    x, y = np.floor(geometry.move(points, geometry.inverse(hand.film_to_canvas(len(hand.mask))))).astype(int).T
    on_film = (x >= 0) & (y >= 0) & (x < values.shape[1]) & (y < values.shape[0])
    found = values[y[on_film], x[on_film]]
    return found if found.size else values.ravel()


def _percentile_window(name: str, values: Values, percentiles: tuple[float, float], bright: bool) -> Preset:
    """A window between percentiles, counted from the side of the soft tissue."""
    first, last = percentiles if bright else (100 - percentiles[1], 100 - percentiles[0])
    low, high = np.percentile(values, (first, last))
    return Preset(name, float(low), max(float(high), float(low) + 1e-6))
