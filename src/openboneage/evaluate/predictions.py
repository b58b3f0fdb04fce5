"""A table of predictions: bone ages as read and as estimated, of this program or of any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from openboneage.datasets.film_set import Film
from openboneage.datasets.tables.delimited import Row
from openboneage.datasets.tables.labels import LabelTable
from openboneage.errors import InputError
from openboneage.evaluate.metrics import Ages
from openboneage.evaluate.years import LAST_YEAR
from openboneage.hand.quality import Verdict

YEAR_COLUMNS = tuple(f"year_{year}" for year in range(LAST_YEAR + 1))
"""Optional columns with the probability of each completed year."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Films with a reading and an estimate.

    Attributes:
        films: The films and their readings.
        estimated: Estimates in months, `(films,)`.
        intervals: Ends of their intervals in months, `(films, 2)`; None if the table has none.
        year_probabilities: Probability of each completed year, `(films, 19)`; None if the table has none.
        left_out: Number of other rows by reason.
    """

    films: tuple[Film, ...]
    estimated: Ages
    intervals: Ages | None
    year_probabilities: Ages | None
    left_out: Counter[str]

    @property
    def read(self) -> Ages:
        """Bone ages as read in months, `(films,)`."""
        return np.array([film.label_months for film in self.films])


def read_predictions(path: Path, mapping: Mapping[str, str] | None = None) -> Predictions:
    """Read a table such as `boneage evaluate ages --csv` writes; refused films and rows without both ages are left out.

    Args:
        path: The table: a film, a bone age as read, an estimate; optionally an interval, sex, race, a second reading, a
            verdict, and the probabilities `year_0` to `year_18`.
        mapping: Columns by field, if their names are not recognised.

    Raises:
        InputError: The table has no column for one of the ages, a value cannot be used, or no row has both.
    """
    labels = LabelTable.read(path, mapping)
    _check_columns(labels)
    films, numbers, left_out = list[Film](), list[list[float]](), Counter[str]()
    for key, row in labels.by_key("id", "path").items():
        film, estimated = labels.film(row, key), _number(labels, row, "estimated")
        if labels.columns.text(row, "verdict") == Verdict.REJECT:
            left_out["refused"] += 1
        elif film.bone_age_months is None or estimated is None:
            left_out["without a reading" if estimated is not None else "without an estimate"] += 1
        else:
            films.append(film)
            numbers.append([estimated, *_interval(labels, row), *_years(labels, row)])
    if not films:
        raise InputError(f"Expected films with a reading and an estimate in {path.name}, found none.")
    return _predictions(labels, tuple(films), np.array(numbers), left_out)


def _predictions(labels: LabelTable, films: tuple[Film, ...], numbers: Ages, left_out: Counter[str]) -> Predictions:
    intervals = 2 if _has_intervals(labels) else 0
    return Predictions(
        films,
        numbers[:, 0],
        numbers[:, 1:3] if intervals else None,
        numbers[:, 1 + intervals :] if _has_years(labels) else None,
        left_out,
    )


def _check_columns(labels: LabelTable) -> None:
    for kind, field in (("a bone age as read", "bone_age"), ("an estimate", "estimated")):
        if f"{field}_months" not in labels.columns and f"{field}_years" not in labels.columns:
            raise InputError(
                f"Expected a column with {kind} in {labels.table.path.name}; it has {', '.join(labels.table.columns)}. "
                f"Name it, as --columns {field}_months=COLUMN."
            )


def _has_intervals(labels: LabelTable) -> bool:
    return "low_months" in labels.columns and "high_months" in labels.columns


def _has_years(labels: LabelTable) -> bool:
    return set(YEAR_COLUMNS) <= set(labels.table.columns)


def _interval(labels: LabelTable, row: Row) -> list[float]:
    """Both ends; empty if the table has none."""
    if not _has_intervals(labels):
        return []
    low, high = _number(labels, row, "low"), _number(labels, row, "high")
    if low is None or high is None or low > high:
        raise InputError(f"{labels.table.path.name}, line {row.line}: Expected both ends of an interval, the lower one first.")
    return [low, high]


def _years(labels: LabelTable, row: Row) -> list[float]:
    """Probabilities of the years; empty if the table has none."""
    if not _has_years(labels):
        return []
    try:
        probabilities = [float(row.cells[name]) for name in YEAR_COLUMNS]
    except ValueError:
        probabilities = []
    if not probabilities or min(probabilities) < 0 or not 0.99 < sum(probabilities) < 1.01:
        raise InputError(
            f"{labels.table.path.name}, line {row.line}: Expected probabilities that sum to 1 in the columns year_0 to year_18."
        )
    return probabilities


def _number(labels: LabelTable, row: Row, field: str) -> float | None:
    try:
        return labels.columns.estimate_months(row, field)
    except InputError as error:
        raise InputError(f"{labels.table.path.name}, line {row.line}: {error}") from None
