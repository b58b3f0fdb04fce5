"""Percentiles of small arrays: as `numpy.percentile`, which takes 60 µs for 20 numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def percentile(values: ArrayLike, percent: float) -> NDArray[np.float64]:
    """The percentile along the last axis, linear between neighbours.

    Args:
        values: `(..., n)`, at least one number.
        percent: 0 to 100.

    Returns:
        `(...)`.
    """
    ordered = np.sort(np.asarray(values, np.float64), axis=-1)
    last = ordered.shape[-1] - 1
    at = percent / 100 * last
    low = int(at)
    before, after = ordered[..., low], ordered[..., min(low + 1, last)]
    return np.asarray(before + (at - low) * (after - before))
