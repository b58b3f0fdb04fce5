"""Cohorts, and samples balanced by age."""

from __future__ import annotations

from collections import Counter

import pytest

from openboneage.datasets.cohort import LEE_2017, AgeRange, Cohort, balanced_by_age, choose
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex


def film(film_id: str, months: float | None, sex: Sex = Sex.FEMALE, age: float | None = None, race: str | None = None) -> Film:
    return Film(film_id, sex, months, Split.TRAIN, age_months=age, race=race)


def test_cohort_of_lee_begins_at_five_years() -> None:
    chosen = choose([film("a", 59), film("b", 60), film("c", 228), film("d", None), film("e", 90, Sex.UNKNOWN)], LEE_2017)

    assert [each.id for each in chosen.films] == ["b", "c"]
    assert chosen.excluded == {"bone age under 60 months": 1, "bone age not known": 1, "sex unknown": 1}


def test_cohort_by_chronological_age_and_race() -> None:
    cohort = Cohort(age=AgeRange(60, 120), races=frozenset({"Asian"}))
    films = [
        film("a", 100, age=60, race="Asian"),
        film("b", 100, age=120, race="Asian"),
        film("c", 100, race="Asian"),
        film("d", 100, age=80, race="Black"),
        film("e", 100, age=80),
    ]
    chosen = choose(films, cohort)

    assert [each.id for each in chosen.films] == ["a"]
    assert chosen.excluded == {
        "chronological age of 120 months or more": 1,
        "chronological age not known": 1,
        "race Black": 1,
        "race not known": 1,
    }


def test_cohort_without_limits_takes_every_film() -> None:
    films = [film("a", None), film("b", 3, Sex.UNKNOWN)]

    assert choose(films, Cohort()).films == tuple(films)


def test_cohort_without_films_is_refused_with_the_reasons() -> None:
    with pytest.raises(InputError, match=r"found none among 2 \(2 bone age under 60 months\)"):
        choose([film("a", 12), film("b", 24)], LEE_2017)


@pytest.mark.parametrize(("first", "last"), [(10, 10), (12, 10), (-1, 10)])
def test_a_range_without_ages_is_refused(first: float, last: float) -> None:
    with pytest.raises(InputError, match="from a smaller to a larger"):
        AgeRange(first, last)


FILMS = [film(f"{months}-{i}", months) for months, count in ((24, 5), (25, 2), (120, 40)) for i in range(count)]


def test_balanced_sample_has_the_same_number_of_each_age() -> None:
    sample = balanced_by_age(FILMS, 10, seed=1)

    assert Counter(each.label_months for each in sample) == {24: 10, 25: 10, 120: 10}


def test_rare_ages_repeat_their_films_evenly_and_frequent_ones_do_not() -> None:
    counts = Counter(each.id for each in balanced_by_age(FILMS, 10, seed=1))

    assert {counts[f"24-{i}"] for i in range(5)} == {2}
    assert {counts[f"25-{i}"] for i in range(2)} == {5}
    assert max(counts[f"120-{i}"] for i in range(40)) == 1


def test_ages_can_be_taken_together() -> None:
    sample = balanced_by_age(FILMS, 7, seed=1, width_months=12)

    assert Counter(each.label_months // 12 for each in sample) == {2: 7, 10: 7}


def test_the_seed_determines_the_sample() -> None:
    first, second, other = (balanced_by_age(FILMS, 10, seed) for seed in (1, 1, 2))

    assert first == second
    assert first != other


def test_a_sample_needs_numbers_over_zero_and_labels() -> None:
    with pytest.raises(InputError, match="over 0, got 0 and 1"):
        balanced_by_age(FILMS, 0, seed=1)
    with pytest.raises(InputError, match="over 0, got 1 and 0"):
        balanced_by_age(FILMS, 1, seed=1, width_months=0)
    with pytest.raises(InputError, match="bone age as read for the film x"):
        balanced_by_age([film("x", None)], 1, seed=1)
