from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from openboneage.hand import geometry
from openboneage.hand.frame import TOP, WIDTH
from openboneage.hand.measures import WRIST_Y, Measures, measure
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


def laid(film_px: tuple[int, int], middle_px: tuple[float, float], mask: float = 1.0) -> StandardHand:
    """A hand at 100 px a unit, MCP3 at a place `(x, y)` of an even film, with an even mask."""
    film_to_frame = geometry.chain(geometry.translation(-middle_px[0], -middle_px[1]), geometry.scaling(0.01, 0.01))
    film, full = np.full(film_px, 90, np.uint8), np.full((256, 192), mask, np.float32)
    return dataclasses.replace(hands.examined().hand, film=film, film_to_frame=film_to_frame, mask=full)


@pytest.mark.parametrize(
    ("middle_px", "units"),
    [((150.0, 220.0), 0.8), ((30.0, 150.0), 0.3), ((250.0, 150.0), 0.5), ((150.0, -60.0), 0.4), ((150.0, 350.0), -0.5)],
    ids=["bottom", "left", "right", "top", "outside"],
)
def test_wrist_is_measured_to_the_nearest_edge(middle_px: tuple[float, float], units: float) -> None:
    assert measure(laid((400, 300), middle_px)).wrist_units == pytest.approx(units)


@pytest.mark.parametrize(
    ("film_px", "middle_px", "units"),
    [
        ((1000, 1000), (500.0, 500.0), 0.0),
        ((1000, 1000), (0.0, 500.0), WRIST_Y - TOP),
        ((1000, 1000), (1000.0, 500.0), WRIST_Y - TOP),
        ((1000, 1000), (500.0, 0.0), WIDTH),
        ((1000, 1000), (500.0, 950.0), WIDTH),
        ((1000, 1000), (500.0, 900.0), 0.0),
    ],
    ids=["nowhere", "left", "right", "top", "bottom above the wrist", "bottom below the wrist"],
)
def test_a_cut_is_as_long_as_the_edge_within_the_hand(
    film_px: tuple[int, int], middle_px: tuple[float, float], units: float
) -> None:
    assert measure(laid(film_px, middle_px)).cut_units == pytest.approx(units, abs=0.06)
    assert measure(laid(film_px, middle_px, mask=0.4)).cut_units == 0


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
