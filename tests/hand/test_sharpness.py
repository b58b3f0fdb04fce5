"""Fine structures against coarser ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from openboneage.evaluate.shape_changes import median_filtered
from openboneage.hand.sharpness import fine_ratio
from tests import hands
from tests.hand.drawn_hands import area

INSIDE = area(slice(20, 240), slice(20, 170))


def textured(sd_px: float) -> np.ndarray:
    """Noise blurred to structures of that size."""
    noise = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 1, INSIDE.shape), (0, 0), sd_px)
    return np.asarray(np.clip(128 + 40 * noise / noise.std(), 0, 255), np.uint8)


def test_finer_texture_has_more_fine_structure() -> None:
    ratios = [fine_ratio(textured(sd_px), INSIDE) for sd_px in (1.0, 2.0, 4.0)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] > 1 > 0.5 > ratios[2]


def test_what_lies_outside_the_hand_does_not_count() -> None:
    canvas = textured(2.0)
    around = np.where(INSIDE, canvas, 255).astype(np.uint8)
    assert fine_ratio(around, INSIDE) == pytest.approx(fine_ratio(canvas, INSIDE))


def test_contrast_does_not_count() -> None:
    canvas = textured(2.0)
    assert fine_ratio((canvas // 2).astype(np.uint8), INSIDE) == pytest.approx(fine_ratio(canvas, INSIDE), rel=0.05)


@pytest.mark.parametrize("inside", [np.zeros_like(INSIDE), area(slice(0, 4), slice(0, 4))], ids=["no hand", "a line of a hand"])
def test_without_a_hand_there_is_none(inside: np.ndarray) -> None:
    assert fine_ratio(textured(1.0), inside) == 0


def test_a_median_filter_takes_fine_structures_away() -> None:
    film = hands.film("7043", 900)
    plain, filtered = (hands.hand_on(pixels) for pixels in (film, median_filtered(film, 31 / 1800)))
    ratios = [fine_ratio(hand.canvas(256), hand.mask > 0.5) for hand in (plain, filtered)]
    assert ratios[1] < 0.9 * ratios[0]
