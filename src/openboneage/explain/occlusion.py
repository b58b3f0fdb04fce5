"""Occlusion map (Lee et al. 2017, "Attention maps"): slide a patch over the hand and measure the change in months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.assess.estimators.estimator import AgeEstimator
from openboneage.explain.covering import GRID_HEIGHT_PX, Cover, Places, cover_film, cover_hand
from openboneage.hand import geometry
from openboneage.hand.standard_hand import MASK_THRESHOLD, StandardHand
from openboneage.subject import Sex

BATCH = 16


@dataclass(frozen=True)
class OcclusionSpec:
    """How the patch slides.

    Attributes:
        patch: Side of the patch as a share of the canvas height.
        stride: Step of the patch as a share of the canvas height.
    """

    patch: float = 0.125
    stride: float = 0.047


DEFAULT = OcclusionSpec()


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Change of the bone age when places are covered.

    Attributes:
        change_months: Change of the mean bone age when the place is covered, `(height, width)` float32, in months: over 0 where
            covering raises the age, 0 where nothing was covered.
        film_to_map: Affine from film pixels to the pixels of the map.
        method: `occlusion`.
    """

    change_months: NDArray[np.float32]
    film_to_map: geometry.Affine
    method: str

    def on_film(self, hand: StandardHand) -> NDArray[np.float32]:
        """The map in the pixels of `hand.film`, `(height, width)` float32, months; 0 outside the map."""
        return geometry.warp(self.change_months, geometry.inverse(self.film_to_map), hand.film.shape)


def occlusion_map(hand: StandardHand, sex: Sex, estimator: AgeEstimator, spec: OcclusionSpec = DEFAULT) -> AttentionMap:
    """Cover the hand place by place and measure by how many months the estimate changes.

    Lee et al. slide a patch of zeros and record the class probability; here the mean bone age before calibration is recorded,
    so that maps of different films have one scale. The patch covers the estimator's picture if it uses only one, otherwise the
    film. Each place gets the mean change of the patches over it; places outside the hand get 0.

    Args:
        hand: The standard hand.
        sex: Sex that the assessment used; if it is unknown, the mean of both answers is measured.
        estimator: The estimator.
        spec: How the patch slides.
    """
    cover = cover_hand(hand, sex, estimator)
    inside = cv2.resize(hand.mask, cover.size_px[::-1], interpolation=cv2.INTER_AREA) > MASK_THRESHOLD
    return _slide(cover, inside, cover.size_px[0], spec)


def film_occlusion_map(hand: StandardHand, sex: Sex, estimator: AgeEstimator, spec: OcclusionSpec = DEFAULT) -> AttentionMap:
    """Cover the whole film place by place, with its markers and margins, as `occlusion_map` covers the hand.

    It shows whether an estimator uses anything but the hand. The estimate is repeated for each place, which takes some seconds.
    """
    cover = cover_film(hand, sex, estimator)
    return _slide(cover, np.ones(cover.size_px, bool), GRID_HEIGHT_PX, spec)


def _slide(cover: Cover, inside: Places, height_px: int, spec: OcclusionSpec) -> AttentionMap:
    """Slide the patch, whose shares are of a height, over the places inside."""
    side = round(spec.patch * height_px)
    patches = list(_patches(inside, side, round(spec.stride * height_px)))
    months = np.arange(len(cover.plain))
    plain = cover.plain @ months
    change, seen = np.zeros(cover.size_px), np.zeros(cover.size_px)
    for start in range(0, len(patches), BATCH):
        chunk = patches[start : start + BATCH]
        for patch, mean in zip(chunk, cover.covered(chunk) @ months, strict=True):
            change[patch] += mean - plain
            seen[patch] += 1
    smooth = cv2.GaussianBlur((change / np.maximum(seen, 1)).astype(np.float32), (0, 0), side / 4)
    return AttentionMap(np.asarray(smooth * inside, np.float32), cover.film_to_grid, "occlusion")


def _patches(inside: Places, side: int, stride: int) -> Iterator[Places]:
    """Patches whose centre lies inside, cut at the border of the grid `(height, width)`."""
    rows, columns = (range(stride // 2, length, stride) for length in inside.shape)
    for row in rows:
        for column in columns:
            if inside[row, column]:
                patch = np.zeros(inside.shape, bool)
                top, left = row - side // 2, column - side // 2
                patch[max(top, 0) : top + side, max(left, 0) : left + side] = True
                yield patch
