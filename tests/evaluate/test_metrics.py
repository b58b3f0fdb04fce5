"""Measures of agreement, compared with results computed by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from openboneage.evaluate.metrics import AGE_BANDS_MONTHS, age_figures, concordance, dice, to_markdown

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
