"""Bone age in completed years, as the classes of Lee et al. 2017: accuracy, confusion matrix, mean average precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openboneage.evaluate.metrics import Ages
from openboneage.subject import MONTHS_PER_YEAR

LAST_YEAR = 18
"""Skeletally mature hands count as 18 years."""
Years = NDArray[np.int_]


@dataclass(frozen=True)
class YearFigures:
    """Agreement of completed years; shares 0 to 1.

    Attributes:
        exact: Share of films with the same year.
        within_1: Share within one year.
        within_2: Share within two years.
        mean_average_precision: Mean over the years that were read of the average precision of that year against all others.
    """

    exact: float
    within_1: float
    within_2: float
    mean_average_precision: float


def completed_years(months: Ages) -> Years:
    """Completed years, 0 to 18, of ages in months."""
    return np.clip(np.floor(months / MONTHS_PER_YEAR), 0, LAST_YEAR).astype(int)


def year_figures(read: Ages, estimated: Ages, probabilities: Ages | None = None) -> YearFigures:
    """Compute the figures of a group of films.

    Lee et al. do not define their mean average precision; it is computed here as scikit-learn does, from the probabilities of
    the years. Without probabilities, films are ranked by how near the estimate is to the middle of the year.

    Args:
        read: Bone ages as read in months, `(films,)`.
        estimated: Estimates in months, `(films,)`.
        probabilities: Probability of each completed year, `(films, 19)`; the estimated year is then the most probable one.
    """
    classes = completed_years(read)
    if probabilities is None:
        middles = (np.arange(LAST_YEAR + 1) + 0.5) * MONTHS_PER_YEAR
        chosen, scores = completed_years(estimated), -np.abs(estimated[:, None] - middles)
    else:
        chosen, scores = probabilities.argmax(axis=1), probabilities
    apart = np.abs(chosen - classes)
    precisions = [average_precision(classes == year, scores[:, year]) for year in np.unique(classes)]
    return YearFigures(
        float((apart == 0).mean()), float((apart <= 1).mean()), float((apart <= 2).mean()), float(np.mean(precisions))
    )


def average_precision(relevant: NDArray[np.bool_], scores: Ages) -> float:
    """Mean precision over the steps of recall, films with equal scores together; `relevant` holds at least one film."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(relevant[order])
    last_of_score = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    recalled, precision = hits[last_of_score] / hits[-1], hits[last_of_score] / (last_of_score + 1)
    return float((np.diff(recalled, prepend=0.0) * precision).sum())


def confusion_matrix(read: Ages, estimated: Ages) -> Years:
    """Number of films by completed year as read (rows) and as estimated (columns), `(19, 19)`."""
    matrix = np.zeros((LAST_YEAR + 1, LAST_YEAR + 1), int)
    np.add.at(matrix, (completed_years(read), completed_years(estimated)), 1)
    return matrix
