"""Prepared hands are written once and read again; nothing stale or broken is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from openboneage.hand.drawing import DEFAULT_PICTURE, PictureSpec
from openboneage.learn.hand_cache import HandCache, PreparedHand
from tests.reading.films import ramp_image

FILM = ramp_image(8)
SPEC = DEFAULT_PICTURE


class Preparation:
    """Prepares a made-up hand and counts how often it had to."""

    def __init__(self) -> None:
        self.hand = PreparedHand(np.full((15, 10), 3, np.uint8), np.full((256, 192), 7, np.uint8), 0.1, 1.9, 0.625)
        self.count = 0

    def __call__(self) -> PreparedHand:
        self.count += 1
        return self.hand


def test_a_hand_is_prepared_once_and_read_again_exactly(tmp_path: Path) -> None:
    cache, prepare = HandCache(tmp_path, "sha"), Preparation()

    cache.get(FILM, SPEC, prepare)
    read = cache.get(FILM, SPEC, prepare)

    assert prepare.count == 1
    assert (read.low, read.high, read.landmark_score) == (0.1, 1.9, 0.625)
    np.testing.assert_array_equal(read.canvas, prepare.hand.canvas)
    np.testing.assert_array_equal(read.mask, prepare.hand.mask)


def changed_pixel(film: NDArray[np.uint8]) -> NDArray[np.uint8]:
    pixels = film.copy()
    pixels[3, 4] ^= 1
    return pixels


@pytest.mark.parametrize(
    ("film", "spec", "sha256"),
    [
        (changed_pixel(FILM), SPEC, "sha"),
        (FILM.reshape(-1, 1), SPEC, "sha"),
        (FILM, replace(SPEC, height_px=128), "sha"),
        (FILM, SPEC, "other"),
    ],
    ids=["pixel", "shape", "settings", "finder"],
)
def test_a_changed_input_of_a_hand_gives_another_file(
    tmp_path: Path, film: NDArray[np.uint8], spec: PictureSpec, sha256: str
) -> None:
    prepare = Preparation()
    HandCache(tmp_path, "sha").get(FILM, SPEC, prepare)

    HandCache(tmp_path, sha256).get(film, spec, prepare)

    assert prepare.count == 2


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_a_half_written_file_is_prepared_again(tmp_path: Path, kept: int) -> None:
    cache, prepare = HandCache(tmp_path, "sha"), Preparation()
    cache.get(FILM, SPEC, prepare)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:kept])

    cache.get(FILM, SPEC, prepare)
    cache.get(FILM, SPEC, prepare)

    assert prepare.count == 2, "prepared again, and then read again"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
