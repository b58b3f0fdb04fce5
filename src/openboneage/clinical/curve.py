"""The curve of a standard: from a total maturity score to a bone age, and back.

A table contains the median score at each age; the bone age of a score is the age at which it is the median. The rules for every
table:

- A row without a score, or with a score of 0, is left out: a standard starts at its first usable median. A lower score is
  "below" that age.
- If consecutive ages share a score, its age is the middle of them; the age of the adult score of 1000 is the first of them.
- 1000, and any score above the last median of the table, is "mature", not an age: the hand of an adult has the same score.

Tables in steps of a tenth of a year are interpolated linearly. Tables in steps of a quarter or half a year are interpolated
with a monotone cubic (PCHIP), which follows the growth spurt and never overshoots; straight lines would be off by up to a
month.
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
    """Whether a score has an age, or lies beyond an end of its table."""

    BELOW = "below"
    AGE = "age"
    MATURE = "mature"


@dataclass(frozen=True)
class AgeReading:
    """The age of a score.

    Attributes:
        state: `age`, or `below` the table, or `mature`.
        age_months: Bone age in months; `None` unless the state is `age`.
        limit_months: Age at which the table begins (`below`) or maturity is reached (`mature`); equals the age otherwise.
    """

    state: AgeState
    age_months: float | None
    limit_months: float

    def __str__(self) -> str:
        """Format the age for people: `9 y 3 m`, `below 2 y 0 m`, `mature (from 16 y 6 m)`."""
        text = format_age(self.limit_months)
        return {AgeState.BELOW: f"below {text}", AgeState.AGE: text, AgeState.MATURE: f"mature (from {text})"}[self.state]


@dataclass(frozen=True, eq=False)
class ScoreCurve:
    """A strictly monotone curve between scores and ages.

    Attributes:
        first_score: Score at which the table begins.
        ages_months: Age for each whole score from the first on, rising, `(n,)`, months.
        adult_months: Age from which a hand is mature, months.
    """

    first_score: int
    ages_months: FloatArray
    adult_months: float

    @classmethod
    def through(cls, scores: FloatArray, ages_years: FloatArray, *, smooth: bool, from_score: float = 0.0) -> ScoreCurve:
        """Fit the curve to the rows of a table.

        Args:
            scores: Median score of each row, rising, `(rows,)`.
            ages_years: Age of each row in years, `(rows,)`.
            smooth: Interpolate with a monotone cubic instead of linearly.
            from_score: Below this score the table is not used for an age.
        """
        knots = np.unique(scores[scores > 0])  # also drops NaN
        ages = np.array([_age_at(knot, scores, ages_years) for knot in knots])
        ages = np.round(ages * MONTHS_PER_YEAR, 6)  # 1.6 years are 19.2 months
        whole = np.arange(np.ceil(max(knots[0], from_score)), np.floor(knots[-1]) + 1)
        curve = _pchip(knots, ages, whole) if smooth else np.interp(whole, knots, ages)
        curve.setflags(write=False)
        return cls(int(whole[0]), curve, float(ages[-1]))

    @property
    def first_months(self) -> float:
        """Age at which the table begins, months."""
        return float(self.ages_months[0])

    @property
    def last_score(self) -> int:
        """The last score that has an age."""
        return min(self.first_score + len(self.ages_months), ADULT_SCORE) - 1

    def read(self, score: int) -> AgeReading:
        """Read a total score, 0 to 1000."""
        if score > self.last_score:
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
            raise InputError(f"The curve covers ages of {ends}, got {age_months:.1f} months.")
        scores = self.first_score + np.arange(len(self.ages_months))
        return float(np.interp(age_months, self.ages_months, scores))


def _age_at(score: float, scores: FloatArray, ages_years: FloatArray) -> float:
    """Return the age of a score, years: the middle of its rows; of the adult score the first row."""
    ages = ages_years[scores == score]
    return float(ages[0] if score == ADULT_SCORE else ages.mean())


def _pchip(scores: FloatArray, ages_months: FloatArray, at: FloatArray) -> FloatArray:
    # scipy.interpolate takes 0.3 s to import, longer than `boneage --help` takes: import it only where it is needed.
    from scipy.interpolate import PchipInterpolator

    return np.asarray(PchipInterpolator(scores, ages_months)(at))
