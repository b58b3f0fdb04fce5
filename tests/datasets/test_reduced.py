"""Reduction of films to squares, and back."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.datasets.reduced import FILM_HEIGHT_PX, reduce_film, reduced_radiograph, unsquashed


@pytest.mark.parametrize("aspect", [0.5, 0.79, 1.35])
def test_unsquashed_gives_the_aspect_back(aspect: float) -> None:
    shown = unsquashed(np.zeros((100, 100), np.uint8), aspect)

    assert shown.shape == (FILM_HEIGHT_PX, round(FILM_HEIGHT_PX * aspect))


def test_a_reduced_film_keeps_samples_averages_and_aspect() -> None:
    film = np.arange(256 * 200, dtype=np.uint32).reshape(256, 200).astype(np.uint8)

    reduced = reduce_film(film)

    assert (reduced.sampled.shape, reduced.aspect) == ((100, 100), 200 / 256)
    assert reduced.sampled[0, 0] == film[1, 1], "pixel 0 is sampled at floor(0.5 * 256 / 100), floor(0.5 * 200 / 100)"
    assert reduced.sampled[99, 99] == film[254, 199]
    assert reduced.averaged is not None
    assert reduced.averaged.mean() == pytest.approx(film.mean(), abs=1)


def test_a_radiograph_has_the_aspect_and_a_height() -> None:
    film = reduced_radiograph(np.zeros((299, 299), np.uint8), 0.8, "1377.png", height_px=374)

    assert (film.height_px, film.width_px, film.name) == (374, 299, "1377.png")
