from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from openboneage.hand.measures import Measures, measure
from openboneage.hand.standard_hand import StandardHand
from tests import hands


def shown(hand: StandardHand, change: Callable[[np.ndarray], np.ndarray]) -> Measures:
    """Measures of a hand whose film was changed in place, as a bad exposure does."""
    return measure(dataclasses.replace(hand, film=change(hand.film.astype(int)).clip(0, 255).astype(np.uint8)))


def test_measures_of_exposure() -> None:
    hand = hands.examined().hand
    plain = measure(hand)
    assert plain.contrast > 60
    assert plain.white_share < 0.02 > plain.black_share
    assert shown(hand, lambda film: film * 4).white_share > 0.4
    assert shown(hand, lambda film: film - 120).black_share > 0.4
    assert shown(hand, lambda film: film // 4).contrast == pytest.approx(plain.contrast / 4, abs=2)


@pytest.mark.parametrize("name", hands.NAMES)
def test_the_outline_of_a_hand_follows_an_edge(name: str) -> None:
    hand = hands.examined(name).hand
    assert measure(hand).outline_share > 0.9
    elsewhere = dataclasses.replace(hand, mask=np.roll(hand.mask, 24, axis=1))
    assert measure(elsewhere).outline_share < 0.78
    assert shown(hand, lambda film: film * 0 + 90).outline_share == 0


def test_measure_of_size_follows_the_film() -> None:
    large, small = (measure(hands.examined(height_px=height).hand).pixels_per_unit for height in (640, 320))
    assert large / small == pytest.approx(2, rel=0.03)


def test_measures_are_finite_without_any_hand() -> None:
    hand = dataclasses.replace(hands.examined().hand, mask=np.zeros((256, 192), np.float32))
    measures = measure(hand)
    assert all(np.isfinite(value) for value in dataclasses.astuple(measures))
    assert (measures.contrast, measures.cut_units) == (0, 0)
