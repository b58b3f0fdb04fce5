"""Completed years, by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from openboneage.evaluate.years import average_precision, completed_years, confusion_matrix, year_figures

RNG = np.random.default_rng(20170826)
READ = RNG.integers(0, 229, 400).astype(float)
ESTIMATED = READ + RNG.normal(0, 10, 400)
PROBABILITIES = RNG.dirichlet(np.ones(19), 400)


def test_years_are_completed_and_end_at_18() -> None:
    assert completed_years(np.array([-3.0, 0, 11.9, 12, 130, 216, 228])).tolist() == [0, 0, 0, 1, 10, 18, 18]


def test_shares_by_hand() -> None:
    figures = year_figures(np.array([60.0, 60, 60, 60]), np.array([71.9, 72, 59, 95]))

    assert (figures.exact, figures.within_1, figures.within_2) == (0.25, 0.75, 1.0)


def test_shares_with_probabilities_are_those_of_the_most_probable_year() -> None:
    probabilities = np.eye(19)[[5, 8]] * 0.5 + 0.5 / 19

    figures = year_figures(np.array([65.0, 80.0]), np.array([0.0, 0.0]), probabilities)

    assert (figures.exact, figures.within_1, figures.within_2) == (0.5, 0.5, 1.0)
    assert figures.mean_average_precision == pytest.approx((1 + 0.5) / 2)


@pytest.mark.parametrize("ties", [False, True])
def test_average_precision_is_that_of_scikit_learn(ties: bool) -> None:
    scores = RNG.integers(0, 8, 400).astype(float) if ties else RNG.normal(size=400)
    relevant = completed_years(READ) == 10

    assert average_precision(relevant, scores) == pytest.approx(sklearn_metrics.average_precision_score(relevant, scores))


def test_mean_average_precision_is_that_of_scikit_learn() -> None:
    classes = completed_years(READ)
    present = np.unique(classes)
    expected = sklearn_metrics.average_precision_score(np.eye(19)[classes][:, present], PROBABILITIES[:, present])

    assert year_figures(READ, ESTIMATED, PROBABILITIES).mean_average_precision == pytest.approx(expected)


def test_better_estimates_have_a_higher_mean_average_precision() -> None:
    better = year_figures(READ, READ + (ESTIMATED - READ) / 4)

    assert year_figures(READ, ESTIMATED).mean_average_precision < better.mean_average_precision <= 1


def test_confusion_matrix_is_that_of_scikit_learn() -> None:
    expected = sklearn_metrics.confusion_matrix(completed_years(READ), completed_years(ESTIMATED), labels=range(19))

    assert np.array_equal(confusion_matrix(READ, ESTIMATED), expected)
