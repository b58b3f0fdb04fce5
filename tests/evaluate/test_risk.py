"""Refusal by the interval's width, compared with results computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.errors import InputError
from openboneage.evaluate.risk import area, order_table, refusals_needed, risk_report, risk_table, widest_first
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests.evaluate.made import reading

WIDTHS = np.array([60.0, 50, 40, 30])
ERRORS = np.array([30.0, 4, 40, 2])
READINGS = [
    reading("a", 60, Sex.FEMALE, 62, sd=4),
    reading("b", 100, Sex.MALE, 130, sd=9),
    reading("c", 100, Sex.MALE, 104, sd=6),
    reading("d", 100, Sex.MALE, 180, verdict=Verdict.REJECT),
]


def test_answered_films_come_widest_first() -> None:
    widths, errors = widest_first(READINGS)

    assert errors == pytest.approx([30, 4, 2], abs=0.01)
    assert widths == pytest.approx([2 * 1.645 * sd for sd in (9, 6, 4)], rel=0.01)


def test_figures_are_of_the_films_that_are_left() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in risk_table(WIDTHS, ERRORS).splitlines()[2:]]

    assert rows[0] == ["0 %", "4", "19.00", "25.10", "50.0 %", "50.0 %", "40.0", "60.0"]
    assert rows[-2] == ["30 %", "3", "15.33", "23.24", "33.3 %", "33.3 %", "40.0", "50.0"]
    assert rows[-1] == ["50 %", "2", "21.00", "28.32", "50.0 %", "50.0 %", "40.0", "40.0"]


def test_the_area_is_a_mean_over_numbers_kept() -> None:
    assert area(ERRORS) == pytest.approx(np.mean([2, 21, 46 / 3, 19]))
    assert area(np.full(7, 5.0)) == 5


@pytest.mark.parametrize(
    ("errors", "gained"),
    [([40.0, 30, 4, 2], "100 %"), ([2.0, 4, 30, 40], "-107 %"), ([5.0, 5, 5], "0 %")],
    ids=["best", "worst", "all equal"],
)
def test_the_gain_is_full_for_the_best_order(errors: list[float], gained: str) -> None:
    best, given, random = (line.strip("| ").split(" | ") for line in order_table(np.array(errors)).splitlines()[2:])

    assert given[2] == gained
    assert float(best[1]) <= float(given[1])
    assert float(random[1]) == pytest.approx(np.mean(errors))


def test_refusals_reach_to_the_last_large_error() -> None:
    assert refusals_needed(WIDTHS, ERRORS, 24) == (
        "To leave none of the 2 errors over 24 months, 75.0 % of the films must be refused: "
        "those with an interval of 40.0 months or more."
    )
    assert "none of the 1 errors over 36" in refusals_needed(WIDTHS, ERRORS, 36)
    assert refusals_needed(WIDTHS, ERRORS, 40) == "No error is over 40 months."


def test_the_report_ends_with_the_refusals_needed() -> None:
    *tables, needs = risk_report(READINGS).split("\n\n")

    assert [len({line.count("|") for line in table.splitlines()}) for table in tables] == [1, 1]
    assert needs.startswith("To leave none of the 1 errors over 24 months, 33.3 % of the films")
    assert needs.endswith("No error is over 36 months.")


def test_films_that_are_all_refused_give_no_report() -> None:
    with pytest.raises(InputError, match="all 1 were refused"):
        risk_report(READINGS[3:])
