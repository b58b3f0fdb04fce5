"""Films reduced to small squares, as in the RSNA packs: point samples, averages, and the lost aspect ratio."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.reading.radiograph import Radiograph

SAMPLED_PX = 100
AVERAGED_PX = 64
FILM_HEIGHT_PX = 150
"""Height of a reduced film with its aspect restored: enough to keep every sample, but still a coarse film."""


@dataclass(frozen=True, eq=False)
class ReducedFilm:
    """A film as used in training.

    Attributes:
        sampled: Point samples, `(100, 100)` uint8: pixel `(i, j)` is pixel `(floor((i + 0.5) * height / 100),
            floor((j + 0.5) * width / 100))` of the film.
        averaged: Averages, `(64, 64)` uint8; None if there are none.
        aspect: Width over height of the film.
    """

    sampled: NDArray[np.uint8]
    averaged: NDArray[np.uint8] | None
    aspect: float

    def radiograph(self) -> Radiograph:
        """The point samples as a radiograph, the aspect restored."""
        return reduced_radiograph(self.sampled, self.aspect, "film")


def reduce_film(display: NDArray[np.uint8]) -> ReducedFilm:
    """Reduce a film, `(height, width)` uint8, the way the packs were reduced."""
    height, width = display.shape
    rows, columns = (np.floor((np.arange(SAMPLED_PX) + 0.5) * side / SAMPLED_PX).astype(int) for side in (height, width))
    averaged = cv2.resize(display, (AVERAGED_PX, AVERAGED_PX), interpolation=cv2.INTER_AREA)
    return ReducedFilm(display[np.ix_(rows, columns)], np.asarray(averaged, np.uint8), width / height)


def unsquashed(pixels: NDArray[np.uint8], aspect: float, height_px: int = FILM_HEIGHT_PX) -> NDArray[np.uint8]:
    """A square reduction with its aspect ratio restored, `(height_px, height_px * aspect)`."""
    size = max(round(height_px * aspect), 1), height_px
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def reduced_radiograph(pixels: NDArray[np.uint8], aspect: float, name: str, height_px: int = FILM_HEIGHT_PX) -> Radiograph:
    """A square reduction of a film as a radiograph without label."""
    shown = unsquashed(pixels, aspect, height_px)
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return Radiograph(pixels=shown, display=shown, name=name, sha256=digest, format="PNG", bits=8)
