"""Variations of a crop of a bone: turned, scaled, shifted, reduced, and changed in tone."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from openboneage.hand import geometry


@dataclass(frozen=True)
class CropVariation:
    """The random parameters of one draw of a crop.

    `shift` is in shares of the side of the result; `reduced_px` is the side to which the crop is reduced first.
    """

    degrees: float = 0.0
    scale: float = 1.0
    gamma: float = 1.0
    contrast: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    reduced_px: int | None = None


@dataclass(frozen=True)
class CropVariationRange:
    """How far crops are varied; precise-BAA 2022 names the kinds of changes, not their sizes.

    Attributes:
        degrees: SD of the rotation.
        log_scale: SD of the logarithm of the scale.
        log_gamma: SD of the logarithm of gamma.
        log_contrast: SD of the logarithm of the contrast.
        shift: SD of the shift in each direction, in shares of the side.
    """

    degrees: float = 8.0
    log_scale: float = 0.08
    log_gamma: float = 0.2
    log_contrast: float = 0.15
    shift: float = 0.0

    def draw(self, rng: Generator, reduced_px: int | None = None) -> CropVariation:
        """Draw one variation of a crop that is reduced first, or is not."""
        turn, *logs = rng.normal(0, (self.degrees, self.log_scale, self.log_gamma, self.log_contrast))
        scale, gamma, contrast = np.exp(logs)
        across, along = rng.normal(0, self.shift, 2) if self.shift else (0.0, 0.0)
        shift = float(across), float(along)
        return CropVariation(float(turn), float(scale), float(gamma), float(contrast), shift, reduced_px)


def render_crop(crop: NDArray[np.uint8], variation: CropVariation, side_px: int | None = None) -> NDArray[np.float32]:
    """Apply a variation to a crop `(size, size)`: the middle `side_px` pixels of it, values from 0 to 1; pure.

    Args:
        crop: The crop.
        variation: Its variation.
        side_px: Side of the result; that of the crop if it is not given.
    """
    size, side = len(crop), side_px or len(crop)
    if variation.reduced_px is not None and variation.reduced_px < size:
        reduced = (variation.reduced_px, variation.reduced_px)
        crop = np.asarray(cv2.resize(crop, reduced, interpolation=cv2.INTER_AREA), np.uint8)
    place = geometry.chain(
        geometry.scaling(size / len(crop), size / len(crop)),
        geometry.translation(-size / 2, -size / 2),
        geometry.rotation(variation.degrees),
        geometry.scaling(variation.scale, variation.scale),
        geometry.translation(side * (0.5 + variation.shift[0]), side * (0.5 + variation.shift[1])),
    )
    values = geometry.warp(crop.astype(np.float32), place, (side, side)) / 255
    return np.asarray(np.clip(values**variation.gamma * variation.contrast, 0, 1), np.float32)
