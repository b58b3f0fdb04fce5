"""Proportions and symmetry of drawn hands."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from openboneage.evaluate.shape_changes import half_mirrored, stretched
from openboneage.hand.finder import THUMBNAIL_PX
from openboneage.hand.frame import HEIGHT, TOP
from openboneage.hand.shape import finger_units, hand_area, mirror_likeness, width_units
from tests import hands
from tests.hand.drawn_hands import area, drawn

ROW_UNITS = HEIGHT / 256


def test_fingers_are_measured_from_the_third_knuckle() -> None:
    assert finger_units(area(slice(30, 200), slice(80, 90))) == pytest.approx(-(TOP + 30 * ROW_UNITS))
    assert finger_units(area(slice(200, 250), slice(80, 90))) == 0
    assert finger_units(area(slice(0, 0), slice(0, 0))) == 0


def test_the_width_is_the_mean_of_knuckles_and_palm() -> None:
    hand = drawn(np.zeros((256, 192)), area(slice(0, 256), slice(60, 140)))
    landmarks = hand.landmarks.copy()
    landmarks[1], landmarks[3] = (150, 100), (50, 100)
    wide = dataclasses.replace(hand, landmarks=landmarks)
    assert width_units(wide, wide.mask > 0.5) == pytest.approx((100 * 80 * 80) ** (1 / 3) * ROW_UNITS)
    crossed = dataclasses.replace(hand, landmarks=landmarks[[0, 3, 2, 1]])
    assert width_units(crossed, wide.mask > 0.5) == 0


def test_the_area_is_that_of_the_whole_film_in_units_of_the_hand() -> None:
    hand = drawn(np.zeros((256, 192)), area(slice(0, 256), slice(60, 140)))
    mask = np.zeros((THUMBNAIL_PX, THUMBNAIL_PX), np.float32)
    mask[:60, :40] = 0.9
    seen = dataclasses.replace(hand, detection=dataclasses.replace(hand.detection, mask=mask))
    unit_px = 1 / ROW_UNITS * THUMBNAIL_PX / 256
    assert hand_area(seen) == pytest.approx(60 * 40 / unit_px**2)


@pytest.mark.parametrize("name", hands.NAMES)
def test_a_hand_is_not_its_own_mirror_image(name: str) -> None:
    assert mirror_likeness(hands.examined(name).hand) < 0.4


@pytest.mark.parametrize("kind", ["left half", "right half", "upper half", "stretched half"])
def test_half_a_hand_and_its_mirror_image_are_alike(kind: str) -> None:
    film = hands.film("7043")
    halves = {
        "left half": half_mirrored(film, left=True),
        "right half": half_mirrored(film, left=False),
        "upper half": np.ascontiguousarray(half_mirrored(np.rot90(film), left=False)),
        "stretched half": stretched(half_mirrored(film, left=True), 1.2, 1.0),
    }
    assert mirror_likeness(hands.hand_on(halves[kind])) > 0.85


def test_a_white_frame_is_no_mirror_image() -> None:
    assert mirror_likeness(hands.hand_on(hands.framed(hands.film("7043")))) < 0.7


def test_a_film_without_a_hand_has_no_mirror_image() -> None:
    hand = hands.examined().hand
    empty = dataclasses.replace(hand.detection, mask=np.zeros_like(hand.detection.mask))
    assert mirror_likeness(dataclasses.replace(hand, detection=empty)) == 0
    assert mirror_likeness(dataclasses.replace(hand, film=np.full_like(hand.film, 90))) == 0
