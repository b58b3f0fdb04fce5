"""Limits of the accuracy, on invented readings, compared with results computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.accuracy_limits import (
    archive_table,
    as_native,
    errors_by_range,
    learned_table,
    limits_report,
    preferred_ages_table,
)
from openboneage.evaluate.ages import Reading
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests.evaluate.made import reading

NONE = np.array([])
ERRORS = {
    Split.TRAIN: [np.array([3.0, -3]), NONE, NONE, np.array([1.0, 1])],
    Split.HELD_OUT: [np.array([12.0, -8]), np.array([6.0]), NONE, np.array([4.0, 4, -4])],
    Split.NATIVE: [np.array([9.0, 15, -9]), NONE, np.array([2.0]), np.array([7.0])],
}


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def off(film_id: str, error: float, verdict: Verdict = Verdict.ACCEPT) -> Reading:
    return reading(film_id, 100, Sex.MALE, 100 + error, verdict=verdict)


def test_readings_are_grouped_by_their_month_of_the_year() -> None:
    ages = [(12, Split.TRAIN), (120, Split.TRAIN), (18, Split.TRAIN), (50, Split.TRAIN), (30, Split.NATIVE)]

    table = preferred_ages_table([Film(str(i), Sex.MALE, age, split) for i, (age, split) in enumerate(ages)])

    assert cells(table) == [
        ["all", "5", "40.0 %", "40.0 %", "20.0 %"],
        ["train", "4", "50.0 %", "25.0 %", "25.0 %"],
        ["native", "1", "0.0 %", "100.0 %", "0.0 %"],
    ]


def test_errors_are_sorted_by_id_and_those_of_refused_films_left_out() -> None:
    films = [
        off("3999", 5),
        off("4000", -2),
        off("12000", 7),
        off("11999", 1),
        off("1377", 4),
        off("15000", 60, Verdict.REJECT),
    ]

    errors = errors_by_range(films)

    assert [list(np.rint(each)) for each in errors] == [[5, 4], [-2], [1], [7]]


def test_learned_films_are_named_as_such() -> None:
    assert cells(learned_table(ERRORS)) == [
        ["training, every 8th: the program was trained on them", "4", "2.00 ± 0.50", "+0.50"],
        ["held-out", "6", "6.33 ± 1.19", "+2.33"],
    ]


def test_a_range_has_a_row_for_each_set_with_films() -> None:
    rows = cells(archive_table(ERRORS))

    assert [(row[0], row[1].split(",")[0], row[2]) for row in rows] == [
        ("below 4000", "training", "2"), ("below 4000", "held-out", "2"), ("below 4000", "native", "3"),
        ("4000-7999", "held-out", "1"), ("8000-11999", "native", "1"),
        ("from 12000", "training", "2"), ("from 12000", "held-out", "3"), ("from 12000", "native", "1"),
    ]  # fmt: skip
    assert rows[1][3:] == ["10.00 ± 1.41", "+2.00"]


def test_held_out_films_are_weighted_like_the_native_ones() -> None:
    assert as_native(ERRORS[Split.HELD_OUT], ERRORS[Split.NATIVE]) == (
        "Held-out films, weighted by the 4 native films in each range of ids, have an MAE of 8.50 months; unweighted 6.33. "
        "The native films have 8.40."
    ), "(3 x 10 + 1 x 4) / 4: no held-out film lies where the fifth does"


def test_films_that_lie_apart_are_not_weighted() -> None:
    there = np.array([1.0])

    assert as_native([there, NONE, NONE, NONE], [NONE, there, NONE, NONE]).startswith("No range of ids has both")


def test_the_report_has_three_tables_and_a_sentence() -> None:
    readings = {split: [off("3000", 2), off("13000", 4)] for split in ERRORS}

    *tables, closing = limits_report([each.film for each in readings[Split.TRAIN]], readings).split("\n\n")

    assert [len({line.count("|") for line in table.splitlines()}) for table in tables] == [1, 1, 1]
    assert closing.endswith("The native films have 3.00.")


def test_a_split_without_an_answer_gives_no_report() -> None:
    readings = {split: [off("3000", 2)] for split in ERRORS} | {Split.NATIVE: [off("3000", 2, Verdict.REJECT)]}

    with pytest.raises(InputError, match="all of the split native were refused"):
        limits_report([], readings)
