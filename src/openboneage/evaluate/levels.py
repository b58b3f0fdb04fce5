"""Maturity levels and their ages, in the tables of precise-BAA 2022: by bone (Fig. 14, Table 1) and by age (Table 2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openboneage.evaluate.metrics import percent, to_markdown
from openboneage.subject import MONTHS_PER_YEAR

Levels = NDArray[np.int64]
"""Level of each bone of each hand, `(hands, bones)`."""

AGE_GROUPS = ((0, 3), (4, 7), (8, 11), (12, 15), (16, 18), (0, 18), (2, 18))
"""Whole years of age, first and last, as in Table 2."""


def level_table(bones: Sequence[str], read: Levels, predicted: Levels) -> str:
    """Accuracy, accuracy within one level and mean absolute error of the level, by bone and over all."""
    errors = np.abs(predicted - read)
    columns = [*((name, errors[:, number]) for number, name in enumerate(bones)), ("all", errors.ravel())]
    rows = [
        [name, percent(float((error == 0).mean())), percent(float((error <= 1).mean())), f"{error.mean():.2f}"]
        for name, error in columns
    ]
    return to_markdown((f"{len(read)} hands", "accuracy", "within one level", "MAE, levels"), rows)


def correlation_table(bones: Sequence[str], levels: Levels) -> str:
    """Pearson correlation of the levels of each pair of bones; a dash where a bone has only one level."""
    with np.errstate(invalid="ignore", divide="ignore"):
        matrix = np.atleast_2d(np.corrcoef(levels, rowvar=False))
    rows = [
        [name, *("–" if np.isnan(value) else f"{value:.2f}" for value in row)] for name, row in zip(bones, matrix, strict=True)
    ]
    return to_markdown(("", *bones), rows)


def age_group_table(read_months: NDArray[np.float64], estimated_months: NDArray[np.float64]) -> str:
    """MAE and RMSE of the age in years, by group of age as read, in months; groups without a hand are left out."""
    years, errors = np.floor(read_months / MONTHS_PER_YEAR), (estimated_months - read_months) / MONTHS_PER_YEAR
    rows = []
    for first, last in AGE_GROUPS:
        own = errors[(years >= first) & (years <= last)]
        if len(own):
            name = f"{'all, ' if last - first > 4 else ''}{first}–{last} years"
            rows.append([name, str(len(own)), f"{np.abs(own).mean():.2f}", f"{np.sqrt((own**2).mean()):.2f}"])
    return to_markdown(("age as read", "hands", "MAE, years", "RMSE, years"), rows)
