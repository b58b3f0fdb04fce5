"""Masks as lengths of runs, as COCO stores them: columns first, beginning with those outside (uncompressed).

Format: https://cocodataset.org/#format-data
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import InputError


def run_lengths(mask: NDArray[np.bool_]) -> list[int]:
    """Lengths of the runs of a mask `(height, width)`."""
    flat = mask.ravel(order="F")
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    return [0, *lengths] if flat.size and flat[0] else lengths


def mask_of_runs(lengths: Sequence[int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """The mask of some runs.

    Args:
        lengths: The runs.
        size: Height and width of the mask.

    Raises:
        InputError: The runs do not fill the mask.
    """
    height, width = size
    if sum(lengths) != height * width:
        raise InputError(f"Expected run lengths that fill {width} x {height} px, got a sum of {sum(lengths)}.")
    inside = np.arange(len(lengths)) % 2 == 1
    return np.repeat(inside, lengths).reshape(size, order="F")
