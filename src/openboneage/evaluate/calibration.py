"""Calibration of an estimator on films that it was not trained on: a temperature and the mass of the interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import UNCALIBRATED as UNCALIBRATED
from openboneage.assess.distribution import Calibration, Probabilities, cumulated_at, describe, temperature_scaled
from openboneage.assess.estimators.estimator import CalibratedEstimator
from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.errors import InputError
from openboneage.evaluate.ages import LoadAssessor, Reading
from openboneage.evaluate.metrics import Ages
from openboneage.evaluate.unreadable import radiograph_of, without_unreadable
from openboneage.hand.locate import locate_hand
from openboneage.hand.quality import Verdict, judge

COVERAGE = 0.9
TEMPERATURES = np.arange(0.4, 1.61, 0.02)


@dataclass(frozen=True, eq=False)
class UncalibratedReading:
    """One film and its distribution before calibration.

    Attributes:
        film: Film and label.
        quality: Verdict on the film before the estimate.
        probabilities: Distribution for the child's own sex, `(229,)`.
    """

    film: Film
    quality: Verdict
    probabilities: Probabilities

    def calibrated(self, calibration: Calibration) -> Reading:
        """The program's reading with a calibration."""
        return Reading(self.film, self.quality, describe(self.probabilities, calibration))


def calibrated_estimator(assessor: Assessor) -> CalibratedEstimator:
    """The estimator of an assessor, with access to distributions before calibration.

    Raises:
        InputError: It has no such distributions.
    """
    if not isinstance(assessor.estimator, CalibratedEstimator):
        raise InputError(
            f"Expected an estimator that is calibrated afterwards, such as whole-hand, got {assessor.estimator.name}."
        )
    return assessor.estimator


def read_uncalibrated(
    source: FilmSet, films: Sequence[Film], load: LoadAssessor, executor: Executor
) -> list[UncalibratedReading]:
    """Run the program on films up to the calibration, as `ages.read_films` does.

    Raises:
        InputError: The estimator has no distributions before calibration, or no film can be read.
    """
    results = map_chunks(partial(_read_chunk, source, load), films, executor, "films")
    return without_unreadable(results, films)


def _read_chunk(source: FilmSet, load: LoadAssessor, chunk: Sequence[Film]) -> list[UncalibratedReading | None]:
    assessor = load()
    estimator = calibrated_estimator(assessor)

    def read(film: Film) -> UncalibratedReading | None:
        radiograph = radiograph_of(source, film)
        if radiograph is None:
            return None
        hand = locate_hand(radiograph, assessor.finder)
        return UncalibratedReading(film, judge(hand, assessor.limits).verdict, estimator.uncalibrated(hand, film.sex))

    return [read(film) for film in chunk]


def calibrate(readings: Sequence[UncalibratedReading]) -> Calibration:
    """Fit the temperature by likelihood, then the interval mass by conformal prediction.

    Args:
        readings: Films that the estimator was not trained on.
    """
    raw = np.stack([reading.probabilities for reading in readings])
    months = np.array([reading.film.label_months for reading in readings])
    temperature = _likeliest_temperature(raw, np.rint(months).astype(int))
    scaled = temperature_scaled(raw, temperature)
    scores = np.array([abs(2 * cumulated_at(p, m) - 1) for p, m in zip(scaled, months, strict=True)])
    return Calibration(temperature, COVERAGE, round(_conformal_quantile(scores), 5))


def _likeliest_temperature(raw: Probabilities, columns: NDArray[np.int_]) -> float:
    likelihoods = [np.log(temperature_scaled(raw, t)[np.arange(len(raw)), columns] + 1e-9).mean() for t in TEMPERATURES]
    return round(float(TEMPERATURES[int(np.argmax(likelihoods))]), 2)


def _conformal_quantile(scores: Ages) -> float:
    rank = min(int(np.ceil(COVERAGE * (len(scores) + 1))), len(scores)) - 1
    return float(np.sort(scores)[rank])
