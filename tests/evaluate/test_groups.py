"""Groups of films."""

from __future__ import annotations

import numpy as np

from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.evaluate.groups import groups_of, second_readings
from openboneage.subject import Sex

FILMS = (
    Film("a", Sex.FEMALE, 47.0, Split.HELD_OUT, race="Asian"),
    Film("b", Sex.MALE, 48.0, Split.HELD_OUT, race="Black", second_reading_months=50.0),
    Film("c", Sex.MALE, 228.0, Split.HELD_OUT),
)


def test_films_are_grouped_by_sex_race_and_age() -> None:
    groups = {name: members.tolist() for name, members in groups_of(FILMS).items()}

    assert groups == {
        "all": [True, True, True],
        "girls": [True, False, False],
        "boys": [False, True, True],
        "Asian": [True, False, False],
        "Black": [False, True, False],
        "0-47 months": [True, False, False],
        "48-95 months": [False, True, False],
        "168-228 months": [False, False, True],
    }


def test_films_read_once_have_no_second_reading() -> None:
    assert np.array_equal(second_readings(FILMS), [np.nan, 50.0, np.nan], equal_nan=True)
