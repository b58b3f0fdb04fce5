"""Fingers at the film's edge, on hands drawn as spokes around the palm."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from openboneage.hand.fingers import DEGREES, PALM, REACH, TYPICAL_DEGREES, UNITS_PER_PX, Finger, fingers_at_edge, tip_degrees
from openboneage.hand.frame import LEFT, TOP

SPREAD_DEGREES = (10.0, 60.0, 82.0, 104.0, 130.0)
REACHES_UNITS = (0.9, 1.15, 1.25, 1.15, 1.05)
ALL = np.ones(REACH.shape, bool)


def spoke_hand(degrees: tuple[float, ...] = TYPICAL_DEGREES) -> np.ndarray:
    """A palm with a finger in each direction."""
    hand = (REACH < 0.5).astype(np.uint8)
    centre = np.array([(PALM[0] - LEFT) / UNITS_PER_PX, (PALM[1] - TOP) / UNITS_PER_PX])
    for angle, reach in zip(np.radians(degrees), REACHES_UNITS, strict=True):
        tip = centre + reach / UNITS_PER_PX * np.array([np.cos(angle), -np.sin(angle)])
        cv2.line(hand, tuple(map(round, centre)), tuple(map(round, tip)), 1, 11)
    return np.asarray(hand > 0)


def film_from(row: int) -> np.ndarray:
    """A film that begins at that row of the canvas."""
    covered = ALL.copy()
    covered[:row] = False
    return covered


def named(hand: np.ndarray, covered: np.ndarray, brightness: int = 100) -> tuple[str, ...]:
    """Fingers of a bright hand on a dark film."""
    canvas = np.where(hand & covered, brightness, 0).astype(np.uint8)
    return fingers_at_edge(canvas, hand & covered, covered)


@pytest.mark.parametrize("degrees", [TYPICAL_DEGREES, SPREAD_DEGREES])
def test_fingertips_are_seen_in_the_outline(degrees: tuple[float, ...]) -> None:
    assert tip_degrees(spoke_hand(degrees) & (REACH > 0.55)) == pytest.approx(degrees, abs=3)


def test_where_the_outline_has_no_five_tips_typical_ones_are_taken() -> None:
    four = spoke_hand() & (np.abs(DEGREES - TYPICAL_DEGREES[4]) > 12) & (REACH > 0.55)
    assert tip_degrees(four) == pytest.approx(TYPICAL_DEGREES)
    assert tip_degrees(np.zeros_like(four)) == pytest.approx(TYPICAL_DEGREES)


def test_a_whole_hand_touches_no_edge() -> None:
    assert named(spoke_hand(), ALL) == ()
    first = int(np.flatnonzero(spoke_hand().any(axis=1))[0])
    assert named(spoke_hand(), film_from(first - 6)) == ()


@pytest.mark.parametrize(
    ("row", "fingers"),
    [
        (25, {Finger.MIDDLE}),
        (45, {Finger.INDEX, Finger.MIDDLE, Finger.RING}),
        (85, {Finger.INDEX, Finger.MIDDLE, Finger.RING, Finger.LITTLE}),
    ],
)
@pytest.mark.parametrize("degrees", [TYPICAL_DEGREES, SPREAD_DEGREES])
def test_fingers_that_a_film_cuts_off_are_named(degrees: tuple[float, ...], row: int, fingers: set[Finger]) -> None:
    assert set(named(spoke_hand(degrees), film_from(row))) == fingers


def test_a_thumb_at_the_side_is_named() -> None:
    covered = ALL.copy()
    covered[:, 160:] = False
    assert named(spoke_hand(), covered) == (Finger.THUMB,)


def test_a_mask_that_ends_early_is_continued_by_brightness() -> None:
    hand, covered = spoke_hand(), film_from(45)
    canvas = np.where(hand & covered, 100, 0).astype(np.uint8)
    early = hand & film_from(53)
    assert Finger.MIDDLE in fingers_at_edge(canvas, early, covered)
    canvas[45:53] = 0
    assert fingers_at_edge(canvas, early, covered) == (), "dark film lies between finger and edge"
    canvas[45:53] = 255
    assert fingers_at_edge(canvas, early, covered) == (), "a white border does"


def test_a_film_without_a_hand_has_no_fingers() -> None:
    assert named(np.zeros_like(ALL), film_from(40)) == ()
