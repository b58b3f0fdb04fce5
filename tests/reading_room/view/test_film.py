from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from openboneage.hand.standard_hand import StandardHand
from openboneage.reading_room.view.film import film_bytes
from tests.reading_room.view.made import SPACING_MM, hand


def opened(data: bytes) -> tuple[dict[str, Any], NDArray[np.uint16]]:
    (length,) = struct.unpack("<I", data[:4])
    header = json.loads(data[4 : 4 + length])
    return header, np.frombuffer(data[4 + length :], "<u2").reshape(header["height"], header["width"])


def with_pixels(pixels: NDArray[Any], display: NDArray[np.uint8] | None = None, form: str = "DICOM") -> StandardHand:
    film = hand().radiograph
    shown = film.display if display is None else display
    return replace(hand(), radiograph=replace(film, pixels=pixels, display=shown, format=form))


def preset(header: dict[str, Any], name: str) -> tuple[float, float]:
    return next((each["low"], each["high"]) for each in header["presets"] if each["name"] == name)


@pytest.mark.parametrize(("dtype", "shift"), [(np.uint16, 0), (np.int16, -1000), (np.uint8, 0)])
def test_whole_numbers_of_16_bits_are_exact(dtype: type, shift: int) -> None:
    pixels: NDArray[Any] = (hand().radiograph.display.astype(np.int64) + shift).astype(dtype)

    header, samples = opened(film_bytes(with_pixels(pixels)))

    assert samples.flags.c_contiguous
    np.testing.assert_array_equal(header["offset"] + header["scale"] * samples, pixels)
    assert header["spacing_mm"] == [SPACING_MM, SPACING_MM]


def test_other_values_keep_16_bits() -> None:
    pixels = hand().radiograph.pixels.astype(np.float32) * np.float32(0.01) - 7

    header, samples = opened(film_bytes(with_pixels(pixels)))

    np.testing.assert_allclose(header["offset"] + header["scale"] * samples, pixels, atol=np.ptp(pixels) / 65535)


def test_a_film_of_one_value_can_be_shown() -> None:
    pixels = np.full(hand().radiograph.pixels.shape, 7.5, np.float32)

    header, samples = opened(film_bytes(with_pixels(pixels, np.zeros(pixels.shape, np.uint8))))

    assert (samples == 0).all()
    assert header["offset"] == 7.5
    assert all(each["low"] < each["high"] for each in header["presets"])


@pytest.mark.parametrize("inverted", [False, True])
def test_the_window_of_the_file_is_found(inverted: bool) -> None:
    pixels = np.tile(np.arange(0, 4000, 10, dtype=np.uint16), (300, 1))
    share = np.clip((pixels.astype(float) - 1000) / 2000, 0, 1)
    display = np.rint(255 * (1 - share if inverted else share)).astype(np.uint8)

    header, _ = opened(film_bytes(with_pixels(pixels, display)))

    assert preset(header, "As in the file") == pytest.approx((1000, 3000), abs=10)
    assert header["presets"][0]["name"] == "As in the file"
    assert header["bright_bones"] is not inverted


@pytest.mark.parametrize("falling", [False, True])
def test_a_window_without_greys_is_the_range_of_the_values(falling: bool) -> None:
    pixels = np.zeros((8, 8), np.uint16)
    pixels[:, 4:] = 900
    display = np.where((pixels > 0) ^ falling, 255, 0).astype(np.uint8)

    header, _ = opened(film_bytes(with_pixels(pixels, display)))

    assert preset(header, "As in the file") == (0, 900)
    assert header["bright_bones"] is not falling


def test_a_film_without_a_window_begins_with_that_of_bones() -> None:
    header, _ = opened(film_bytes(hand()))

    assert [each["name"] for each in header["presets"]] == ["Bones", "As in the file", "Soft tissue", "All values"]


def test_windows_of_bones_and_soft_tissue_follow_the_hand() -> None:
    bright, _ = opened(film_bytes(hand()))
    dark, _ = opened(film_bytes(hand(inverted=True)))

    assert bright["bright_bones"]
    assert not dark["bright_bones"]
    low, high = preset(bright, "Bones")
    assert preset(bright, "Soft tissue")[1] < high
    assert preset(dark, "Bones") == pytest.approx((4080 - high, 4080 - low), rel=0.15)
