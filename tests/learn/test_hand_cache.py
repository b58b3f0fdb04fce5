"""Prepared hands are written once and read again; nothing stale or broken is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from openboneage.datasets.reduced import ReducedFilm, reduce_film
from openboneage.hand.drawing import DEFAULT_VIEWS, SampleSpec
from openboneage.learn.hand_cache import HandCache, PreparedHand, View
from tests.reading.films import ramp_image

FILM = reduce_film(ramp_image(8))
SPEC = DEFAULT_VIEWS


class Preparation:
    """Prepares a made-up hand and counts how often it had to."""

    def __init__(self, views: int = 2) -> None:
        pictures = tuple(View(np.full((15, 10), i, np.uint8), 0.1 + i, 0.9 + i) for i in range(views))
        self.hand = PreparedHand(pictures, np.array([[1.0, 0.25, 3], [0, 2, 5]]), np.full((256, 192), 7, np.uint8), 0.625)
        self.count = 0

    def __call__(self) -> PreparedHand:
        self.count += 1
        return self.hand


@pytest.mark.parametrize("views", [1, 2])
def test_a_hand_is_prepared_once_and_read_again_exactly(tmp_path: Path, views: int) -> None:
    cache, prepare = HandCache(tmp_path, "sha"), Preparation(views)

    cache.get(FILM, SPEC, prepare)
    read = cache.get(FILM, SPEC, prepare)

    assert prepare.count == 1
    assert read.landmark_score == prepare.hand.landmark_score
    np.testing.assert_array_equal(read.film_to_frame, prepare.hand.film_to_frame)
    np.testing.assert_array_equal(read.mask, prepare.hand.mask)
    assert [(view.low, view.high) for view in read.views] == [(view.low, view.high) for view in prepare.hand.views]
    for view, original in zip(read.views, prepare.hand.views, strict=True):
        np.testing.assert_array_equal(view.film, original.film)


def changed_pixel(film: ReducedFilm) -> ReducedFilm:
    pixels = film.sampled.copy()
    pixels[3, 4] ^= 1
    return replace(film, sampled=pixels)


@pytest.mark.parametrize(
    ("film", "spec", "sha256"),
    [
        (changed_pixel(FILM), SPEC, "sha"),
        (replace(FILM, averaged=None), SPEC, "sha"),
        (replace(FILM, aspect=0.5), SPEC, "sha"),
        (FILM, replace(SPEC, mask_margin=0.5), "sha"),
        (FILM, SPEC, "other"),
    ],
    ids=["pixel", "no average", "aspect", "settings", "finder"],
)
def test_what_a_hand_follows_from_makes_another_file(tmp_path: Path, film: ReducedFilm, spec: SampleSpec, sha256: str) -> None:
    prepare = Preparation()
    HandCache(tmp_path, "sha").get(FILM, SPEC, prepare)

    HandCache(tmp_path, sha256).get(film, spec, prepare)

    assert prepare.count == 2


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_a_half_written_file_is_prepared_anew(tmp_path: Path, kept: int) -> None:
    cache, prepare = HandCache(tmp_path, "sha"), Preparation()
    cache.get(FILM, SPEC, prepare)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:kept])

    cache.get(FILM, SPEC, prepare)
    cache.get(FILM, SPEC, prepare)

    assert prepare.count == 2, "prepared again, and then read again"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
