from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.hand.drawing import brightness_within, mask_weight, normalise
from openboneage.hand.standard_hand import MASK_THRESHOLD
from openboneage.hand.views import AS_IT_LIES, Places, SampleSpec, draw_views
from tests import hands

TWO_PLACES: Places = ((4.0, 1.07), (-4.0, 0.935))
SPEC = SampleSpec(
    height_px=128,
    mask_margin=0.06,
    range_low=0.02,
    range_high=0.98,
    samples_per_unit=(34.0, 43.0),
    phases=3,
    diagonal=False,
    smooth=0,
    coarse=1.6,
    places=AS_IT_LIES,
)


@pytest.mark.parametrize("phases", [1, 2, 3])
def test_fine_film_is_drawn_once_for_each_phase(phases: int) -> None:
    views = draw_views(hands.examined().hand, replace(SPEC, phases=phases))
    assert (views.shape, views.dtype) == ((phases**2, 1, 128, 96), np.float32)


@pytest.mark.parametrize("name", hands.NAMES)
def test_views_lie_between_dark_and_a_little_over_bright_bone(name: str) -> None:
    views = draw_views(hands.examined(name).hand, SPEC)
    assert (views.min(), views.max() <= 1.25) == (0, True)
    inside = views[:, 0, hands.examined(name).hand.mask[::2, ::2] > MASK_THRESHOLD]
    assert 0.3 < np.median(inside) < 0.7


def test_phases_see_different_pixels_of_the_same_hand() -> None:
    views = draw_views(hands.examined().hand, SPEC)[:, 0]
    for other in views[1:]:
        assert not np.array_equal(views[0], other)
        assert np.corrcoef(views[0].ravel(), other.ravel())[0, 1] > 0.9


def test_mean_of_the_phases_is_smoother_than_one_phase() -> None:
    hand = hands.examined("7041").hand
    views = draw_views(hand, SPEC)[:, 0]
    smooth = normalise(hand.canvas(128).astype(np.float32), *brightness_within(hand.canvas(128), hand, SPEC))
    smooth *= mask_weight(hand.mask, SPEC.mask_margin, 128)
    assert np.abs(views.mean(axis=0) - smooth).mean() < np.abs(views[4] - smooth).mean()


def test_the_diagonal_is_a_part_of_the_phases() -> None:
    hand = hands.examined().hand
    every, diagonal = (draw_views(hand, replace(SPEC, phases=3, diagonal=only)) for only in (False, True))

    assert np.array_equal(diagonal, every[[0, 4, 8]])


def test_averages_are_drawn_in_addition_to_the_phases() -> None:
    hand = hands.examined().hand
    phases, views = draw_views(hand, replace(SPEC, phases=2)), draw_views(hand, replace(SPEC, phases=2, smooth=2))
    assert views.shape == (6, 1, 128, 96)
    assert np.array_equal(views[:4], phases)
    assert np.array_equal(views[4], views[5])
    assert np.abs(np.diff(views[4, 0])).mean() < np.abs(np.diff(views[0, 0])).mean()


def middle_and_spread(view: np.ndarray) -> tuple[np.ndarray, float]:
    rows, columns = np.nonzero(view[0] > 0.05)
    return np.array([rows.mean(), columns.mean()]), np.sqrt(rows.var() + columns.var())


def test_places_turn_and_scale_a_coarse_film_with_its_mask() -> None:
    hand = hands.examined(height_px=120).hand
    plain, small, turned = draw_views(hand, replace(SPEC, places=((0, 1), (0, 0.8), (20, 1))))[::2]
    (at, spread), (_, small_spread) = middle_and_spread(plain), middle_and_spread(small)
    assert small_spread == pytest.approx(0.8 * spread, rel=0.05), "a little more of the forearm comes into view"

    joint, angle = np.array([128 * 1.2 / 2.7, 96 / 2]), np.radians(20)
    moved, turned_spread = middle_and_spread(turned)
    clockwise = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert moved == pytest.approx(joint + clockwise @ (at - joint), abs=3)
    assert turned_spread == pytest.approx(spread, rel=0.06)


def test_coarse_film_is_drawn_unreduced_twice_at_each_place() -> None:
    hand = hands.examined(height_px=120).hand
    views, at_two = draw_views(hand, replace(SPEC, smooth=2)), draw_views(hand, replace(SPEC, places=TWO_PLACES))
    assert (views.shape, at_two.shape) == ((2, 1, 128, 96), (4, 1, 128, 96))
    assert np.array_equal(views[0], views[1])
    assert np.array_equal(at_two[::2], at_two[1::2])
    assert not np.array_equal(at_two[0], at_two[2])


def test_fine_film_is_drawn_in_its_orientation() -> None:
    hand = hands.examined().hand
    assert np.array_equal(draw_views(hand, SPEC), draw_views(hand, replace(SPEC, places=TWO_PLACES)))


def test_background_is_nought() -> None:
    hand = hands.examined().hand
    views = draw_views(hand, SPEC)
    assert not views[:, 0, mask_weight(hand.mask, SPEC.mask_margin, 128) == 0].any()


def test_views_do_not_depend_on_exposure() -> None:
    plain = draw_views(hands.examined().hand, SPEC)
    darker = draw_views(replace(hands.examined().hand, film=(hands.film() // 2).astype(np.uint8)), SPEC)
    assert np.abs(plain - darker).max() < 0.05


def test_same_hand_same_views() -> None:
    hand = hands.examined().hand
    assert np.array_equal(draw_views(hand, SPEC), draw_views(hand, SPEC))
