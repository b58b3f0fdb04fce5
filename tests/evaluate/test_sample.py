"""Measurements use labelled films that the models were not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from openboneage.datasets.film_set import Film, FilmFiles
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.sample import sample_of, samples_of
from openboneage.subject import Sex

ALL = tuple(Split)


def film_set(splits: Sequence[Split], learned_from: Sequence[Split] = (), label: float | None = 60.0) -> FilmFiles:
    """One film a split, called by it."""
    films = tuple(Film(str(split), Sex.FEMALE, label, split) for split in splits)
    return FilmFiles("mine.csv", "a table", films, dict.fromkeys(map(str, splits), Path()), frozenset(learned_from))


@pytest.mark.parametrize(
    ("splits", "learned_from", "expected"),
    [
        (ALL, [Split.TRAIN], ["held-out"]),
        ([Split.VALIDATION, Split.NATIVE], [Split.TRAIN], ["validation", "native"]),
        (ALL, [], ["train", "validation", "held-out", "native"]),
    ],
    ids=["learned from a part", "learned from others", "unknown to the models"],
)
def test_without_a_split(splits: Sequence[Split], learned_from: Sequence[Split], expected: list[str]) -> None:
    assert [film.id for film in sample_of(film_set(splits, learned_from)).films] == expected


def test_a_split_is_taken_as_given() -> None:
    sample = sample_of(film_set(ALL, [Split.TRAIN]), Split.NATIVE)

    assert ([film.id for film in sample.films], sample.title) == (["native"], "native films")
    assert sample.note == "Figures come from 1 native films; the program was trained on 1 others."


def test_films_that_were_learned_from_are_refused() -> None:
    with pytest.raises(
        InputError, match=r"mine\.csv come from validation, held-out, native; the program was trained on the train split"
    ):
        sample_of(film_set(ALL, [Split.TRAIN]), Split.TRAIN)


def test_a_split_without_films_is_refused() -> None:
    with pytest.raises(InputError, match=r"split held-out in mine\.csv, found none; it has 1 of train"):
        sample_of(film_set([Split.TRAIN], [Split.TRAIN]))


def test_films_without_label_are_left_out_or_refused() -> None:
    labelled, bare = film_set([Split.TRAIN]), film_set([Split.NATIVE], label=None)
    both = FilmFiles("mine.csv", "a table", labelled.films + bare.films, {})

    assert sample_of(both).note == "Figures come from 1 films of mine.csv; 1 without a bone age are left out."
    with pytest.raises(InputError, match=r"none of the 1 films of mine\.csv has one; give a table of labels"):
        sample_of(bare)


def test_several_samples() -> None:
    known, foreign, defaults = film_set(ALL, [Split.TRAIN]), film_set(ALL), (Split.HELD_OUT, Split.NATIVE)

    assert [sample.title for sample in samples_of(known, (), defaults)] == ["held-out films", "native films"]
    assert [sample.title for sample in samples_of(known, (Split.NATIVE,), defaults)] == ["native films"]
    assert [sample.title for sample in samples_of(foreign, (), defaults)] == ["films of mine.csv"]


def test_every_second_film() -> None:
    assert [film.id for film in sample_of(film_set(ALL)).every(2).films] == ["train", "held-out"]
