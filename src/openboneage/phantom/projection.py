"""From lengths of the beam in bone and soft tissue to a film: Beer-Lambert, scatter, blur, noise, processing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openboneage.phantom.fields import Field, blurred, slow
from openboneage.phantom.parameters import Exposure

SOFT_PER_MM, DENSE_PER_MM, SPONGY_PER_MM = 0.027, 0.078, 0.0150
"""Attenuation of soft tissue, and what dense and spongy bone add to it, per millimetre; about 50 to 60 kVp."""
SLOW_MM = 9.0
"""Extent of scattered radiation and of the slow variation that processing removes."""
SHARPENED_MM = 0.8
"""Extent of the blur whose difference the processing adds."""


def film_values(attenuation: Field, exposure: Exposure, spacing_mm: float) -> Field:
    """Grey values of a film, 0 to 1, `(height, width)`.

    Args:
        attenuation: Exponent of Beer's law for each pixel.
        exposure: How it was exposed and processed.
        spacing_mm: Distance between pixels.
    """
    random = np.random.default_rng(exposure.seed)
    reduction = max(int(SLOW_MM / spacing_mm / 2), 1)
    photons = np.exp(-attenuation)
    photons = (1 - exposure.scatter) * photons + exposure.scatter * slow(photons, reduction)
    photons = blurred(photons, exposure.blur_mm / spacing_mm)
    counted = np.float32(exposure.dose * spacing_mm**2)
    photons += random.standard_normal(photons.shape, dtype=np.float32) * np.sqrt(photons / counted)
    signal = -np.log(np.maximum(photons, 1e-3))
    signal += np.float32(exposure.sharpening) * (signal - slow(signal, max(round(SHARPENED_MM / spacing_mm), 1)))
    if exposure.equalisation:
        signal -= np.float32(exposure.equalisation) * slow(signal, 2 * reduction)
    grey = exposure.background + exposure.contrast * signal
    grey = np.clip(grey, 0, 1) ** np.float32(exposure.gamma)
    return np.asarray(1 - grey if exposure.inverted else grey, np.float32)


def to_uint8(grey: Field) -> NDArray[np.uint8]:
    """Grey values as bytes."""
    return np.asarray(grey * 255 + np.float32(0.5), np.uint8)
