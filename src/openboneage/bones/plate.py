"""The growth plate between epiphysis and shaft: a dark band that narrows, and disappears where the bone fuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.paths import FORBIDDEN, best_path
from openboneage.bones.percentile import percentile
from openboneage.hand import geometry

Profiles = NDArray[np.float64]
COLUMNS = 32
STEP_PX = 0.5
ABOVE_PX, BELOW_PX = 10.0, 20.0
"""Length of the profiles before and beyond the edge of the epiphysis, in pixels of the view."""
OFFSETS_PX = np.arange(-ABOVE_PX, BELOW_PX + STEP_PX / 2, STEP_PX)
BAND_PX = (-4.0, 12.0)
"""Where the middle of the band may lie, from the edge of the epiphysis."""
SIDES_PX = (6.0, 8.0)
"""How far from the middle of the band its bright sides may lie, towards the epiphysis and towards the shaft."""


@dataclass(frozen=True, eq=False)
class GrowthPlate:
    """The band in columns at equal distances across the plate; its arrays are read-only.

    Attributes:
        x: Place of each column in pixels of the view, `(32,)`.
        y: Middle of the band in each column, `(32,)`.
        depth: Brightness of the band's less bright side minus that of its middle, `(32,)`.
        width_px: Width of the band at half its depth, `(32,)`.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    depth: NDArray[np.float64]
    width_px: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.x, self.y, self.depth, self.width_px):
            array.setflags(write=False)


def growth_plates(
    greys: Sequence[NDArray[np.float32]], epiphyses: Sequence[geometry.Points], corners: Sequence[tuple[float, float]]
) -> list[GrowthPlate]:
    """Follow the growth plates in the views of several bones.

    Args:
        greys: Brightness of each view, `(height, width)`.
        epiphyses: Edge of each epiphysis, `(n, 2)`.
        corners: Places of the corners of each shaft.
    """
    x = np.stack([_columns(epiphysis, ends) for epiphysis, ends in zip(epiphyses, corners, strict=True)])
    edge = np.stack([_edge_towards_shaft(epiphysis, columns) for epiphysis, columns in zip(epiphyses, x, strict=True)])
    profiles = np.stack([_profiles(*each) for each in zip(greys, x, edge, strict=True)])
    depths = np.stack([_depths(each) for each in profiles])
    possible = np.clip(OFFSETS_PX, *BAND_PX) == OFFSETS_PX
    strong = percentile(depths[..., possible].reshape(len(depths), -1), 95) + 1e-6
    strength = depths / strong[:, None, None] - 0.01 * np.abs(OFFSETS_PX - 2)
    chosen = best_path(np.where(possible, strength, FORBIDDEN), 3, 0.05)
    depth = np.take_along_axis(depths, chosen[..., None], axis=-1)[..., 0]
    middle, width = edge + OFFSETS_PX[chosen], _widths(profiles, chosen, depth)
    return [GrowthPlate(*each) for each in zip(x, middle, depth, width, strict=True)]


def _profiles(grey: NDArray[np.float32], x: NDArray[np.float64], edge: NDArray[np.float64]) -> Profiles:
    """Brightness along the shaft in each column, `(32, 61)`."""
    places = np.stack(np.broadcast_arrays(x[:, None], edge[:, None] + OFFSETS_PX), axis=-1).astype(np.float32) - 0.5
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    sampled = cv2.remap(smooth, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(sampled, (1, 5), 1.2), np.float64)


def _columns(epiphysis: geometry.Points, corners: tuple[float, float]) -> NDArray[np.float64]:
    """Columns in which epiphysis and shaft lie opposite each other; those of the epiphysis if there are too few."""
    left, right = epiphysis[:, 0].min(), epiphysis[:, 0].max()
    low, high = max(left, corners[0]), min(right, corners[1])
    if high - low < (right - left) / 2:
        low, high = left, right
    margin = 0.05 * (high - low)
    return np.linspace(low + margin, high - margin, COLUMNS)


def _edge_towards_shaft(epiphysis: geometry.Points, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The greatest y of a closed edge at some x, smoothed."""
    start, stop = epiphysis, np.roll(epiphysis, -1, axis=0)
    run = stop[:, 0] - start[:, 0]
    share = (x[:, None] - start[:, 0]) / np.where(np.abs(run) < 1e-9, np.inf, run)
    y = np.where((share >= 0) & (share <= 1), start[:, 1] + share * (stop[:, 1] - start[:, 1]), -np.inf)
    lowest = y.max(axis=1)
    lowest = np.where(np.isfinite(lowest), lowest, epiphysis[:, 1].max())
    return np.asarray(cv2.GaussianBlur(lowest[:, None], (1, 5), 1.0, borderType=cv2.BORDER_REPLICATE)[:, 0], np.float64)


def _depths(profiles: Profiles) -> Profiles:
    """How much darker each place is than the brightest one near it on either side, the less bright of the two."""
    before, beyond = (np.ones((1, round(side / STEP_PX) + 1), np.uint8) for side in SIDES_PX)
    above = cv2.dilate(profiles, before, anchor=(before.shape[1] - 1, 0))
    below = cv2.dilate(profiles, beyond, anchor=(0, 0))
    return np.asarray(np.minimum(above, below) - profiles, np.float64)


def _widths(profiles: Profiles, chosen: NDArray[np.intp], depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Width of each band: the run of places around its middle that are below half its depth."""
    places, middle = np.arange(profiles.shape[-1]), chosen[..., None]
    bright = profiles > (np.take_along_axis(profiles, middle, axis=-1) + depth[..., None] / 2)
    first = np.where(bright & (places < middle), places, 0).max(axis=-1)
    last = np.where(bright & (places > middle), places, places[-1]).min(axis=-1)
    return np.asarray((last - first - 1) * STEP_PX, np.float64)
