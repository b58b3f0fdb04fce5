"""The page of a table of predictions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.evaluate.age_report import WORST, age_report
from openboneage.evaluate.metrics import MEASURES, agreement
from openboneage.evaluate.page import Page, Section
from openboneage.evaluate.predictions import Predictions
from openboneage.subject import Sex

RNG = np.random.default_rng(3)
READ = RNG.integers(20, 220, 60).astype(float)
FILMS = tuple(
    Film(
        str(i), list(Sex)[i % 3], months, Split.HELD_OUT, race=("Asian", None)[i % 2], second_reading_months=(None, 90.0)[i % 2]
    )
    for i, months in enumerate(READ)
)
PREDICTIONS = Predictions(FILMS, READ + RNG.normal(0, 9, 60), None, None, Counter({"refused": 2}))


def section(page: Page, title: str) -> Section:
    return next(each for each in page.sections if each.title == title)


@pytest.fixture(scope="module")
def page() -> Page:
    return age_report(PREDICTIONS, "mine")


def test_every_measure_stands_with_its_interval(page: Page) -> None:
    rows = section(page, "Agreement").tables[0].rows
    values = {row[0]: row[1:] for row in rows}

    assert len(rows) == len(MEASURES)
    assert values["MAE (months)"][0] == f"{agreement(READ, PREDICTIONS.estimated).mae:.2f}"
    low, high = map(float, values["MAE (months)"][1].split(" to "))
    assert low < agreement(READ, PREDICTIONS.estimated).mae < high
    assert [row[0] for row in section(page, "Agreement").tables[1].rows] == [
        "same year", "within 1 year", "within 2 years", "mean average precision",
    ]  # fmt: skip


def test_coverage_is_shown_for_tables_with_intervals() -> None:
    intervals = PREDICTIONS.estimated[:, None] + np.array([-200.0, 200.0])
    rows = section(age_report(replace(PREDICTIONS, intervals=intervals), "mine"), "Agreement").tables[0].rows

    assert [list(row[:2]) for row in rows[-2:]] == [
        ["coverage of the intervals", "100.0 %"],
        ["width of the intervals (months)", "400.0"],
    ]


def test_groups_are_sexes_races_and_age_bands(page: Page) -> None:
    rows = section(page, "By sex, race and age").tables[0].rows

    assert [row[0] for row in rows[:5]] == ["all", "girls", "boys", "sex unknown", "Asian"]
    assert [row[1] for row in rows[:5]] == ["60", "20", "20", "20", "30"]
    assert rows[-1][0] == "168-228 months"


def test_two_readings_have_their_section(page: Page) -> None:
    second = section(page, "Two readings")
    once = Predictions(FILMS[::2], READ[::2], None, None, Counter())

    assert second.text == "Films read twice: 30."
    assert len(second.tables[0].rows) == 4
    assert "Two readings" not in {each.title for each in age_report(once, "once").sections}


def test_figures_are_drawn(page: Page) -> None:
    titles = [each.title for each in section(page, "Figures").pictures]

    assert titles == ["Predicted against actual", "Bland-Altman", "Error by age", "Confusion matrix"]


def test_largest_errors_come_first(page: Page) -> None:
    errors = [abs(float(row[-1])) for row in section(page, "Largest errors").tables[0].rows]

    assert errors == sorted(errors, reverse=True)
    assert len(errors) == WORST
    assert errors[0] == pytest.approx(np.abs(PREDICTIONS.estimated - READ).max(), abs=0.05)


def test_what_was_left_out_is_said(page: Page) -> None:
    assert page.lead == "Films with an estimate and a reading: 60. Left out: 2 refused."
    assert "2 refused" in page.html()


def test_probabilities_of_years_rank_the_films() -> None:
    probabilities = RNG.dirichlet(np.ones(19), 60)
    note = section(age_report(replace(PREDICTIONS, year_probabilities=probabilities), "mine"), "Agreement").tables[1].note

    assert "the probabilities of the table" in note


def test_one_film_has_a_page() -> None:
    page = age_report(Predictions(FILMS[:1], READ[:1], None, None, Counter()), "one")

    assert [each.title for each in section(page, "Figures").pictures] == [
        "Predicted against actual",
        "Error by age",
        "Confusion matrix",
    ]
