"""Read films from arrays; they are displayed like a PNG of the same pixels."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import InputError
from openboneage.reading.bounds import SPACING_RANGE_MM, check_size
from openboneage.reading.display import show_unwindowed
from openboneage.reading.radiograph import Radiograph


def read_array(pixels: NDArray[np.generic], spacing_mm: float | None, *, name: str) -> Radiograph:
    """Make a film from pixels.

    Args:
        pixels: Grey values, `(height, width)`, unsigned with 8 or 16 bits.
        spacing_mm: Distance between pixel centres, the same down and across; None if it is not known.
        name: Name to show.

    Raises:
        InputError: The array has another shape or type, or the spacing is impossible.
        UnreadableError: The array is too large or too small.
    """
    if pixels.ndim != 2 or pixels.dtype.kind != "u" or pixels.itemsize > 2:
        raise InputError(
            f"Expected grey pixels (height, width) as uint8 or uint16, got {pixels.shape} {pixels.dtype}; convert the array."
        )
    low, high = SPACING_RANGE_MM
    if spacing_mm is not None and not low <= spacing_mm <= high:
        raise InputError(f"Expected a distance between pixel centres of {low} to {high} mm, got {spacing_mm}.")
    height, width = pixels.shape
    check_size(width, height, pixels.itemsize)
    kept = np.array(pixels, f"=u{pixels.itemsize}", order="C")  # a copy in native byte order, since the array may change
    return Radiograph(
        pixels=kept,
        display=show_unwindowed(kept),
        name=name,
        sha256=hashlib.sha256(kept.tobytes()).hexdigest(),
        format="ARRAY",
        bits=8 * kept.itemsize,
        spacing_mm=None if spacing_mm is None else (float(spacing_mm), float(spacing_mm)),
        spacing_source=None if spacing_mm is None else "caller",
    )
