from __future__ import annotations

import numpy as np
import pytest

from openboneage.errors import InputError, UnreadableError
from openboneage.reading.read import read
from tests.reading.films import film_file, pillow_file, ramp_image


@pytest.mark.parametrize("bits", [8, 16])
def test_an_array_is_shown_as_a_png_of_the_same_pixels(bits: int) -> None:
    pixels = ramp_image(bits)
    array, png = read(pixels), read(pillow_file(pixels, "PNG"))
    assert np.array_equal(array.pixels, png.pixels)
    assert np.array_equal(array.display, png.display)
    assert (array.bits, array.format, array.name) == (bits, "ARRAY", "array")


def test_spacing_is_that_of_the_caller() -> None:
    film = read(ramp_image(8), spacing_mm=0.143)
    assert (film.spacing_mm, film.spacing_source) == ((0.143, 0.143), "caller")
    without = read(ramp_image(8))
    assert (without.spacing_mm, without.spacing_source) == (None, None)


def test_the_film_is_a_copy() -> None:
    pixels = ramp_image(8)
    film = read(pixels, name="mine")
    pixels[:] = 7
    assert film.name == "mine"
    assert film.pixels.max() == 255


def test_the_checksum_is_that_of_the_pixels_in_any_memory_order() -> None:
    pixels = ramp_image(16)
    same = np.asfortranarray(pixels.astype(">u2"))
    assert read(same).sha256 == read(pixels).sha256 != read(pixels + 1).sha256


@pytest.mark.parametrize(
    ("pixels", "got"),
    [
        (np.zeros((40, 48, 3), np.uint8), r"got \(40, 48, 3\) uint8"),
        (np.zeros((40, 48)), r"got \(40, 48\) float64"),
        (np.zeros((40, 48), np.int16), r"got \(40, 48\) int16"),
    ],
)
def test_other_arrays_are_refused(pixels: np.ndarray, got: str) -> None:
    with pytest.raises(InputError, match=got):
        read(pixels)


def test_a_small_array_is_refused() -> None:
    with pytest.raises(UnreadableError, match="at least 32 px a side, got 48 x 20"):
        read(np.zeros((20, 48), np.uint8))


@pytest.mark.parametrize("spacing_mm", [0.0, -0.1, 3.0, float("nan"), float("inf")])
def test_an_impossible_spacing_is_refused(spacing_mm: float) -> None:
    with pytest.raises(InputError, match=r"pixel centres of 0.01 to 2.0 mm"):
        read(ramp_image(8), spacing_mm=spacing_mm)


def test_spacing_with_a_file_is_refused() -> None:
    with pytest.raises(InputError, match="spacing_mm with an array alone"):
        read(film_file(ramp_image(12)), spacing_mm=0.1)
