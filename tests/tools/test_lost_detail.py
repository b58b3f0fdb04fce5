"""Attacks on the detail of a film, each on an example film, and the table of their answers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Sex
from tests import hands
from tools.lost_detail import Answer, answer, attacks, filled, table

FILM = Film("14750", Sex.FEMALE, 120.0, Split.NATIVE)


@cache
def attacked() -> dict[str, Radiograph]:
    """The attacks of an example film."""
    hand = hands.examined().hand
    return attacks(hand.radiograph, hand, seed=7)


def test_the_unchanged_film_is_first() -> None:
    name, plain = next(iter(attacked().items()))
    assert (name, plain) == ("as it is", hands.examined().hand.radiograph)


WITHOUT_DETAIL = (
    "gain 4",
    "silhouette, flat",
    "silhouette, flat, noise",
    "silhouette, blur of 0.12 units",
    "silhouette, by thickness",
)


@pytest.mark.parametrize("name", WITHOUT_DETAIL)
def test_films_without_detail_are_refused_with_a_reason(name: str) -> None:
    assert answer(attacked()[name], FILM, hands.shipped()) == Answer(answered=False, named=True, error_months=0.0)


def test_windows_keep_the_stored_values() -> None:
    film, plain = attacked()["window 15%, 30% wide"], hands.examined().hand.radiograph
    assert np.array_equal(film.pixels.astype(int) // 16, plain.display)
    assert (film.display == 255).mean() > (plain.display == 255).mean()
    given = answer(film, FILM, hands.shipped())
    assert (given.answered, given.named) == (True, True)


def test_a_silhouette_keeps_what_lies_outside() -> None:
    film, inside = np.full((60, 60), 10, np.uint8), np.zeros((60, 60), bool)
    inside[20:40, 20:40] = True
    made = filled(film, inside, np.full(film.shape, 200.0))
    assert (made[30, 30], made[5, 5]) == (200, 10)


def test_the_table_counts_answers_errors_and_warnings() -> None:
    rows = [{"a": Answer(True, False, -30.0)}, {"a": Answer(True, True, 10.0)}, {"a": Answer(False, True, 0.0)}]
    assert table(rows, "3 films").splitlines()[-1] == "| a | 2 | 1 | 2 | 20.00 | 1 | 1 |"
    assert table([{"b": Answer(False, True, 0.0)}], "1 film").splitlines()[-1] == "| b | 0 | 1 | 1 |  | 0 | 0 |"
