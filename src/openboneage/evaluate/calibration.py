"""The calibration of a whole-hand model, set on films that nothing was learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.distribution import Calibration, Probabilities, cumulated_at, sharpen
from openboneage.assess.whole_hand import mix_sexes
from openboneage.evaluate.ages import Reading
from openboneage.evaluate.metrics import Ages
from openboneage.subject import Sex

COVERAGE = 0.9
SEXES = (Sex.FEMALE, Sex.MALE)
BANDS_MONTHS = (60.0, 96.0, 132.0, 162.0)
"""Inner edges of the bands of estimated age that have intervals of their own, for each sex."""
SMALLEST_GROUP = 30
"""Of fewer films a quantile so near to the end says too little: their groups take the mass of all films."""
TEMPERATURES = np.arange(0.4, 1.61, 0.02)


def calibrate(readings: Sequence[Reading], bands_months: tuple[float, ...] = BANDS_MONTHS, steady: bool = True) -> Calibration:
    """Set temperature by likelihood and interval masses by conformal prediction, on films that nothing was learned from.

    Args:
        readings: The films.
        bands_months: Inner edges of the bands of estimated age that get masses of their own; empty for one mass a sex.
        steady: Whether the groups' masses are drawn toward that of all films as far as chance explains how they scatter.
    """
    raw = np.stack([mix_sexes(reading.probabilities, reading.film.sex) for reading in readings])
    months = np.array([reading.film.age_months for reading in readings])
    temperature = _likeliest_temperature(raw, np.rint(months).astype(int))
    honest = sharpen(raw, temperature)
    scores = np.array([abs(2 * cumulated_at(p, m) - 1) for p, m in zip(honest, months, strict=True)])
    bands = np.digitize(honest @ np.arange(honest.shape[1]), bands_months)
    sexes = np.array([reading.film.sex for reading in readings])
    groups = [scores[(sexes == sex) & (bands == band)] for sex in SEXES for band in range(len(bands_months) + 1)]
    of_all = _mass(scores)
    films = np.array([len(group) if len(group) >= SMALLEST_GROUP else 0 for group in groups])
    apart = np.array([_mass(group) - of_all if n else 0.0 for group, n in zip(groups, films, strict=True)])
    masses = np.round(of_all + apart * (_share_kept(apart, films) if steady else 1.0), 5).tolist()
    girls, boys = masses[: len(bands_months) + 1], masses[len(bands_months) + 1 :]
    return Calibration(temperature, COVERAGE, round(of_all, 5), bands_months, tuple(girls), tuple(boys))


def _likeliest_temperature(raw: Probabilities, columns: NDArray[np.int_]) -> float:
    likelihoods = [np.log(sharpen(raw, t)[np.arange(len(raw)), columns] + 1e-9).mean() for t in TEMPERATURES]
    return round(float(TEMPERATURES[int(np.argmax(likelihoods))]), 2)


def _mass(scores: Ages) -> float:
    """The conformal quantile of scores."""
    rank = min(int(np.ceil(COVERAGE * (len(scores) + 1))), len(scores)) - 1
    return float(np.sort(scores)[rank])


def _share_kept(apart: Ages, films: NDArray[np.int_]) -> Ages:
    """Share of its distance from the mass of all films that each group's mass keeps, 0 to 1.

    Scores of honest distributions lie evenly between 0 and 1, so the quantile of n of them has the variance c (1 - c) / n by
    chance alone. What the groups scatter beyond that is theirs (DerSimonian and Laird, Controlled Clinical Trials 1986; 7:
    177-188, estimate of the variance between groups).
    """
    groups, precision = np.count_nonzero(films), films / (COVERAGE * (1 - COVERAGE))
    beyond_chance = (precision * apart**2).sum() - (groups - 1)
    if groups < 2 or beyond_chance <= 0:
        return np.zeros_like(apart)
    variance = beyond_chance / (precision.sum() - (precision**2).sum() / precision.sum())
    return np.asarray(variance * precision / (variance * precision + 1))
