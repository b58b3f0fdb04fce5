"""Bone detail and fine structures on drawn canvases, and on the example films, their silhouettes and filtered copies."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from openboneage.evaluate.shape_changes import median_filtered
from openboneage.hand.detail import detail_share, fine_ratio
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, MASK_THRESHOLD
from tests import hands
from tests.hand.drawn_hands import area

HAND = area(slice(20, 220), slice(40, 140))
TEXTURED = area(slice(20, 240), slice(20, 170))


def striped(columns: slice, low: int = 80, high: int = 160) -> np.ndarray:
    """An even canvas with stripes as wide as a small bone in some columns."""
    canvas = np.full((256, 192), low, np.uint8)
    canvas[:, columns] = np.where(np.arange(192)[columns] // 6 % 2, high, low)
    return canvas


def test_an_even_hand_and_no_hand_have_no_detail() -> None:
    assert detail_share(np.full((256, 192), 90, np.uint8), HAND) == 0
    assert detail_share(striped(slice(0, 192)), HAND & False) == 0


def test_detail_is_the_share_of_the_hand_with_stripes() -> None:
    assert detail_share(striped(slice(0, 192)), HAND) > 0.8
    assert detail_share(striped(slice(0, 90)), HAND) == pytest.approx(0.5, abs=0.1)


def test_detail_does_not_depend_on_contrast() -> None:
    strong, faint = (detail_share(striped(slice(0, 90), 80, high), HAND) for high in (160, 90))
    assert faint == pytest.approx(strong, abs=0.02)


def test_the_edge_of_the_hand_is_not_detail() -> None:
    assert detail_share(np.where(HAND, 150, 0).astype(np.uint8), HAND) == 0


@pytest.mark.parametrize("height_px", [640, 160])
@pytest.mark.parametrize("name", hands.NAMES)
def test_a_film_has_detail_that_its_silhouette_lacks(name: str, height_px: int) -> None:
    hand = hands.hand_on(hands.film(name, height_px))
    canvas, inside = hand.canvas(MASK_HEIGHT_PX), hand.mask > MASK_THRESHOLD
    limits = hands.shipped().limits
    assert detail_share(canvas, inside) > limits.detail_warn
    silhouette = hand.mask * canvas[inside].mean() + np.random.default_rng(3).normal(0, 2, canvas.shape)
    assert detail_share(silhouette.clip(0, 255).astype(np.uint8), inside) < limits.detail_reject


def textured(sd_px: float) -> np.ndarray:
    """Noise blurred to structures of that size."""
    noise = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 1, TEXTURED.shape), (0, 0), sd_px)
    return np.asarray(np.clip(128 + 40 * noise / noise.std(), 0, 255), np.uint8)


def test_finer_texture_has_more_fine_structure() -> None:
    ratios = [fine_ratio(textured(sd_px), TEXTURED) for sd_px in (1.0, 2.0, 4.0)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] > 1 > 0.5 > ratios[2]


def test_the_surroundings_of_the_hand_do_not_count() -> None:
    canvas = textured(2.0)
    around = np.where(TEXTURED, canvas, 255).astype(np.uint8)
    assert fine_ratio(around, TEXTURED) == pytest.approx(fine_ratio(canvas, TEXTURED))


def test_fine_structure_does_not_depend_on_contrast() -> None:
    canvas = textured(2.0)
    assert fine_ratio((canvas // 2).astype(np.uint8), TEXTURED) == pytest.approx(fine_ratio(canvas, TEXTURED), rel=0.05)


@pytest.mark.parametrize(
    "inside", [np.zeros_like(TEXTURED), area(slice(0, 4), slice(0, 4))], ids=["no hand", "a line of a hand"]
)
def test_without_a_hand_there_is_no_fine_structure(inside: np.ndarray) -> None:
    assert fine_ratio(textured(1.0), inside) == 0


def test_a_median_filter_takes_fine_structures_away() -> None:
    film = hands.film("7043", 900)
    plain, filtered = (hands.hand_on(pixels) for pixels in (film, median_filtered(film, 31 / 1800)))
    ratios = [fine_ratio(hand.canvas(256), hand.mask > 0.5) for hand in (plain, filtered)]
    assert ratios[1] < 0.9 * ratios[0]
