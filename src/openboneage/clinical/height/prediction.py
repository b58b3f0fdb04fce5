"""The result of every method of adult height prediction, and functions that the methods share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from openboneage.clinical.table_files import Table, load_table
from openboneage.errors import RefusedError
from openboneage.findings import Finding
from openboneage.subject import Sex, format_age

Z_90 = 1.645  # 90 % of a normal distribution lie within this many SD
CENTRAL_90 = 0.9

_PUBLISHED_ERRORS = "prediction_errors.csv"


class Cohort(StrEnum):
    """The children that a method was fitted on. Methods of one cohort share one vote in the consensus."""

    BERKELEY = "Berkeley"
    FELS = "Fels"
    BRITISH = "British longitudinal studies"
    DELAYED_BOYS = "boys with constitutional delay"
    SHORT_STATURE = "children with idiopathic short stature"
    PARENTS = "parents"


@dataclass(frozen=True)
class ErrorBand:
    """Interval that contains the true adult height for a share of children.

    Attributes:
        low_cm: Lower end, cm.
        high_cm: Upper end, cm.
        coverage: Share of children inside, 0 to 1; `None` for a range that is a convention.
        source: Source of the width.
    """

    low_cm: float
    high_cm: float
    coverage: float | None
    source: str

    @classmethod
    def around(cls, height_cm: float, half_width_cm: float, coverage: float | None, source: str) -> ErrorBand:
        """Return a symmetric band around a height, cm."""
        return cls(height_cm - half_width_cm, height_cm + half_width_cm, coverage, source)


@dataclass(frozen=True)
class HeightPrediction:
    """Adult height by one method.

    Attributes:
        method: Name of the method, such as `bayley-pinneau`.
        title: Its name for people, with the table that was used.
        cohort: The children that the method was fitted on.
        adult_height_cm: Predicted adult height, cm.
        error: Error band; `None` where the source of the method gives none at this age.
        in_consensus: Whether the prediction counts in the consensus.
        notes: Steps beyond reading the table.
        findings: Findings on the tables, and why a prediction does not count.
    """

    method: str
    title: str
    cohort: Cohort
    adult_height_cm: float
    error: ErrorBand | None
    in_consensus: bool = True
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def weights_at(table: Table, age_column: str, age: float, weights: Sequence[str], *, months_per_unit: float) -> list[float]:
    """Return the weights of an equation at an age, interpolated linearly between the rows of the table.

    The equations are linear, so this equals interpolating between the two predictions.

    Args:
        table: The rows of one sex, in the order of age.
        age_column: Column of the age.
        age: The age, in the unit of the column.
        weights: Columns to read.
        months_per_unit: Months in a unit of the column, for the message.

    Raises:
        RefusedError: The table does not cover this age.
    """
    ages = table.column(age_column)
    if not ages[0] <= age <= ages[-1]:
        first, last, got = (format_age(value * months_per_unit) for value in (ages[0], ages[-1], age))
        raise RefusedError(f"Covers {table.rows[0]['sex']} ages from {first} to {last}, got {got}.")
    return [float(np.interp(age, ages, table.column(name))) for name in weights]


def published_error(method: str, sex: Sex, statistic: str) -> tuple[float, float, float]:
    """Return a published error of a method: its value and its lower and upper limit, cm; values that are not printed are NaN.

    Args:
        method: Method as the table writes it, such as `Khamis-Guo 1993`.
        sex: Sex of the child.
        statistic: How the statistic begins in the table.
    """
    rows = load_table(_PUBLISHED_ERRORS).where(method=method, sex=sex)
    numbers = (rows.column(name) for name in ("value_cm", "low_cm", "high_cm"))
    row = next(i for i, cells in enumerate(rows.rows) if cells["statistic"].startswith(statistic))
    value, low, high = (float(column[row]) for column in numbers)
    return value, low, high


def published_error_findings(sex: Sex) -> tuple[Finding, ...]:
    """Return findings on the table of published errors."""
    return load_table(_PUBLISHED_ERRORS).findings(sex)
