"""Displayed brightness: windows, lookup tables, inversion, automatic range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from tests.reading.films import DEEP, file_of, film_dataset, film_file, ramp_image

WINDOW: dict[str, Any] = {"WindowCenter": 1500, "WindowWidth": 900}


def codes(radiograph: Radiograph) -> list[str]:
    return [finding.code for finding in radiograph.findings]


def lut(first: int, entries: np.ndarray, bits: int) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries) & 0xFFFF, first, bits])
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return item


@pytest.mark.parametrize("function", [None, "LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_window_as_pydicom_shows_it(function: str | None) -> None:
    tags = WINDOW | {"RescaleSlope": 2, "RescaleIntercept": -1000} | ({"VOILUTFunction": function} if function else {})
    dataset = film_dataset(DEEP, **tags)
    values = apply_modality_lut(DEEP, dataset)
    shown = apply_voi_lut(values, dataset)
    expected = (shown - shown.min()) / (shown.max() - shown.min()) * 255
    radiograph = read(file_of(dataset))
    assert np.array_equal(radiograph.pixels, values)
    assert np.abs(radiograph.display - expected).max() <= (2 if function == "SIGMOID" else 0.51)


def test_window_needs_no_change_of_the_pixels() -> None:
    assert np.array_equal(read(film_file(DEEP, **WINDOW)).pixels, DEEP)


def test_first_of_several_windows_counts() -> None:
    several = read(film_file(DEEP, WindowCenter=[1500, 9], WindowWidth=[900, 9]))
    assert np.array_equal(several.display, read(film_file(DEEP, **WINDOW)).display)


def test_monochrome1_is_shown_inverted_but_kept() -> None:
    plain, inverted = read(film_file(DEEP, **WINDOW)), read(film_file(DEEP, **WINDOW, PhotometricInterpretation="MONOCHROME1"))
    assert np.array_equal(inverted.display, 255 - plain.display)
    assert np.array_equal(inverted.pixels, plain.pixels)


def test_fractional_rescale_gives_floats() -> None:
    pixels = read(film_file(DEEP, RescaleSlope=0.5, RescaleIntercept=0.25)).pixels
    assert pixels.dtype == np.float32
    assert np.allclose(pixels, DEEP * 0.5 + 0.25)


def test_negative_slope_turns_the_film() -> None:
    shown = read(film_file(DEEP, RescaleSlope=-1, RescaleIntercept=4095)).display
    assert np.abs(shown.astype(int) - (255 - read(film_file(DEEP)).display)).max() <= 1


def test_modality_lut_is_applied() -> None:
    entries = (np.arange(4096)[::-1] * 2).astype(np.uint16)
    pixels = read(film_file(DEEP, ModalityLUTSequence=[lut(0, entries, 16)])).pixels
    assert np.array_equal(pixels, entries[DEEP])


def test_voi_lut_has_priority_over_the_window() -> None:
    entries = (np.sqrt(np.arange(4096) / 4095) * 1023).astype(np.uint16)
    shown = read(film_file(DEEP, **WINDOW, VOILUTSequence=[lut(0, entries, 10)])).display
    assert np.abs(shown - entries[DEEP] / 1023 * 255).max() <= 0.5


def test_voi_lut_of_signed_values() -> None:
    signed = ramp_image(12, signed=True)
    shown = read(film_file(signed, VOILUTSequence=[lut(65536 - 2048, np.arange(4096), 12)])).display
    assert np.abs(shown - (signed.astype(int) + 2048) / 4095 * 255).max() <= 0.5


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("signed", [False, True])
def test_without_window_the_film_fills_the_range(bits: int, signed: bool) -> None:
    shown = read(film_file(ramp_image(bits, signed=signed), bits=bits)).display.astype(int)
    assert (shown.min(), shown.max()) == (0, 255)
    assert np.all(np.diff(shown.ravel()) >= 0)


@pytest.mark.parametrize("limit", [None, 120])
def test_padding_does_not_widen_the_range(limit: int | None) -> None:
    padded = (DEEP // 16 + 1000).astype(np.uint16)
    expected = read(film_file(padded)).display[20:]
    padded[:20] = 100
    padding = {"PixelPaddingValue": 100} if limit is None else {"PixelPaddingValue": 90, "PixelPaddingRangeLimit": limit}
    shown = read(film_file(padded, **padding)).display
    assert not shown[:20].any()
    assert (shown[20:].min(), shown.max()) == (0, 255)
    assert np.corrcoef(shown[20:].ravel(), expected.ravel())[0, 1] > 0.99


def test_a_few_extreme_pixels_do_not_darken_the_film() -> None:
    spotted = (DEEP // 16).astype(np.uint16)
    spotted[0, :3] = 4095
    assert read(film_file(spotted)).display.mean() > 100


def test_even_film_is_shown_without_complaint() -> None:
    radiograph = read(film_file(np.full((40, 40), 700, np.uint16), **WINDOW))
    assert np.ptp(radiograph.display) == 0
    assert "window-empty" not in codes(radiograph)


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"WindowCenter": 1500, "WindowWidth": 0}, "window-invalid"),
        ({"WindowCenter": 1500, "WindowWidth": -5, "VOILUTFunction": "SIGMOID"}, "window-invalid"),
        ({"WindowCenter": 60000, "WindowWidth": 10}, "window-empty"),
        ({"RescaleSlope": 0, "RescaleIntercept": 0}, "rescale-invalid"),
        ({"RescaleSlope": "1E30", "RescaleIntercept": 0}, "rescale-invalid"),
        ({"ModalityLUTSequence": [lut(0, np.arange(10), 16)], "bits": 12, "cut": True}, "modality-lut-invalid"),
        ({"VOILUTSequence": [lut(0, np.arange(10), 40)]}, "voi-lut-invalid"),
        ({"VOILUTSequence": [Dataset()]}, "voi-lut-invalid"),
    ],
)
def test_impossible_transforms_become_findings(tags: dict[str, Any], code: str) -> None:
    if tags.pop("cut", False):
        tags["ModalityLUTSequence"][0].LUTData = b"\0" * 4
    radiograph = read(film_file(DEEP, **{"bits": 12, **tags}))
    assert codes(radiograph) == [code]
    assert np.array_equal(radiograph.pixels, DEEP)
    assert np.array_equal(radiograph.display, read(film_file(DEEP)).display)


def test_unknown_window_function_is_linear_and_reported() -> None:
    radiograph = read(film_file(DEEP, **WINDOW, VOILUTFunction="CUBIC"))
    assert codes(radiograph) == ["attribute-invalid"]
    assert np.array_equal(radiograph.display, read(film_file(DEEP, **WINDOW)).display)
