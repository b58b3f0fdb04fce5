"""Outlined films and their division."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from openboneage.datasets.outlined_films import OutlinedFilms
from openboneage.datasets.splits import Split, asking_order, rsna_split
from openboneage.errors import InputError
from tests.tiny_rsna import NATIVE


def test_films_are_divided_by_their_split(tiny_shared: Path) -> None:
    films = OutlinedFilms(tiny_shared / "rsna")

    assert {rsna_split(name) for name in films.training} == {Split.TRAIN}
    assert {rsna_split(name) for name in films.test} == {Split.VALIDATION, Split.HELD_OUT}
    assert not set(NATIVE) & {*films.training, *films.test}


def test_the_order_of_asking_is_fixed() -> None:
    assert asking_order(["1377", "1378", "1379"]) == asking_order(["1379", "1377", "1378"])
    assert asking_order(str(number) for number in range(40)) != tuple(str(number) for number in range(40))


def test_outline_and_pixels_fit(tiny_shared: Path) -> None:
    films = OutlinedFilms(tiny_shared / "rsna")
    outlined = films.read(films.training[0])
    height, width = outlined.pixels.shape
    inside = outlined.drawing.mask((width, height)) > 0

    assert np.median(outlined.pixels[inside]) > np.median(outlined.pixels[~inside]) + 20


def test_films_without_pixels_are_named(tiny_shared: Path) -> None:
    with pytest.raises(InputError, match="pixels of the outlined film 5 in"):
        OutlinedFilms(tiny_shared / "rsna").read("5")


def test_the_division_of_the_real_films(real_rsna: Path) -> None:
    films = OutlinedFilms(real_rsna)

    assert (len(films.training), len(films.test)) == (70, 23)
    assert films.training[:3] == asking_order(films.training)[:3]
    assert max(films.read(name).pixels.shape[0] for name in films.test) > 1000, "some are at full size"
