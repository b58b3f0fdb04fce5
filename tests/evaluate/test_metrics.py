"""Figures of agreement, against numbers worked out by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from openboneage.evaluate.metrics import AGE_BANDS_MONTHS, age_figures, concordance, dice, to_markdown, wilson_interval

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


@pytest.mark.parametrize("films", [5, 50, 1250])
@pytest.mark.parametrize("share", [0.2, 0.8, 0.9])
def test_wilsons_interval_ends_where_the_share_would_be_refuted(share: float, films: int) -> None:
    low, high = ends = wilson_interval(share, films)

    assert low < share < high
    assert [abs(share - end) / np.sqrt(end * (1 - end) / films) for end in ends] == pytest.approx([1.959964] * 2)


@pytest.mark.parametrize("films", [5, 50, 1250])
def test_wilsons_interval_of_all_or_none_ends_there(films: int) -> None:
    reach = 1.959964**2 / (films + 1.959964**2)

    assert wilson_interval(0, films) == pytest.approx((0, reach), abs=1e-7)
    assert wilson_interval(1, films) == pytest.approx((1 - reach, 1), abs=1e-7)
