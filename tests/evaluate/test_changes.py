"""Changes of a film, on small films with known results."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.evaluate import changes

GREYS = np.array([[0, 50, 100], [150, 200, 250]], np.uint8)  # mean 125
HAND = np.pad(np.full((120, 80), 180, np.uint8), ((60, 20), (40, 40)))
"""A bright block on black, 200 x 160; it leaves every corner plain."""


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize(("degrees", "quarter_turns"), [(0, 0), (90, -1), (180, 2), (-90, 1)])
def test_quarter_turns_are_clockwise_and_lossless(degrees: int, quarter_turns: int, mirror: bool) -> None:
    film = np.arange(35, dtype=np.uint8).reshape(5, 7)

    expected = np.rot90(film[:, ::-1] if mirror else film, quarter_turns)

    np.testing.assert_array_equal(changes.turned(film, degrees, mirror), expected)


def test_a_rotated_film_is_complete_on_its_canvas() -> None:
    film = np.full((40, 60), 200, np.uint8)

    made = changes.turned(film, 37)

    assert int(made.sum()) == pytest.approx(int(film.sum()), rel=0.03)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (changes.inverted(GREYS), [255, 205, 155, 105, 55, 5]),
        (changes.brighter(GREYS, 51), [51, 101, 151, 201, 251, 255]),
        (changes.brighter(GREYS, -51), [0, 0, 49, 99, 149, 199]),
        (changes.contrasted(GREYS, 0.5), [62, 88, 112, 138, 162, 188]),  # halves to the even
        (changes.contrasted(GREYS, 2), [0, 0, 75, 175, 255, 255]),
        (changes.gamma(GREYS, 1), GREYS.ravel()),
        (changes.gamma(GREYS, 2), [0, 10, 39, 88, 157, 245]),
    ],
)
def test_tones_are_cut_to_the_scale_and_do_not_wrap(made: np.ndarray, expected: list[int]) -> None:
    np.testing.assert_array_equal(made.ravel(), expected)
    assert made.dtype == np.uint8


@pytest.mark.parametrize("size", [1, 4])
def test_a_blur_is_relative_to_the_size_of_the_film(size: int) -> None:
    edge = np.repeat(np.repeat(np.pad(np.full((200, 100), 200, np.uint8), ((0, 0), (100, 0))), size, 0), size, 1)

    row = changes.blurred(edge, 0.02)[100 * size].astype(float)

    spread = np.flatnonzero((row > 0.16 * 200) & (row < 0.84 * 200)).size / size
    assert spread == pytest.approx(2 * 0.02 * 200, abs=1), "16 to 84 % lie within one SD to either side"


def test_noise_has_its_strength_and_its_seed() -> None:
    flat = np.full((200, 200), 128, np.uint8)

    made = changes.noisy(flat, 10, seed=1)

    assert made.std() == pytest.approx(10, rel=0.03)
    np.testing.assert_array_equal(made, changes.noisy(flat, 10, seed=1))
    assert (made != changes.noisy(flat, 10, seed=2)).any()


def test_a_reduced_film_holds_means() -> None:
    np.testing.assert_array_equal(changes.reduced(np.array([[0, 100], [100, 200]], np.uint8), 0.5), [[100]])
    assert changes.reduced(HAND, 0.75).shape == (150, 120)


def test_jpeg_of_less_quality_loses_more() -> None:
    film = changes.noisy(HAND, 10, seed=1).astype(int)

    lost = [np.abs(changes.jpeg(film.astype(np.uint8), quality) - film).mean() for quality in (95, 30)]

    assert 0 < lost[0] < lost[1] < 20


def test_margins_are_cut_where_they_are_named() -> None:
    film = np.arange(100 * 200, dtype=np.int64).reshape(100, 200).astype(np.uint8)

    np.testing.assert_array_equal(changes.cropped(film, 0.01, 0.02, 0.03, 0.04), film[1:97, 8:196])


def test_a_frame_hides_nothing() -> None:
    made = changes.framed(HAND, 0.05)

    np.testing.assert_array_equal(made[10:-10, 10:-10], HAND)
    assert (made[:10] == 255).all()
    assert (made[:, -10:] == 255).all()


@pytest.mark.parametrize("plate", [False, True])
def test_a_marker_is_placed_in_the_most_uniform_corner(plate: bool) -> None:
    film = changes.noisy(HAND, 10, seed=1)
    film[150:, :60] = 0

    touched = np.argwhere(changes.marked(film, plate) != film)

    assert len(touched) > 20
    assert (touched >= (180, 4)).all()
    assert (touched < (196, 20)).all()
    assert film[180:196, 4:20].max() == 0, "the film itself is left as it is"


@pytest.mark.parametrize(("film", "lead"), [(HAND, 255), (changes.inverted(HAND), 0)], ids=["bright bones", "dark bones"])
def test_lead_is_as_bright_as_bone_or_as_dark(film: np.ndarray, lead: int) -> None:
    letter, plate = (changes.marked(film, plate)[4:20, 4:20] for plate in (False, True))

    assert 0.1 < (letter == lead).mean() < 0.5
    assert 0.5 < (plate == lead).mean() < 0.9
    assert set(np.unique(plate)) == {0, 255}
