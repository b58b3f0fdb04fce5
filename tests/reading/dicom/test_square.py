"""Films whose pixels are not square are resampled, so that a hand keeps its proportions."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from openboneage.errors import UnreadableError
from openboneage.evaluate.metrics import dice
from openboneage.hand.standard_hand import MASK_THRESHOLD
from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from tests import hands
from tests.reading.films import film_file, ramp_image

WIDE = ramp_image(12, shape=(40, 60))


def film(**tags: Any) -> Radiograph:
    return read(film_file(WIDE, **tags))


@pytest.mark.parametrize(
    "tags",
    [
        {"PixelSpacing": [1.5, 1.0]},
        {"PixelSpacing": None, "ImagerPixelSpacing": [0.9, 0.6]},
        {"PixelSpacing": None, "PixelAspectRatio": [3, 2]},
    ],
    ids=lambda tags: list(tags)[-1],
)
def test_high_pixels_make_the_film_higher(tags: dict[str, Any]) -> None:
    radiograph = film(**tags)
    assert radiograph.display.shape == radiograph.pixels.shape == (49, 49)
    assert [finding.code for finding in radiograph.findings if finding.code.startswith("pixels")] == ["pixels-not-square"]
    message = radiograph.findings[0].message
    assert message.startswith("The file's pixels are 1.50 times as high as wide; the film was resampled to square pixels.")


def test_wide_pixels_make_the_film_wider_and_the_spacing_is_that_of_the_new_pixels() -> None:
    radiograph = film(PixelSpacing=[0.8, 1.25])
    assert radiograph.display.shape == (32, 75)
    assert radiograph.spacing_mm == pytest.approx((1.0, 1.0))
    assert set(np.unique(radiograph.pixels)) <= set(np.unique(WIDE)), "measured values are not mixed"


def test_a_film_that_becomes_too_small_is_refused() -> None:
    with pytest.raises(UnreadableError, match="at least 32 px a side, got 85 x 28"):
        film(PixelSpacing=[0.5, 1.0])


@pytest.mark.parametrize(
    "tags",
    [
        {"PixelSpacing": [1.0, 1.009]},
        {"PixelSpacing": [1.0, 1.0], "PixelAspectRatio": [3, 2]},
        {"PixelSpacing": None, "PixelAspectRatio": [1, 1]},
        {"PixelSpacing": None},
    ],
    ids=["nearly square", "spacing goes first", "ratio of 1", "not stated"],
)
def test_square_pixels_are_left_alone(tags: dict[str, Any]) -> None:
    radiograph = film(**tags)
    assert (radiograph.display.shape, radiograph.findings) == ((40, 60), ())


@pytest.mark.parametrize("ratio", [[0, 1], [1], [100, 1], [-1, -1]])
def test_an_impossible_ratio_is_not_used(ratio: list[int]) -> None:
    radiograph = film(PixelSpacing=None, PixelAspectRatio=ratio)
    assert radiograph.display.shape == (40, 60)
    assert [finding.code for finding in radiograph.findings] == ["spacing-invalid"]


def test_the_hand_of_a_film_with_high_pixels_has_its_proportions() -> None:
    plain = hands.film("7043")
    low = cv2.resize(plain, (plain.shape[1], round(plain.shape[0] / 1.5)), interpolation=cv2.INTER_AREA)
    whole, resampled, unsaid = (
        hands.shipped().examine(film_file(pixels, bits=8, PixelSpacing=spacing), "F").hand.mask > MASK_THRESHOLD
        for pixels, spacing in ((plain, [0.3, 0.3]), (low, [0.45, 0.3]), (low, [0.3, 0.3]))
    )
    assert dice(whole, resampled) > 0.95
    assert dice(whole, unsaid) < 0.85
