"""The value that every method of predicting adult height gives, and what the methods share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openboneage.clinical.table_files import Table
from openboneage.errors import RefusedError
from openboneage.findings import Finding
from openboneage.subject import format_age

Z_90 = 1.645  # 90 % of a normal distribution lie within this many SD
CENTRAL_90 = 0.9


@dataclass(frozen=True)
class ErrorBand:
    """How far a prediction may be off.

    Attributes:
        half_width_cm: Half the width of the band, cm.
        coverage: Share of children the band was made to hold, 0 to 1; `None` for a range that is a convention.
        source: Where the width comes from.
    """

    half_width_cm: float
    coverage: float | None
    source: str


@dataclass(frozen=True)
class HeightPrediction:
    """Adult height by one method.

    Attributes:
        method: Name of the method, such as `bayley-pinneau`.
        title: Its name for a person, with what was chosen among its tables.
        adult_height_cm: Predicted adult height, cm.
        error: Error band; `None` where the source of the method gives none that the tables hold.
        in_consensus: Whether it counts in the consensus: the target height of the parents and a second banding of the same
            equations do not.
        notes: What was done beyond reading the table.
        findings: What to know about tables and range.
    """

    method: str
    title: str
    adult_height_cm: float
    error: ErrorBand | None
    in_consensus: bool = True
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def weights_at(table: Table, age_column: str, age: float, weights: Sequence[str], *, months_per_unit: float) -> list[float]:
    """Return the weights of an equation at an age, on a straight line between the two ages of the table beside it.

    The equations are linear, so this is the line between the two predictions as well.

    Args:
        table: The rows of one sex, in the order of age.
        age_column: Column of the age.
        age: The age, in the unit of the column.
        weights: Columns to read.
        months_per_unit: Months in a unit of the column, for the message.

    Raises:
        RefusedError: The table does not hold this age.
    """
    ages = table.column(age_column)
    if not ages[0] <= age <= ages[-1]:
        first, last, got = (format_age(value * months_per_unit) for value in (ages[0], ages[-1], age))
        raise RefusedError(f"Holds {table.rows[0]['sex']} ages of {first} to {last}, got {got}.")
    return [float(np.interp(age, ages, table.column(name))) for name in weights]
