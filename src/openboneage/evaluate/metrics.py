"""Agreement between estimated and read bone ages.

A measure takes readings and estimates in months, each `(..., films)`, and returns a value for each leading index: so the same
code serves a group of films and its bootstrap resamples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Ages = NDArray[np.float64]
Measure = Callable[[Ages, Ages], Ages]

AGE_BANDS_MONTHS = ((0, 48), (48, 96), (96, 132), (132, 168), (168, 229))


def mean_absolute_error(read: Ages, estimated: Ages) -> Ages:
    """Mean absolute error, in months."""
    return np.asarray(np.abs(estimated - read).mean(axis=-1))


def bias(read: Ages, estimated: Ages) -> Ages:
    """Mean of estimate minus reading, in months."""
    return np.asarray((estimated - read).mean(axis=-1))


def mean_squared_error(read: Ages, estimated: Ages) -> Ages:
    """Mean squared error, in months squared."""
    return np.asarray(((estimated - read) ** 2).mean(axis=-1))


def root_mean_squared_error(read: Ages, estimated: Ages) -> Ages:
    """Root of the mean squared error, in months."""
    return np.asarray(np.sqrt(mean_squared_error(read, estimated)))


def root_mean_squared_percentage_error(read: Ages, estimated: Ages) -> Ages:
    """Root of the mean squared error as a share of the reading (RidgeNet 2021, equation 6); readings of 0 are left out."""
    known = read > 0
    share = np.where(known, (estimated - read) / np.where(known, read, 1.0), 0.0)
    return np.asarray(np.sqrt((share**2).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)))


def concordance(first: Ages, second: Ages) -> Ages:
    """Concordance correlation coefficient (Lin, Biometrics 1989; 45:255-268); 0 where neither varies."""
    apart = (first.mean(axis=-1) - second.mean(axis=-1)) ** 2
    return _ratio(2 * _covariance(first, second), first.var(axis=-1) + second.var(axis=-1) + apart)


def correlation(first: Ages, second: Ages) -> Ages:
    """Pearson's correlation coefficient; 0 where one does not vary."""
    return _ratio(_covariance(first, second), first.std(axis=-1) * second.std(axis=-1))


def _covariance(first: Ages, second: Ages) -> Ages:
    apart = (first - first.mean(axis=-1, keepdims=True)) * (second - second.mean(axis=-1, keepdims=True))
    return np.asarray(apart.mean(axis=-1))


def _ratio(above: Ages, below: Ages) -> Ages:
    """A quotient; 0 where the divisor is 0."""
    return np.asarray(np.divide(above, below, out=np.zeros_like(below), where=below > 0))


def share_within(months: float) -> Measure:
    """The share of films whose error is no larger."""
    return lambda read, estimated: np.asarray((np.abs(estimated - read) <= months).mean(axis=-1))


MEASURES: Mapping[str, Measure] = {
    "mae": mean_absolute_error,
    "bias": bias,
    "rmse": root_mean_squared_error,
    "mse": mean_squared_error,
    "rmspe": root_mean_squared_percentage_error,
    "ccc": concordance,
    "pearson": correlation,
    "within_6": share_within(6),
    "within_12": share_within(12),
    "within_24": share_within(24),
}
"""The measures by the names that `Agreement` gives them."""


@dataclass(frozen=True)
class Agreement:
    """Agreement over a group of films; ages in months, shares 0 to 1.

    Attributes:
        films: Number of films.
        mae: Mean absolute error.
        mae_sd: Standard deviation of the absolute error.
        bias: Mean of estimate minus reading.
        rmse: Root of the mean squared error.
        mse: Mean squared error, in months squared.
        rmspe: Root of the mean squared error as a share of the reading.
        ccc: Concordance correlation coefficient.
        pearson: Correlation coefficient.
        within_6: Share of films within 6 months.
        within_12: Share within 12 months.
        within_24: Share within 24 months.
    """

    films: int
    mae: float
    mae_sd: float
    bias: float
    rmse: float
    mse: float
    rmspe: float
    ccc: float
    pearson: float
    within_6: float
    within_12: float
    within_24: float


def agreement(read: Ages, estimated: Ages) -> Agreement:
    """Compute the figures of a group of films, each array `(films,)` in months."""
    values = {name: float(measure(read, estimated)) for name, measure in MEASURES.items()}
    return Agreement(films=len(read), mae_sd=float(np.abs(estimated - read).std()), **values)


@dataclass(frozen=True)
class AgeFigures(Agreement):
    """Agreement of films whose estimates have an interval.

    Attributes:
        coverage: Share of readings inside their intervals.
        width: Mean width of the intervals.
    """

    coverage: float
    width: float


def age_figures(read: Ages, estimated: Ages, low: Ages, high: Ages) -> AgeFigures:
    """Compute the figures of a group of films with intervals, each array `(films,)` in months."""
    return AgeFigures(
        **asdict(agreement(read, estimated)),
        coverage=float(((read >= low) & (read <= high)).mean()),
        width=float((high - low).mean()),
    )


def dice(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Dice coefficient of two masks; 1 where both are empty."""
    total = int(first.sum()) + int(second.sum())
    return 2 * int((first & second).sum()) / total if total else 1.0


def within_cells(figures: Agreement) -> list[str]:
    """The shares within 6, 12 and 24 months, as cells of a table."""
    return [percent(share, 0) for share in (figures.within_6, figures.within_12, figures.within_24)]


def percent(share: float, digits: int = 1) -> str:
    """Format a share: `89.9 %`."""
    return f"{100 * share:.{digits}f} %"


def to_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for a page of the docs."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
