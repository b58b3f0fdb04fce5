"""Measures of agreement, compared with results computed by hand, and with those of scikit-learn and scipy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn import metrics as sklearn_metrics

from openboneage.evaluate.metrics import AGE_BANDS_MONTHS, MEASURES, age_figures, agreement, concordance, dice, to_markdown

READ = np.array([10.0, 20.0, 30.0, 40.0])
ESTIMATED = np.array([10.0, 26.0, 18.0, 65.0])  # off by 0, +6, -12, +25


def test_figures_by_hand() -> None:
    figures = age_figures(READ, ESTIMATED, ESTIMATED - 12, ESTIMATED + 12)

    assert figures.films == 4
    assert figures.mae == pytest.approx(43 / 4)
    assert figures.mae_sd == pytest.approx(np.sqrt(805 / 4 - (43 / 4) ** 2))
    assert figures.bias == pytest.approx(19 / 4)
    assert figures.rmse == pytest.approx(np.sqrt(805 / 4))
    assert (figures.within_6, figures.within_12, figures.within_24) == (0.5, 0.75, 0.75)
    assert (figures.coverage, figures.width) == (0.75, 24)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 2, 3], [2, 3, 4], 4 / 7),  # 2 (2/3) / (2/3 + 2/3 + 1)
        ([1, 2, 3], [2, 4, 6], 8 / 22),  # 2 (4/3) / (2/3 + 8/3 + 4)
        ([1, 2, 3], [2, 2, 2], 0.0),
        ([5, 5], [5, 5], 0.0),
    ],
)
def test_concordance_by_hand(first: list[float], second: list[float], expected: float) -> None:
    assert concordance(np.array(first, float), np.array(second, float)) == pytest.approx(expected)
    assert concordance(np.array(second, float), np.array(first, float)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 1, 0, 0], [1, 1, 0, 0], 1.0),
        ([1, 1, 0, 0], [0, 1, 1, 0], 0.5),
        ([1, 1, 1, 0], [1, 0, 0, 0], 0.5),
        ([1, 0, 0, 0], [0, 0, 0, 1], 0.0),
        ([0, 0, 0, 0], [0, 0, 0, 0], 1.0),
    ],
)
def test_dice_by_hand(first: list[int], second: list[int], expected: float) -> None:
    assert dice(np.array(first, bool), np.array(second, bool)) == expected


def test_age_bands_leave_no_gap() -> None:
    assert AGE_BANDS_MONTHS[0][0] == 0
    assert AGE_BANDS_MONTHS[-1][1] > 228
    assert all(before[1] == after[0] for before, after in pairwise(AGE_BANDS_MONTHS))


def test_a_table_is_markdown() -> None:
    assert to_markdown(("films", "MAE"), [["all", "8.1"]]) == "| films | MAE |\n| --- | --- |\n| all | 8.1 |"


RNG = np.random.default_rng(20170826)
MANY_READ = RNG.integers(1, 229, 300).astype(float)
MANY_ESTIMATED = MANY_READ + RNG.normal(1, 9, 300)


def test_errors_are_those_of_scikit_learn() -> None:
    figures = agreement(MANY_READ, MANY_ESTIMATED)

    assert figures.mae == pytest.approx(sklearn_metrics.mean_absolute_error(MANY_READ, MANY_ESTIMATED))
    assert figures.mse == pytest.approx(sklearn_metrics.mean_squared_error(MANY_READ, MANY_ESTIMATED))
    assert figures.rmse == pytest.approx(sklearn_metrics.root_mean_squared_error(MANY_READ, MANY_ESTIMATED))
    percentage = sklearn_metrics.mean_squared_error(np.ones(300), MANY_ESTIMATED / MANY_READ)
    assert figures.rmspe == pytest.approx(np.sqrt(percentage))


def test_correlation_is_that_of_scipy_and_concordance_follows_from_it() -> None:
    figures = agreement(MANY_READ, MANY_ESTIMATED)
    scale = MANY_READ.std() / MANY_ESTIMATED.std()
    shift = (MANY_READ.mean() - MANY_ESTIMATED.mean()) / np.sqrt(MANY_READ.std() * MANY_ESTIMATED.std())

    assert figures.pearson == pytest.approx(pearsonr(MANY_READ, MANY_ESTIMATED).statistic)
    assert figures.ccc == pytest.approx(figures.pearson * 2 / (scale + 1 / scale + shift**2))  # Lin 1989, equation 3


def test_percentage_error_leaves_out_readings_of_zero() -> None:
    assert agreement(np.array([0.0, 10.0]), np.array([5.0, 12.0])).rmspe == pytest.approx(0.2)
    assert agreement(np.array([0.0]), np.array([5.0])).rmspe == 0


@pytest.mark.parametrize("name", MEASURES)
def test_measures_of_several_groups_at_once_are_those_of_each(name: str) -> None:
    read, estimated = MANY_READ.reshape(3, 100), MANY_ESTIMATED.reshape(3, 100)

    together = MEASURES[name](read, estimated)

    assert together == pytest.approx([getattr(agreement(*pair), name) for pair in zip(read, estimated, strict=True)])
