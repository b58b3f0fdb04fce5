"""Hands cut out of their films: black around them, unchanged within."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from openboneage.datasets.cut_out import cut_out

HAND = np.zeros((100, 100), np.uint8)
cv2.ellipse(HAND, (45, 55), (25, 35), 20, 0, 360, 200, -1)
cv2.circle(HAND, (75, 40), 8, 200, -1)
FILM = np.maximum(HAND, 40)
OUTLINE = (HAND > 0).astype(np.uint8) * 255


@pytest.mark.parametrize("outline", [OUTLINE, None], ids=["drawn", "by brightness"])
def test_the_background_is_black_and_the_hand_stays(outline: np.ndarray | None) -> None:
    cut = cut_out(FILM, outline, 0.0)

    assert (cut[HAND == 0] == 0).mean() > 0.95
    assert (cut[HAND > 0] == FILM[HAND > 0]).mean() > 0.99


def test_an_outline_of_another_size_covers_the_whole_film() -> None:
    large = OUTLINE.repeat(2, axis=0).repeat(2, axis=1)

    assert np.mean((cut_out(FILM, large, 0.0) > 0) == (HAND > 0)) > 0.99


def test_a_margin_stays_around_the_hand_or_cuts_into_it() -> None:
    narrow, exact, wide = ((cut_out(FILM, OUTLINE, margin) > 0).sum() for margin in (-0.02, 0.0, 0.02))

    assert narrow < exact == (HAND > 0).sum() < wide


@pytest.mark.parametrize("value", [0, 90])
def test_an_even_film_is_cut_without_a_fault(value: int) -> None:
    assert cut_out(np.full((50, 50), value, np.uint8), None, 0.01).shape == (50, 50)
