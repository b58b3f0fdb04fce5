"""Comparison of model sets, on invented readings."""

from __future__ import annotations

import pytest

from openboneage.errors import InputError
from openboneage.evaluate.compare import Contender, comparison_table
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests.evaluate.made import reading

FILMS = {"a": (60, Sex.FEMALE), "b": (100, Sex.MALE), "c": (180, Sex.MALE), "d": (140, Sex.FEMALE)}


def contender(name: str, errors: dict[str, float], refused: str = "") -> Contender:
    readings = [
        reading(
            film_id,
            *FILMS[film_id],
            estimated=FILMS[film_id][0] + error,
            verdict=Verdict.REJECT if film_id in refused else Verdict.ACCEPT,
        )
        for film_id, error in errors.items()
    ]
    return Contender(name, readings)


FIRST = contender("first", {"a": 4, "b": -8, "c": 10, "d": 90}, refused="d")
SECOND = contender("second", {"a": 2, "b": -4, "c": 8, "d": 2})


def rows(*contenders: Contender) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in comparison_table(contenders).splitlines()]


def test_figures_are_over_films_that_every_set_answers() -> None:
    _, _, *made = rows(FIRST, SECOND)

    assert [row[:4] for row in made] == [
        ["all", "first", "3", "1"],
        ["all", "second", "3", "0"],
        ["girls", "first", "1", "1"],
        ["girls", "second", "1", "0"],
        ["boys", "first", "2", "0"],
        ["boys", "second", "2", "0"],
    ]
    assert [row[4] for row in made[:2]] == ["7.33 ± 1.44", "4.67 ± 1.44"]
    assert [row[8:11] for row in made[:2]] == [["33 %", "100 %", "100 %"], ["67 %", "100 %", "100 %"]]


def test_differences_are_paired_and_to_the_first() -> None:
    head, rule, *made = rows(FIRST, SECOND)

    assert {len(row) for row in (head, rule, *made)} == {14}
    assert [row[-1] for row in made[::2]] == ["", "", ""]
    assert made[1][-1] == "-2.67 (-4.00 to -2.00)"
    assert made[3][-1] == "-2.00 (-2.00 to -2.00)"


def test_three_sets_are_compared_with_the_first() -> None:
    third = contender("third", {"a": 4, "b": -8, "c": 10, "d": 0})

    _, _, first, _, last, *_ = rows(FIRST, SECOND, third)

    assert first[4:13] == last[4:13]
    assert last[-1] == "+0.00 (+0.00 to +0.00)"


def test_a_group_without_films_has_no_row() -> None:
    boys = [Contender(each.name, each.readings[1:3]) for each in (FIRST, SECOND)]

    assert [row[0] for row in rows(*boys)[2:]] == ["all", "all", "boys", "boys"]


def test_sets_without_common_answers_are_not_compared() -> None:
    other = contender("other", {"a": 1, "b": 1, "c": 1, "d": 1}, refused="abc")

    with pytest.raises(InputError, match="none among 4"):
        comparison_table([FIRST, other])
