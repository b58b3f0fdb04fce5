"""Bland-Altman analysis: bias and limits of agreement between estimates and readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from openboneage.evaluate.metrics import Ages

WITHIN_LIMITS = 1.96
"""Standard deviations that hold 95 % of normally distributed differences."""


@dataclass(frozen=True)
class LimitsOfAgreement:
    """Bias and limits of agreement in months, each with the half-width of its 95 % confidence interval.

    Attributes:
        bias: Mean difference, estimate minus reading.
        sd: Standard deviation of the differences.
        bias_error: Half-width of the interval of the bias.
        limit_error: Half-width of the interval of each limit.
    """

    bias: float
    sd: float
    bias_error: float
    limit_error: float

    @property
    def low(self) -> float:
        """Lower limit of agreement."""
        return self.bias - WITHIN_LIMITS * self.sd

    @property
    def high(self) -> float:
        """Upper limit of agreement."""
        return self.bias + WITHIN_LIMITS * self.sd


def limits_of_agreement(read: Ages, estimated: Ages) -> LimitsOfAgreement | None:
    """Compute bias and limits (Bland and Altman, Lancet 1986; 327:307-310), each array `(films,)` in months.

    The standard error of a limit is taken as the square root of 3 s²/n, as in that paper. None with fewer than three films.
    """
    films = len(read)
    if films < 3:
        return None
    differences = estimated - read
    sd = float(differences.std(ddof=1))
    quantile = float(t.ppf(0.975, films - 1))
    standard_error = sd / np.sqrt(films)
    return LimitsOfAgreement(
        float(differences.mean()), sd, quantile * standard_error, float(quantile * np.sqrt(3) * standard_error)
    )
