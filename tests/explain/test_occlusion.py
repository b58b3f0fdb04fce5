from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from openboneage.assess.distribution import Probabilities
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.explain.occlusion import OcclusionSpec, occlusion_map
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import SQUARE, toy_estimator

TOY = toy_estimator()
HAND = hands.examined("7043").hand
SPARSE = OcclusionSpec(patch=0.14, stride=0.1)


def test_map_finds_the_place_that_the_model_looks_at() -> None:
    attention = occlusion_map(HAND, Sex.FEMALE, TOY)
    row, column = np.unravel_index(attention.values.argmax(), attention.values.shape)
    assert (row, column) == (pytest.approx((SQUARE[0].start + SQUARE[0].stop) / 2, abs=5), pytest.approx(45, abs=5))
    assert attention.values[:30].max() < 0.05
    assert attention.values[90:].max() < 0.05


def test_map_covers_the_canvas_in_nought_to_one() -> None:
    attention = occlusion_map(HAND, Sex.MALE, TOY, SPARSE)
    assert (attention.values.shape, attention.values.dtype) == ((128, 96), np.float32)
    assert (float(attention.values.min()), float(attention.values.max())) == (0, pytest.approx(1))
    assert 0.2 < attention.strongest_drop <= 1
    assert attention.method == "occlusion"


@pytest.mark.parametrize("sex", Sex)
def test_shipped_model_gives_a_map_for_every_sex(sex: Sex) -> None:
    attention = occlusion_map(HAND, sex, hands.shipped().estimator, SPARSE)
    assert attention.values.shape == (128, 96)
    assert attention.values.min() >= 0
    assert attention.values.max() <= 1 + 1e-6
    assert 0 <= attention.strongest_drop <= 1


def test_shipped_model_looks_at_something() -> None:
    attention = occlusion_map(HAND, Sex.FEMALE, hands.shipped().estimator, SPARSE)
    assert attention.values.max() == pytest.approx(1)
    assert attention.strongest_drop > 0.02


def test_same_hand_same_map() -> None:
    first, second = (occlusion_map(HAND, Sex.UNKNOWN, hands.shipped().estimator, SPARSE) for _ in range(2))
    assert np.array_equal(first.values, second.values)
    assert first.strongest_drop == second.strongest_drop


def test_without_a_hand_nothing_carries_the_answer() -> None:
    empty = replace(HAND, mask=np.zeros((256, 192), np.float32))
    attention = occlusion_map(empty, Sex.MALE, TOY)
    assert (attention.values.any(), attention.values.shape, attention.strongest_drop) == (False, (128, 96), 0)


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
    attention = occlusion_map(everywhere, Sex.MALE, AnyCover(TOY.model), tiles)
    assert attention.values == pytest.approx(1)


def test_hand_is_left_as_it_was() -> None:
    before = HAND.film.copy(), HAND.mask.copy()
    occlusion_map(HAND, Sex.MALE, TOY, SPARSE)
    assert np.array_equal(HAND.film, before[0])
    assert np.array_equal(HAND.mask, before[1])
