"""Agreement between estimated and read bone ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ages = NDArray[np.float64]

AGE_BANDS_MONTHS = ((0, 48), (48, 96), (96, 132), (132, 168), (168, 229))


@dataclass(frozen=True)
class AgeFigures:
    """Agreement over a group of films; ages in months, shares 0 to 1.

    Attributes:
        films: Number of films.
        mae: Mean absolute error.
        mae_sd: Standard deviation of the absolute error.
        bias: Mean of estimate minus reading.
        rmse: Root of the mean squared error.
        ccc: Concordance correlation coefficient (Lin, Biometrics 1989; 45:255-268).
        within_6: Share of films within 6 months.
        within_12: Share within 12 months.
        within_24: Share within 24 months.
        coverage: Share of readings inside their intervals.
        width: Mean width of the intervals.
    """

    films: int
    mae: float
    mae_sd: float
    bias: float
    rmse: float
    ccc: float
    within_6: float
    within_12: float
    within_24: float
    coverage: float
    width: float


def age_figures(read: Ages, estimated: Ages, low: Ages, high: Ages) -> AgeFigures:
    """Compute the figures of a group of films, each array `(films,)` in months."""
    error = estimated - read
    size = np.abs(error)
    return AgeFigures(
        films=len(read),
        mae=float(size.mean()),
        mae_sd=float(size.std()),
        bias=float(error.mean()),
        rmse=float(np.sqrt((error**2).mean())),
        ccc=concordance(read, estimated),
        within_6=float((size <= 6).mean()),
        within_12=float((size <= 12).mean()),
        within_24=float((size <= 24).mean()),
        coverage=float(((read >= low) & (read <= high)).mean()),
        width=float((high - low).mean()),
    )


def concordance(first: Ages, second: Ages) -> float:
    """Concordance correlation coefficient; 0 where neither varies."""
    spread = first.var() + second.var() + (first.mean() - second.mean()) ** 2
    covariance = ((first - first.mean()) * (second - second.mean())).mean()
    return float(2 * covariance / spread) if spread > 0 else 0.0


def dice(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Dice coefficient of two masks; 1 where both are empty."""
    total = int(first.sum()) + int(second.sum())
    return 2 * int((first & second).sum()) / total if total else 1.0


def within_cells(figures: AgeFigures) -> list[str]:
    """The shares within 6, 12 and 24 months, as cells of a table."""
    return [percent(share, 0) for share in (figures.within_6, figures.within_12, figures.within_24)]


def percent(share: float, digits: int = 1) -> str:
    """Format a share: `89.9 %`."""
    return f"{100 * share:.{digits}f} %"


def to_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for a page of the docs."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
