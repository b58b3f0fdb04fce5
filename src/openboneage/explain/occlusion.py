"""Occlusion map (Lee et al. 2017, "Attention maps"): slide a patch over the hand and measure the change in months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.assess.distribution import Probabilities
from openboneage.assess.estimators.estimator import AgeEstimator, PictureEstimator
from openboneage.hand import geometry
from openboneage.hand.frame import canvas_size
from openboneage.hand.standard_hand import MASK_THRESHOLD, StandardHand
from openboneage.subject import Sex

BATCH = 16
FILM_GRID_HEIGHT_PX = 128
"""Height of the map where the film is covered."""
Window = tuple[slice, slice]


@dataclass(frozen=True)
class OcclusionSpec:
    """How the patch slides.

    Attributes:
        patch: Side of the patch as a share of the canvas height.
        stride: Step of the patch as a share of the canvas height.
    """

    patch: float = 0.125
    stride: float = 0.047


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Change of the bone age when regions of the hand are covered.

    Attributes:
        change_months: Change of the mean bone age when the place is covered, over the canvas, `(height, width)` float32, in
            months: over 0 where covering raises the age, 0 where there is no hand.
        method: `occlusion`.
    """

    change_months: NDArray[np.float32]
    method: str

    def on_film(self, hand: StandardHand) -> NDArray[np.float32]:
        """The map in the pixels of `hand.film`, `(height, width)` float32, months; 0 outside the hand."""
        back = geometry.inverse(hand.film_to_canvas(self.change_months.shape[0]))
        return geometry.warp(self.change_months, back, hand.film.shape)


@dataclass(frozen=True, eq=False)
class _Cover:
    """A hand that can be covered place by place on a grid of pixels.

    Attributes:
        size_px: Height and width of the grid, which spans the canvas.
        plain: Distribution of the uncovered hand, `(229,)`.
        covered: Gives the distributions, `(n, 229)`, of the hand with one window covered each.
    """

    size_px: tuple[int, int]
    plain: Probabilities
    covered: Callable[[Sequence[Window]], Probabilities]


def occlusion_map(hand: StandardHand, sex: Sex, estimator: AgeEstimator, spec: OcclusionSpec | None = None) -> AttentionMap:
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
    spec = spec or OcclusionSpec()
    cover = _cover(hand, sex, estimator)
    side = round(spec.patch * cover.size_px[0])
    inside = cv2.resize(hand.mask, cover.size_px[::-1], interpolation=cv2.INTER_AREA) > MASK_THRESHOLD
    windows = _windows(inside, side, round(spec.stride * cover.size_px[0]))
    months = np.arange(len(cover.plain))
    plain = cover.plain @ months
    change, seen = np.zeros(cover.size_px), np.zeros(cover.size_px)
    for start in range(0, len(windows), BATCH):
        chunk = windows[start : start + BATCH]
        for window, mean in zip(chunk, cover.covered(chunk) @ months, strict=True):
            change[window] += mean - plain
            seen[window] += 1
    smooth = cv2.GaussianBlur((change / np.maximum(seen, 1)).astype(np.float32), (0, 0), side / 4)
    return AttentionMap(np.asarray(smooth * inside, np.float32), "occlusion")


def _cover(hand: StandardHand, sex: Sex, estimator: AgeEstimator) -> _Cover:
    if isinstance(estimator, PictureEstimator):
        return _cover_picture(hand, sex, estimator)
    return _cover_film(hand, sex, estimator)


def _cover_picture(hand: StandardHand, sex: Sex, estimator: PictureEstimator) -> _Cover:
    """Cover the estimator's picture: the hand is drawn once, and pictures are estimated in batches."""
    picture = estimator.picture(hand)

    def covered(windows: Sequence[Window]) -> Probabilities:
        pictures = np.repeat(picture[None], len(windows), axis=0)
        for copy, window in zip(pictures, windows, strict=True):
            copy[window] = 0
        return estimator.of_pictures(pictures, sex)

    height, width = picture.shape
    return _Cover((height, width), estimator.of_pictures(picture[None], sex)[0], covered)


def _cover_film(hand: StandardHand, sex: Sex, estimator: AgeEstimator) -> _Cover:
    """Cover the film below each window and repeat the estimate: for any estimator."""
    to_film = geometry.inverse(hand.film_to_canvas(FILM_GRID_HEIGHT_PX))

    def covered(windows: Sequence[Window]) -> Probabilities:
        films = (_with_window_covered(hand.film, window, to_film) for window in windows)
        return np.stack([estimator.estimate(replace(hand, film=film), sex).probabilities for film in films])

    return _Cover(canvas_size(FILM_GRID_HEIGHT_PX), estimator.estimate(hand, sex).probabilities, covered)


def _with_window_covered(film: NDArray[np.uint8], window: Window, to_film: geometry.Affine) -> NDArray[np.uint8]:
    (top, bottom), (left, right) = ((part.start, part.stop) for part in window)
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
    outline = np.rint(geometry.move(corners, to_film) - 0.5).astype(np.int32)
    return np.asarray(cv2.fillConvexPoly(film.copy(), outline, 0), np.uint8)


def _windows(inside: NDArray[np.bool_], side: int, stride: int) -> list[Window]:
    """Patches whose centre lies on the hand, cut at the border of the grid `(height, width)`."""
    rows, columns = (range(stride // 2, length, stride) for length in inside.shape)
    corners = ((row - side // 2, column - side // 2) for row in rows for column in columns if inside[row, column])
    return [(slice(max(top, 0), top + side), slice(max(left, 0), left + side)) for top, left in corners]
