"""Map stored values to displayed brightness: the VOI functions of DICOM PS3.3 C.11.2, and ranges for images without a window.

All functions are pure. An image has at most 65,536 distinct values, so a transform is computed once per value, as a table, and
looked up for each pixel: exact, and faster than computing per pixel.
"""

from __future__ import annotations

from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

DISPLAY_MAX = 255.0
ROBUST_FRACTION = 0.005  # share of the pixels left out at each end of an automatic range

Values = NDArray[np.float64]
Entry = TypeVar("Entry", bound=np.integer[Any] | np.floating[Any])
Pixels = NDArray[np.integer[Any]]
Table = NDArray[np.integer[Any] | np.floating[Any]]


def window_linear(values: Values, center: float, width: float) -> NDArray[np.uint8]:
    """Apply the LINEAR window, PS3.3 C.11.2.1.2.1; `width` is at least 1.

    A window one value wide is a threshold at the centre less a half.
    """
    low = center - 0.5 - (width - 1) / 2
    if width == 1:
        return np.where(values <= low, 0, DISPLAY_MAX).astype(np.uint8)
    return _to_display((values - low) / (width - 1))


def window_linear_exact(values: Values, center: float, width: float) -> NDArray[np.uint8]:
    """Apply the LINEAR_EXACT window, PS3.3 C.11.2.1.3.2; `width` is positive."""
    return _to_display((values - center) / width + 0.5)


def window_sigmoid(values: Values, center: float, width: float) -> NDArray[np.uint8]:
    """Apply the SIGMOID window, PS3.3 C.11.2.1.3.1; `width` is positive."""
    with np.errstate(over="ignore"):
        return _to_display(1 / (1 + np.exp(-4 * (values - center) / width)))


def lookup(values: Values, first: int, entries: Pixels) -> Values:
    """Apply a lookup table, PS3.3 C.11.1.1 and C.11.2.1.1: values outside the table take its first or last entry."""
    index = np.clip(np.floor(values) - first, 0, len(entries) - 1).astype(np.intp)
    return np.asarray(entries[index], np.float64)


def stretch(values: Values, low: float, high: float) -> NDArray[np.uint8]:
    """Map `low` to black and `high` to white; if they are equal, everything above `low` is white."""
    return _to_display((values - low) / max(high - low, float(np.finfo(np.float32).tiny)))


def robust_range(values: Values, counts: NDArray[np.float32]) -> tuple[float, float]:
    """Find the range of nearly all pixels.

    Args:
        values: Each value that a pixel can have, `(n,)`, in any order.
        counts: Number of pixels with that value, `(n,)`.

    Returns:
        The values that leave out `ROBUST_FRACTION` of the pixels at either end; the full range where these coincide, and
        `(0, 0)` when there are no pixels.
    """
    order = np.argsort(values, kind="stable")
    order = order[counts[order] > 0]
    if order.size == 0:
        return 0.0, 0.0
    share = np.cumsum(counts[order], dtype=np.float64)
    share /= share[-1]
    low = float(values[order[np.searchsorted(share, ROBUST_FRACTION)]])
    high = float(values[order[np.searchsorted(share, 1 - ROBUST_FRACTION)]])
    if low == high:
        return float(values[order[0]]), float(values[order[-1]])
    return low, high


def levels_of(pixels: Pixels) -> Pixels:
    """List every value of an 8 or 16 bit integer type, in the order of its bit patterns, for tables and `histogram`."""
    bits = 8 * pixels.dtype.itemsize
    return np.arange(2**bits, dtype=f"u{pixels.dtype.itemsize}").view(pixels.dtype)


def histogram(pixels: Pixels) -> NDArray[np.float32]:
    """Count the pixels of each of `levels_of(pixels)`."""
    codes = _codes(pixels)
    bins = 2 ** (8 * codes.dtype.itemsize)
    return cv2.calcHist([codes], [0], None, [bins], [0, bins]).ravel().astype(np.float32)


def through_table(pixels: Pixels, table: NDArray[Entry]) -> NDArray[Entry]:
    """Replace each pixel by its entry in a table that follows `levels_of(pixels)`."""
    return np.asarray(cv2.LUT(_codes(pixels), np.ascontiguousarray(table)), table.dtype)


def show_unwindowed(pixels: Pixels) -> NDArray[np.uint8]:
    """Show an unsigned 8- or 16-bit image without a window.

    8 bit is shown unchanged. 16 bit is shown from 0 to 65,535 if the robust range of the pixels reaches the upper half;
    otherwise (12-bit data in a 16-bit file, which a plain viewer shows nearly black) the robust range is stretched.
    """
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8, copy=False)
    values = levels_of(pixels).astype(np.float64)
    low, high = robust_range(values, histogram(pixels))
    if high > values[-1] / 2:
        low, high = 0.0, float(values[-1])
    return through_table(pixels, stretch(values, low, high))


def luminance(rgb: Pixels) -> Pixels:
    """Reduce `(height, width, 3)` RGB, 8 or 16 bit, to `(height, width)` luminance with the weights of ITU-R BT.601."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY))


def _codes(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels).view(f"u{pixels.dtype.itemsize}")


def _to_display(share: Values) -> NDArray[np.uint8]:
    return np.rint(np.clip(share, 0.0, 1.0) * DISPLAY_MAX).astype(np.uint8)
