"""The curve of a standard: from a total maturity score to a bone age, and back.

A table gives the median score at each age. Read backwards it gives the age at which a score is the median one. Three rules
hold for every table:

- A row without a score, or with score 0, tells nothing about age and is left out, so that a standard starts at its first
  median above 0. A lower score is "below" that age: no age is made up for it.
- Where consecutive ages share a score, that score reads as the middle of them.
- The last row is the adult score. It is "mature", not an age: the hand of a grown man would read the same.

Tables in steps of a tenth of a year are read along straight lines. Tables in steps of half a year are read along a monotone
cubic (PCHIP), which keeps the bend of the growth spurt and never overshoots; straight lines there would be wrong by up to a
month between two rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from openboneage.clinical.table_files import FloatArray
from openboneage.errors import InputError
from openboneage.subject import MONTHS_PER_YEAR, format_age

ADULT_SCORE = 1000


class AgeState(StrEnum):
    """Whether a score reads as an age, or lies beyond an end of its table."""

    BELOW = "below"
    AGE = "age"
    MATURE = "mature"


@dataclass(frozen=True)
class AgeReading:
    """What a score means.

    Attributes:
        state: `age`, or `below` the table, or `mature`.
        age_months: Bone age in months; `None` unless the state is `age`.
        limit_months: Age at which the table begins (`below`) or maturity is reached (`mature`); equals the age otherwise.
    """

    state: AgeState
    age_months: float | None
    limit_months: float

    def __str__(self) -> str:
        """Write the reading for a person: `9 y 3 m`, `below 2 y 0 m`, `mature (from 16 y 6 m)`."""
        text = format_age(self.limit_months)
        return {AgeState.BELOW: f"below {text}", AgeState.AGE: text, AgeState.MATURE: f"mature (from {text})"}[self.state]


@dataclass(frozen=True, eq=False)
class ScoreCurve:
    """A strictly monotone curve between scores and ages.

    Attributes:
        first_score: Score at which the table begins.
        ages_months: Age for each whole score from the first to 1000, `(1001 - first_score,)`, months.
    """

    first_score: int
    ages_months: FloatArray

    @classmethod
    def through(cls, scores: FloatArray, ages_years: FloatArray, *, smooth: bool) -> ScoreCurve:
        """Draw the curve through the rows of a table.

        Args:
            scores: Median score of each row, rising, `(rows,)`.
            ages_years: Age of each row in years, `(rows,)`.
            smooth: Along a monotone cubic instead of straight lines.
        """
        usable = scores > 0  # leaves out NaN too
        knots = np.unique(scores[usable])
        ages = np.array([ages_years[scores == knot].mean() for knot in knots])
        ages = np.round(ages * MONTHS_PER_YEAR, 6)  # 1.6 years are 19.2 months
        whole = np.arange(knots[0], ADULT_SCORE + 1)
        curve = _pchip(knots, ages, whole) if smooth else np.interp(whole, knots, ages)
        curve.setflags(write=False)
        return cls(int(knots[0]), curve)

    @property
    def first_months(self) -> float:
        """Age at which the table begins, months."""
        return float(self.ages_months[0])

    @property
    def adult_months(self) -> float:
        """Age at which the score of an adult is the median one, months."""
        return float(self.ages_months[-1])

    def read(self, score: int) -> AgeReading:
        """Read a total score, 0 to 1000."""
        if score >= ADULT_SCORE:
            return AgeReading(AgeState.MATURE, None, self.adult_months)
        if score < self.first_score:
            return AgeReading(AgeState.BELOW, None, self.first_months)
        months = float(self.ages_months[score - self.first_score])
        return AgeReading(AgeState.AGE, months, months)

    def score_at(self, age_months: float) -> float:
        """Return the median score at an age in months.

        Raises:
            InputError: The age lies outside the table.
        """
        if not self.first_months <= age_months <= self.adult_months:
            ends = f"{self.first_months:.0f} to {self.adult_months:.0f} months"
            raise InputError(f"The curve holds ages of {ends}, got {age_months:.1f} months.")
        scores = np.arange(self.first_score, ADULT_SCORE + 1)
        return float(np.interp(age_months, self.ages_months, scores))


def _pchip(scores: FloatArray, ages_months: FloatArray, at: FloatArray) -> FloatArray:
    # scipy.interpolate takes 0.3 s to import, more than all of `boneage --help`: only two standards need it.
    from scipy.interpolate import PchipInterpolator

    return np.asarray(PchipInterpolator(scores, ages_months)(at))
