"""The calibration of a whole-hand model, set on films that nothing was learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from openboneage.assess.distribution import Calibration, cumulated_at, sharpen
from openboneage.assess.whole_hand import mix_sexes
from openboneage.evaluate.ages import Reading
from openboneage.evaluate.metrics import Ages
from openboneage.subject import Sex

COVERAGE = 0.9
BANDS_MONTHS = (60.0, 96.0, 132.0, 162.0)
"""Inner edges of the bands of estimated age that have intervals of their own, for each sex."""
SMALLEST_GROUP = 30
TEMPERATURES = np.arange(0.4, 1.61, 0.02)


def calibrate(readings: Sequence[Reading], bands_months: tuple[float, ...] = BANDS_MONTHS) -> Calibration:
    """Set temperature by likelihood and interval masses by conformal prediction, on films that nothing was learned from.

    Args:
        readings: The films.
        bands_months: Inner edges of the bands of estimated age that get masses of their own; empty for one mass a sex.
    """
    raw = np.stack([mix_sexes(reading.probabilities, reading.film.sex) for reading in readings])
    months = np.array([reading.film.age_months for reading in readings])
    columns = np.rint(months).astype(int)
    likelihoods = [np.log(sharpen(raw, t)[np.arange(len(raw)), columns] + 1e-9).mean() for t in TEMPERATURES]
    temperature = round(float(TEMPERATURES[int(np.argmax(likelihoods))]), 2)
    honest = sharpen(raw, temperature)
    scores = np.array([abs(2 * cumulated_at(p, m) - 1) for p, m in zip(honest, months, strict=True)])
    bands = np.digitize(honest @ np.arange(honest.shape[1]), bands_months)
    sexes = np.array([reading.film.sex for reading in readings])
    masses = {
        sex: tuple(_mass(scores[(sexes == sex) & (bands == band)], scores) for band in range(len(bands_months) + 1))
        for sex in (Sex.FEMALE, Sex.MALE)
    }
    return Calibration(temperature, COVERAGE, _mass(scores, scores), bands_months, masses[Sex.FEMALE], masses[Sex.MALE])


def _mass(scores: Ages, all_scores: Ages) -> float:
    """The conformal quantile of a group's scores; of all films' where the group is too small to tell."""
    chosen = np.sort(scores if len(scores) >= SMALLEST_GROUP else all_scores)
    rank = min(int(np.ceil(COVERAGE * (len(chosen) + 1))), len(chosen)) - 1
    return round(float(chosen[rank]), 5)
