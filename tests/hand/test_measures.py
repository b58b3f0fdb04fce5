from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from openboneage.hand import geometry
from openboneage.hand.frame import HEIGHT, TOP, WIDTH, frame_to_canvas
from openboneage.hand.measures import WRIST_Y, Measures, measure
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, StandardHand
from tests import hands
from tests.hand.drawn_hands import area, drawn


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


def test_contrast_is_the_range_from_the_second_to_the_98th_percentile() -> None:
    film = np.full((256, 192), 250)
    film[50, 20:121] = np.random.default_rng(5).permutation(101)
    assert measure(drawn(film, area(slice(50, 51), slice(20, 121)))).contrast == 96


def test_the_two_lowest_grey_levels_are_black_and_the_two_highest_white() -> None:
    film = np.full((256, 192), 255)
    film[50, 20:120] = np.repeat([0, 1, 2, 100, 253, 254, 255], [3, 4, 6, 65, 7, 5, 10])
    measures = measure(drawn(film, area(slice(50, 51), slice(20, 120))))
    assert (measures.black_share, measures.white_share) == (pytest.approx(0.07), pytest.approx(0.15))


def test_half_a_probability_is_not_yet_hand() -> None:
    hand = drawn(np.full((256, 192), 255), area(slice(50, 60), slice(50, 60)))
    half = dataclasses.replace(hand, mask=np.full((256, 192), 0.5, np.float32))
    assert (measure(hand).white_share, measure(half).white_share) == (1, 0)


def test_probabilities_are_those_of_the_finder() -> None:
    plain = hands.examined().hand
    detection = dataclasses.replace(plain.detection, hand_count=np.array([0.1, 0.7, 0.2]))
    scores = np.array([0.9, 0.6, 0.3, 0.8])
    measures = measure(dataclasses.replace(plain, detection=detection, landmark_scores=scores))
    assert (measures.no_hand, measures.two_hands, measures.landmark) == (0.1, 0.2, 0.3)


ROWS_ABOVE_WRIST = 185
"""Of the 256 rows of the canvas, those whose middle lies above `WRIST_Y`."""
UNITS_OF_A_ROW = HEIGHT / 256


@pytest.mark.parametrize(
    ("columns", "edge_px"),
    [
        (slice(0, 192), ROWS_ABOVE_WRIST),
        (slice(98, 192), ROWS_ABOVE_WRIST),
        (slice(99, 192), ROWS_ABOVE_WRIST / 2),
        (slice(100, 192), 0),
        (slice(0, 98), 0),
        (slice(0, 99), ROWS_ABOVE_WRIST / 2),
    ],
)
def test_a_cut_is_measured_in_a_band_of_two_pixels_along_the_edge(columns: slice, edge_px: float) -> None:
    film = np.full((256, 100), 90)
    cut = measure(drawn(film, area(slice(0, 256), columns))).cut_units
    assert cut == pytest.approx(edge_px * UNITS_OF_A_ROW)


@pytest.mark.parametrize(("right", "share"), [(205, 0.5), (149, 0.5), (147, 1.0), (0, 1.0)])
def test_an_outline_follows_an_edge_where_the_hand_is_brighter_by_a_fiftieth_of_its_range(right: int, share: float) -> None:
    film = np.zeros((256, 192))
    film[:, 60:100], film[:, 100:140], film[:, 140:] = 50, 150, right
    assert measure(drawn(film, area(slice(0, 256), slice(60, 140)))).outline_share == pytest.approx(share)


def test_an_outline_is_measured_above_the_wrist() -> None:
    film = np.full((256, 192), 100)
    film[:60, :60] = film[:60, 140:] = 0
    share = measure(drawn(film, area(slice(0, 256), slice(60, 140)))).outline_share
    assert share == pytest.approx(64 / ROWS_ABOVE_WRIST), "the window reaches four rows below the edge"
    film[ROWS_ABOVE_WRIST + 4 :] = 0
    assert measure(drawn(film, area(slice(0, 256), slice(60, 140)))).outline_share == share


def test_a_film_of_large_pixels_ends_with_its_last_pixel() -> None:
    to_frame = geometry.chain(geometry.scaling(8, 8), geometry.inverse(frame_to_canvas(MASK_HEIGHT_PX)))
    hand = drawn(np.full((32, 12), 90), area(slice(0, 256), slice(0, 96)))
    cut = measure(dataclasses.replace(hand, film_to_frame=to_frame)).cut_units
    assert cut == pytest.approx(ROWS_ABOVE_WRIST * UNITS_OF_A_ROW)


def test_an_outline_is_two_pixels_wide_all_round() -> None:
    film = np.full((256, 192), 100)
    film[:, :100] = 0
    film[40:80, 60:140] = 100
    share = measure(drawn(film, area(slice(40, 80), slice(60, 140)))).outline_share
    of_half, across_the_middle = 240, 2 * 2 * 4
    assert share == pytest.approx((of_half + across_the_middle) / 480)


def test_in_an_even_hand_a_fiftieth_of_a_grey_level_is_an_edge() -> None:
    film = np.full((256, 192), 100)
    film[::9, [57, 142]] = 99
    assert measure(drawn(film, area(slice(0, 256), slice(60, 140)))).outline_share == 1


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
    assert all(np.all(np.isfinite(value)) for value in dataclasses.astuple(measures))
    assert (measures.contrast, measures.white_share, measures.black_share) == (0, 0, 0)
    assert (measures.cut_units, measures.outline_share) == (0, 0)
