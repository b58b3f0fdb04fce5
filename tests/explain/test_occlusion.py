from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from openboneage.assess.distribution import UNCALIBRATED, AgeDistribution, Probabilities, describe
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.explain.occlusion import OcclusionSpec, film_occlusion_map, occlusion_map
from openboneage.hand import geometry
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from tests import hands
from tests.estimators import Regressor, bell
from tests.toy_model import SLOPE_MONTHS, SQUARE, toy_estimator

TOY = toy_estimator()
HAND = hands.examined("7043").hand
SPARSE = OcclusionSpec(patch=0.14, stride=0.1)


def test_map_finds_the_place_that_the_model_looks_at() -> None:
    change = occlusion_map(HAND, Sex.FEMALE, TOY).change_months
    row, column = np.unravel_index(change.argmin(), change.shape)
    assert (row, column) == (pytest.approx((SQUARE[0].start + SQUARE[0].stop) / 2, abs=5), pytest.approx(45, abs=5))
    assert np.abs(change[:30]).max() < 0.5
    assert np.abs(change[90:]).max() < 0.5


def test_covering_the_bright_square_lowers_the_age_of_the_toy_model() -> None:
    change = occlusion_map(HAND, Sex.MALE, TOY).change_months
    assert -SLOPE_MONTHS < change.min() < -2
    assert change.max() < 0.5


def test_map_covers_the_canvas() -> None:
    attention = occlusion_map(HAND, Sex.MALE, TOY, SPARSE)
    assert (attention.change_months.shape, attention.change_months.dtype) == ((128, 96), np.float32)
    assert attention.method == "occlusion"


@pytest.mark.parametrize("sex", Sex)
def test_shipped_model_gives_a_map_for_every_sex(sex: Sex) -> None:
    change = occlusion_map(HAND, sex, hands.shipped().estimator, SPARSE).change_months
    assert change.shape == (256, 192)
    assert 1 < np.abs(change).max() < 24


def test_nothing_is_shown_in_air() -> None:
    change = occlusion_map(HAND, Sex.FEMALE, hands.shipped().estimator).change_months
    air = cv2.resize(HAND.mask, (192, 256), interpolation=cv2.INTER_AREA) < 0.4
    assert air.mean() > 0.2
    assert not change[air].any()


def test_map_on_the_films_own_pixels() -> None:
    attention = occlusion_map(HAND, Sex.FEMALE, TOY, SPARSE)
    on_film = attention.on_film(HAND)
    assert on_film.shape == HAND.film.shape
    assert float(on_film.min()) == pytest.approx(float(attention.change_months.min()), rel=0.1)
    row, column = np.unravel_index(on_film.argmin(), on_film.shape)
    knuckle = geometry.move(np.zeros((1, 2)), geometry.inverse(HAND.film_to_frame))[0]
    assert np.hypot(column - knuckle[0], row - knuckle[1]) < 0.25 * HAND.pixels_per_unit


def test_same_hand_same_map() -> None:
    first, second = (occlusion_map(HAND, Sex.UNKNOWN, hands.shipped().estimator, SPARSE) for _ in range(2))
    assert np.array_equal(first.change_months, second.change_months)


def test_without_a_hand_nothing_carries_the_answer() -> None:
    empty = replace(HAND, mask=np.zeros((256, 192), np.float32))
    change = occlusion_map(empty, Sex.MALE, TOY).change_months
    assert (change.any(), change.shape) == (False, (128, 96))


class AnyCover(WholeHandEstimator):
    """Estimates 100 months from an uncovered picture and 160 from a covered one, wherever the cover is."""

    def picture(self, hand: StandardHand) -> NDArray[np.float32]:
        del hand
        return np.ones((128, 96), np.float32)

    def of_pictures(self, pictures: NDArray[np.float32], sex: Sex) -> Probabilities:
        del sex
        return np.eye(229)[[100 if picture.all() else 160 for picture in pictures]]


def test_every_place_of_the_hand_is_covered_in_turn() -> None:
    everywhere = replace(HAND, mask=np.ones((256, 192), np.float32))
    tiles = OcclusionSpec(patch=0.125, stride=0.125)
    assert occlusion_map(everywhere, Sex.MALE, AnyCover(TOY.model), tiles).change_months == pytest.approx(60)


def test_hand_is_left_as_it_was() -> None:
    before = HAND.film.copy(), HAND.mask.copy()
    occlusion_map(HAND, Sex.MALE, TOY, SPARSE)
    assert np.array_equal(HAND.film, before[0])
    assert np.array_equal(HAND.mask, before[1])


class FilmBrightness(Regressor):
    """Estimates from the mean brightness of the whole film."""

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:  # noqa: ARG002
        return describe(bell(60 + float(hand.film.mean()), 5), UNCALIBRATED)


def test_map_of_the_film_covers_what_lies_beside_the_hand() -> None:
    marker = slice(500, 590), slice(455, 515)  # the letters L and MS
    of_film = film_occlusion_map(HAND, Sex.FEMALE, FilmBrightness(), SPARSE).on_film(HAND)
    of_hand = occlusion_map(HAND, Sex.FEMALE, FilmBrightness(), SPARSE).on_film(HAND)

    assert of_film.shape == HAND.film.shape
    assert of_film[marker].mean() < -0.5
    assert not of_hand[marker].any()
    assert np.abs(of_film[:40, :40]).max() < 0.2


def test_maps_of_film_and_hand_agree_on_the_hand() -> None:
    estimator = FilmBrightness()
    of_film, of_hand = (make(HAND, Sex.FEMALE, estimator, SPARSE).on_film(HAND) for make in (film_occlusion_map, occlusion_map))
    inside = of_hand < 0

    assert np.corrcoef(of_film[inside], of_hand[inside])[0, 1] > 0.8
