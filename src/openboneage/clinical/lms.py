"""The LMS method (Cole 1990): a skewed distribution described by its power L, median M and coefficient of variation S."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from openboneage.clinical.table_files import Table

_NO_SKEW = 1e-6


@dataclass(frozen=True)
class Lms:
    """L, M and S of a measurement at one age.

    Attributes:
        power: L, the Box-Cox power.
        median: M, in the unit of the measurement.
        variation: S, the coefficient of variation.
    """

    power: float
    median: float
    variation: float

    @classmethod
    def at(cls, table: Table, age_column: str, age: float, median_column: str) -> Lms:
        """Interpolate L, M and S linearly between the neighbouring ages of a table, in the unit of the column."""
        ages = table.column(age_column)
        return cls(*(float(np.interp(age, ages, table.column(name))) for name in ("L", median_column, "S")))

    def sds(self, value: float) -> float:
        """Return the standard deviation score of a positive value."""
        ratio = value / self.median
        if abs(self.power) < _NO_SKEW:
            return math.log(ratio) / self.variation
        return float((ratio**self.power - 1) / (self.power * self.variation))

    def value(self, sds: float) -> float:
        """Return the value at a standard deviation score: the inverse of `sds`."""
        if abs(self.power) < _NO_SKEW:
            return self.median * math.exp(self.variation * sds)
        return float(self.median * (1 + self.power * self.variation * sds) ** (1 / self.power))


def percentile(sds: float) -> float:
    """Return the percentile of a standard deviation score, 0 to 100."""
    return 50 * (1 + math.erf(sds / math.sqrt(2)))
