"""Fields of single-precision numbers over the pixels of a film: blur, slow variation, enlargement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def slow(field: Field, reduction: int) -> Field:
    """The slow variation of a field: means of blocks, smoothed."""
    height, width = field.shape
    padded = np.pad(field, ((0, -height % reduction), (0, -width % reduction)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // reduction, reduction, -1, reduction).mean((1, 3))
    blocks = blurred(np.pad(blocks, ((0, 1), (0, 1)), mode="edge"), 1.0)
    return enlarged(blocks, reduction, (height, width))


def blurred(field: Field, sigma_px: float) -> Field:
    """Blur with a Gaussian, edges continued."""
    reach = int(np.ceil(2.5 * sigma_px))
    if sigma_px < 0.2:
        return field
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / sigma_px) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    for axis in (0, 1):
        padding = [(0, 0), (0, 0)]
        padding[axis] = (reach, reach)
        padded = np.pad(field, padding, mode="edge")
        length = field.shape[axis]
        parts = (padded[i : i + length] if axis == 0 else padded[:, i : i + length] for i in range(2 * reach + 1))
        field = sum((weight * part for weight, part in zip(weights, parts, strict=True)), np.zeros_like(field))
    return field


def enlarged(field: Field, factor: int, size_px: tuple[int, int]) -> Field:
    """Enlarge a field by a whole factor with linear interpolation, and cut it to size."""
    if factor == 1:
        return field[: size_px[0], : size_px[1]]
    for axis in (0, 1):
        count = size_px[axis]
        place = np.clip((np.arange(count) + 0.5) / factor - 0.5, 0, field.shape[axis] - 1)
        low = np.minimum(place.astype(int), field.shape[axis] - 2)
        share = (place - low).astype(np.float32).reshape(-1, *([1] * (1 - axis)))
        field = field.take(low, axis) * (1 - share) + field.take(low + 1, axis) * share
    return np.asarray(field, np.float32)
