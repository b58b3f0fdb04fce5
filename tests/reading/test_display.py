from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import DTypeLike
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_windowing

from openboneage.reading import display

VALUES = np.arange(-100.0, 400.0)


@pytest.mark.parametrize(
    ("function", "window"),
    [("LINEAR", display.window_linear), ("LINEAR_EXACT", display.window_linear_exact), ("SIGMOID", display.window_sigmoid)],
)
def test_windows_agree_with_pydicom(function: str, window: Callable[[np.ndarray, float, float], np.ndarray]) -> None:
    dataset = Dataset()
    dataset.WindowCenter, dataset.WindowWidth, dataset.VOILUTFunction = 100, 180, function
    dataset.PhotometricInterpretation, dataset.BitsStored, dataset.PixelRepresentation = "MONOCHROME2", 16, 1
    expected = (apply_windowing(VALUES.astype(np.int16), dataset) + 32768) / 65535 * 255
    assert np.abs(window(VALUES, 100, 180) - expected).max() <= 0.51


def test_linear_window_of_the_standard() -> None:
    """PS3.3 C.11.2.1.2.1: center 2048 and width 4096 map 0 to black and 4095 to white."""
    assert display.window_linear(np.array([0.0, 4095.0]), 2048, 4096).tolist() == [0, 255]


def test_linear_window_one_wide_is_a_threshold() -> None:
    shown = display.window_linear(np.array([9.0, 9.5, 10.0, 11.0]), 10, 1)
    assert (shown.tolist(), shown.dtype) == ([0, 0, 255, 255], np.uint8)


def test_steep_sigmoid_does_not_overflow() -> None:
    assert display.window_sigmoid(np.array([-1e9, 0.0, 1e9]), 0, 1e-6).tolist() == [0, 128, 255]


def test_lookup_holds_its_ends() -> None:
    entries = np.array([5, 6, 7], np.uint16)
    looked_up = display.lookup(np.array([-9.0, 10.0, 11.0, 99.0]), 10, entries)
    assert (looked_up.tolist(), looked_up.dtype) == ([5, 5, 6, 7], np.float64)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16, np.int16])
def test_tables_follow_the_levels(kind: DTypeLike) -> None:
    limits = np.iinfo(kind)
    pixels = np.array([[limits.min, 0, 1, limits.max]], kind)
    table = display.levels_of(pixels).astype(np.float32) * 2
    assert display.through_table(pixels, table).tolist() == [[2.0 * limits.min, 0.0, 2.0, 2.0 * limits.max]]
    counts = display.histogram(pixels)
    assert sorted(display.levels_of(pixels)[counts > 0].tolist()) == sorted(set(pixels.ravel().tolist()))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16, np.int32, np.float32])
def test_tables_may_have_any_type(kind: DTypeLike) -> None:
    pixels = np.array([[3, 1], [0, 2]], np.uint16)
    table = np.zeros(65536, kind)
    table[:4] = [10, 11, 12, 13]
    mapped = display.through_table(pixels, table)
    assert (mapped.dtype, mapped.tolist()) == (np.dtype(kind), [[13, 11], [10, 12]])


def test_robust_range_leaves_out_a_few_pixels() -> None:
    values = np.arange(1000.0)[::-1].copy()
    low, high = display.robust_range(values, np.ones(1000, np.float32))
    assert (low, high) == (pytest.approx(4, abs=1), pytest.approx(995, abs=1))


def test_robust_range_of_two_values_keeps_both() -> None:
    counts = np.array([1e6, 0, 1], np.float32)
    assert display.robust_range(np.array([0.0, 1.0, 2.0]), counts) == (0.0, 2.0)


def test_robust_range_of_nearly_one_value_is_the_full_range() -> None:
    counts = np.array([1, 10_000, 1], np.float32)
    assert display.robust_range(np.array([3.0, 5.0, 9.0]), counts) == (3.0, 9.0)


def test_robust_range_without_pixels() -> None:
    assert display.robust_range(np.array([7.0]), np.zeros(1, np.float32)) == (0.0, 0.0)


def test_full_16_bit_is_shown_unchanged() -> None:
    pixels = np.linspace(0, 65535, 4096).astype(np.uint16).reshape(64, 64)
    assert np.abs(display.show_unwindowed(pixels) - pixels / 257).max() <= 0.5


def test_stretching_an_even_film_does_not_overflow() -> None:
    assert display.stretch(np.array([0.0, 700, 701, 65535]), 700, 700).tolist() == [0, 0, 255, 255]


def test_12_bit_in_16_is_stretched() -> None:
    shown = display.show_unwindowed(np.arange(4096, dtype=np.uint16).reshape(64, 64))
    assert (shown.min(), shown.max()) == (0, 255)
    assert int(shown[32, 0]) == pytest.approx(127, abs=1)


@pytest.mark.parametrize(("brightest", "shown"), [(32_700, 255), (32_900, 128)])
def test_16_bit_is_stretched_unless_it_reaches_the_upper_half(brightest: int, shown: int) -> None:
    pixels = np.linspace(0, brightest, 4096).astype(np.uint16).reshape(64, 64)
    pixels[-1] = brightest
    assert display.show_unwindowed(pixels).max() == pytest.approx(shown, abs=1)


def test_grey_in_colour_keeps_its_values() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(display.luminance(np.dstack([grey] * 3)), grey)
    deep = (grey.astype(np.uint16) * 257)[..., np.newaxis].repeat(3, axis=2)
    assert np.array_equal(display.luminance(deep), deep[..., 0])
