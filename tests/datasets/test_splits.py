"""The split of a film is a fixed function of its id."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split, split_of
from tests.tiny_rsna import NATIVE

GOLDEN = {
    "1377": Split.TRAIN,
    "10000": Split.TRAIN,
    "15610": Split.TRAIN,
    "hand-1": Split.VALIDATION,
    "900000": Split.HELD_OUT,
    "900001": Split.TRAIN,
}


@pytest.mark.parametrize(("film_id", "split"), GOLDEN.items())
def test_split_never_changes(film_id: str, split: Split) -> None:
    assert split_of(film_id) is split


def test_shares_are_80_10_10() -> None:
    counts = Counter(split_of(str(number)) for number in range(20_000))

    shares = [counts[split] / 20_000 for split in (Split.TRAIN, Split.VALIDATION, Split.HELD_OUT)]

    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.01)
    assert counts[Split.NATIVE] == 0


def test_native_films_are_in_no_other_split(tiny_shared: Path) -> None:
    films = RsnaFilms(tiny_shared / "rsna").films

    assert {film.id for film in films if film.split is Split.NATIVE} == set(NATIVE)
    assert any(split_of(film_id) is Split.TRAIN for film_id in NATIVE), "by the hash alone they would be learned from"


def test_native_films_of_the_challenge_are_in_no_other_split(real_rsna: Path) -> None:
    films = RsnaFilms(real_rsna)
    with (real_rsna / "native.csv").open(newline="") as file:
        native = {row["id"] for row in csv.DictReader(file)}

    assert len(native) == 72
    assert {film.id for film in films.films if film.split is Split.NATIVE} == native
    assert Counter(film.split for film in films.films) == {
        Split.TRAIN: 10020,
        Split.VALIDATION: 1269,
        Split.HELD_OUT: 1250,
        Split.NATIVE: 72,
    }
