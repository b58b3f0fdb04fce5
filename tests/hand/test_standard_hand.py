from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from openboneage.hand import geometry
from openboneage.hand.standard_hand import StandardHand
from tests import hands
from tests.hand.drawn_hands import area, drawn


def outlines(film: np.ndarray, inside: np.ndarray) -> list[np.ndarray]:
    return drawn(film, inside).outline_film


FILM = np.random.default_rng(2).integers(0, 256, (256, 192))
LARGE = area(slice(50, 150), slice(20, 80))
SMALL = area(slice(50, 80), slice(100, 130))


@pytest.mark.parametrize("degrees", [0, 30, -100])
@pytest.mark.parametrize("side", [1, -1])
def test_pixels_per_unit_depend_neither_on_the_turn_nor_on_the_side(degrees: float, side: int) -> None:
    to_frame = geometry.chain(geometry.rotation(degrees), geometry.scaling(side * 0.008, 0.008))
    hand = dataclasses.replace(hands.examined().hand, film_to_frame=to_frame)
    assert hand.pixels_per_unit == pytest.approx(125)


def test_a_film_of_the_size_of_the_canvas_is_unchanged() -> None:
    canvas = drawn(FILM, LARGE).canvas(256)
    assert np.array_equal(canvas, FILM)
    assert canvas.dtype == np.uint8


def test_outline_runs_through_the_outermost_pixels_of_the_mask() -> None:
    (outline,) = outlines(FILM, LARGE)
    assert outline.min(axis=0) == pytest.approx([20.5, 50.5])
    assert outline.max(axis=0) == pytest.approx([79.5, 149.5])


def test_outlines_come_largest_first_and_those_of_specks_not_at_all() -> None:
    speck = area(slice(200, 204), slice(20, 25))
    found = outlines(FILM, SMALL | LARGE | speck)
    assert [round(float(outline[:, 0].min())) for outline in found] == [20, 100]


def test_outline_ends_where_the_film_ends() -> None:
    (outline,) = outlines(FILM[:120, :60], LARGE)
    assert outline.max(axis=0).tolist() == [60, 120]
    beyond = geometry.translation(-30, -60)
    hand = drawn(FILM, LARGE)
    shifted: StandardHand = dataclasses.replace(
        hand, film_to_frame=geometry.chain(geometry.inverse(beyond), hand.film_to_frame)
    )
    assert shifted.outline_film[0].min(axis=0).tolist() == [0, 0]
