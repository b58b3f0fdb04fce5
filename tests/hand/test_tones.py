"""Tones of a hand on drawn films: how much a display cuts off, and how the film is shown then."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from openboneage.findings import Severity
from openboneage.hand import tones
from openboneage.reading.display import stretch
from openboneage.reading.radiograph import Radiograph
from tests.hand.drawn_hands import area, drawn

RAMP = np.tile(np.arange(1000, 2000), (4, 1))
"""Stored values of a film."""


def film_of(pixels: np.ndarray, low: float, high: float) -> Radiograph:
    """A film shown from one stored value to another; dark where these fall."""
    return Radiograph(pixels, stretch(pixels.astype(float), low, high), "film", "0" * 64, "DICOM", 12)


def columns(chosen: slice) -> tones.Area:
    """The pixels of those columns."""
    rows, across = np.mgrid[:4, :1000]
    return rows[:, chosen].ravel(), across[:, chosen].ravel()


ALL = columns(slice(None))


@pytest.mark.parametrize(("low", "high", "share"), [(900, 2100, 0), (1000, 1500, 0.5), (1400, 1600, 0.8), (3000, 4000, 1)])
def test_the_share_is_that_at_full_black_or_white(low: float, high: float, share: float) -> None:
    assert tones.share_cut(film_of(RAMP, low, high), ALL) == pytest.approx(share, abs=0.02)


def test_the_share_is_measured_within_the_area() -> None:
    film = film_of(RAMP, 1000, 1500)
    assert tones.share_cut(film, columns(slice(0, 500))) == pytest.approx(0, abs=0.02)
    assert tones.share_cut(film, columns(slice(500, 1000))) == pytest.approx(1, abs=0.02)


def test_what_the_file_itself_lost_is_not_cut_off_by_its_display() -> None:
    saturated = np.minimum(RAMP, 1500)
    assert tones.share_cut(film_of(saturated, 1000, 1500), ALL) <= 0.01


@pytest.mark.parametrize("kind", [np.uint16, np.int16, np.int32, np.float32])
@pytest.mark.parametrize("falls", [False, True])
def test_a_film_is_shown_by_the_range_of_an_area(kind: type[np.generic], falls: bool) -> None:
    film = film_of(RAMP.astype(kind), 1000, 1100)
    film = dataclasses.replace(film, display=np.invert(film.display)) if falls else film
    shown = tones.shown_by(film, columns(slice(500, 1000))).display[0].astype(int)
    levels = 255 - shown if falls else shown
    assert levels[0] == 0
    assert np.unique(levels[500:]).size > 200
    assert (np.diff(levels) >= 0).all()
    assert 0 < levels[500] < levels[999] < 255, "a margin is left on either side"


def test_the_area_of_a_hand_is_below_its_mask() -> None:
    film = np.zeros((256, 192))
    film[50:60, 20:40] = 7
    hand = drawn(film, area(slice(50, 60), slice(20, 40)))
    assert (hand.film[tones.of_hand(hand)] == 7).all()
    assert tones.of_hand(hand)[0].size == 200


def test_without_a_mask_the_area_is_the_film() -> None:
    hand = drawn(np.zeros((256, 192)), area(slice(0, 0), slice(0, 0)))
    rows, columns = tones.of_hand(hand)
    height, width = hand.radiograph.display.shape
    assert rows.max() >= height - 4
    assert columns.max() >= width - 4


def test_the_warning_says_how_much_was_cut_off() -> None:
    (finding,) = tones.with_finding(film_of(RAMP, 1000, 1500), 0.5).findings
    assert (finding.code, finding.severity) == ("window-cuts-hand", Severity.WARNING)
    assert finding.message == (
        "The display window cuts off 50% of the hand's grey levels; the range of the hand's own pixels is shown."
    )
