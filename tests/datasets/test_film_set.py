"""The interface of data sets: films by split, training films, labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openboneage.datasets.film_set import Film, FilmFiles, films_of, trainable
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex

FILM = Film("a", Sex.FEMALE, 60.0, Split.TRAIN)
OTHERS = (
    replace(FILM, id="no label", bone_age_months=None),
    replace(FILM, id="no sex", sex=Sex.UNKNOWN),
    replace(FILM, id="held out", split=Split.HELD_OUT),
)


def film_set(*films: Film) -> FilmFiles:
    return FilmFiles("mine", "a table", films, {})


def test_films_of_splits_keep_their_order() -> None:
    films = film_set(OTHERS[2], FILM)

    assert films_of(films, Split.TRAIN) == [FILM]
    assert films_of(films, *Split) == [OTHERS[2], FILM]


def test_only_labelled_training_films_of_known_sex_are_learned_from() -> None:
    assert trainable(film_set(*OTHERS, FILM)) == [FILM]
    with pytest.raises(InputError, match="training films with a bone age and a sex in mine, found none"):
        trainable(film_set(*OTHERS))


def test_a_missing_label_is_named_where_one_is_needed() -> None:
    assert FILM.label_months == 60
    with pytest.raises(InputError, match="bone age as read for the film no label"):
        _ = OTHERS[0].label_months
