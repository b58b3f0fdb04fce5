"""Covering places of a hand or of its film, and estimating again: the common part of maps and of their tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.assess.distribution import Probabilities
from openboneage.assess.estimators.estimator import AgeEstimator, PictureEstimator
from openboneage.hand import geometry
from openboneage.hand.frame import HEIGHT, canvas_size
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex

GRID_HEIGHT_PX = 128
"""Height of the canvas on the grid where the film is covered."""
Places = NDArray[np.bool_]
"""Places on a grid, `(height, width)`."""


@dataclass(frozen=True, eq=False)
class Cover:
    """A hand that can be covered on a grid of pixels; covered places are black, as air is.

    Attributes:
        size_px: Height and width of the grid.
        film_to_grid: Affine from film pixels to the grid.
        plain: Distribution of the uncovered hand, `(229,)`.
        covered: Gives the distributions, `(n, 229)`, with each of n sets of places covered.
    """

    size_px: tuple[int, int]
    film_to_grid: geometry.Affine
    plain: Probabilities
    covered: Callable[[Sequence[Places]], Probabilities]


def cover_hand(hand: StandardHand, sex: Sex, estimator: AgeEstimator) -> Cover:
    """Cover the canvas: the estimator's picture if it uses only one, which is fast, otherwise the film below.

    Args:
        hand: The standard hand.
        sex: Sex that the assessment used; if it is unknown, the mean of both answers counts.
        estimator: The estimator.
    """
    if isinstance(estimator, PictureEstimator):
        return _cover_picture(hand, sex, estimator)
    return _cover_film(hand, sex, estimator, hand.film_to_canvas(GRID_HEIGHT_PX), canvas_size(GRID_HEIGHT_PX))


def cover_film(hand: StandardHand, sex: Sex, estimator: AgeEstimator) -> Cover:
    """Cover the whole film, with its margins and markers, at the scale of the canvas; see `cover_hand`."""
    scale = GRID_HEIGHT_PX / HEIGHT / hand.pixels_per_unit
    height, width = (max(round(length * scale), 1) for length in hand.film.shape)
    onto = geometry.scaling(width / hand.film.shape[1], height / hand.film.shape[0])
    return _cover_film(hand, sex, estimator, onto, (height, width))


def _cover_picture(hand: StandardHand, sex: Sex, estimator: PictureEstimator) -> Cover:
    """Cover the estimator's picture: the hand is drawn once, and pictures are estimated in batches."""
    picture = estimator.picture(hand)

    def covered(places: Sequence[Places]) -> Probabilities:
        return estimator.of_pictures(np.where(np.stack(places), np.float32(0), picture), sex)

    height, width = picture.shape
    return Cover((height, width), hand.film_to_canvas(height), estimator.of_pictures(picture[None], sex)[0], covered)


def _cover_film(
    hand: StandardHand, sex: Sex, estimator: AgeEstimator, film_to_grid: geometry.Affine, size_px: tuple[int, int]
) -> Cover:
    """Cover the film below the places and repeat the estimate: for any estimator."""
    to_film = geometry.inverse(film_to_grid)

    def film_without(places: Places) -> NDArray[np.uint8]:
        on_film = geometry.warp(places.astype(np.uint8), to_film, hand.film.shape, cv2.INTER_NEAREST)
        return np.where(on_film > 0, np.uint8(0), hand.film)

    def covered(places: Sequence[Places]) -> Probabilities:
        films = (film_without(each) for each in places)
        return np.stack([estimator.estimate(replace(hand, film=film), sex).probabilities for film in films])

    return Cover(size_px, film_to_grid, estimator.estimate(hand, sex).probabilities, covered)
