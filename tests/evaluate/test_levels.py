"""Tables of levels and ages: small hands whose errors are known."""

from __future__ import annotations

import numpy as np

from openboneage.evaluate.levels import age_group_table, correlation_table, level_table

BONES = ("radius", "ulna")
READ = np.array([[1, 2], [2, 4], [3, 6], [4, 8]])


def test_errors_of_levels_by_bone() -> None:
    predicted = READ + np.array([[0, 0], [0, 1], [0, -2], [1, 0]])

    assert level_table(BONES, READ, predicted).splitlines() == [
        "| 4 hands | accuracy | within one level | MAE, levels |",
        "| --- | --- | --- | --- |",
        "| radius | 75.0 % | 100.0 % | 0.25 |",
        "| ulna | 50.0 % | 75.0 % | 0.75 |",
        "| all | 62.5 % | 87.5 % | 0.50 |",
    ]


def test_bones_that_mature_together_correlate() -> None:
    assert correlation_table(BONES, READ).splitlines()[2:] == ["| radius | 1.00 | 1.00 |", "| ulna | 1.00 | 1.00 |"]


def test_a_bone_of_one_level_has_no_correlation() -> None:
    levels = np.stack([READ[:, 0], np.full(4, 7)], axis=1)

    assert correlation_table(BONES, levels).splitlines()[2:] == ["| radius | 1.00 | – |", "| ulna | – | – |"]


def test_errors_of_ages_by_group_in_years() -> None:
    read = np.array([18.0, 47.0, 100.0, 130.0])

    table = age_group_table(read, read + np.array([12.0, -24.0, 6.0, 0.0])).splitlines()

    assert table[2:] == [
        "| 0–3 years | 2 | 1.50 | 1.58 |",
        "| 8–11 years | 2 | 0.25 | 0.35 |",
        "| all, 0–18 years | 4 | 0.88 | 1.15 |",
        "| all, 2–18 years | 3 | 0.83 | 1.19 |",
    ]
