"""Invented readings."""

from __future__ import annotations

import numpy as np

from openboneage.assess.distribution import UNCALIBRATED
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.evaluate.ages import Reading
from openboneage.evaluate.calibration import UncalibratedReading
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests.estimators import bell


def uncalibrated(
    film_id: str, age: float, sex: Sex, estimated: float, sd: float = 5, verdict: Verdict = Verdict.ACCEPT
) -> UncalibratedReading:
    """A film with its age as read, and a bell around the estimate."""
    return UncalibratedReading(Film(film_id, sex, age, Split.HELD_OUT), verdict, bell(estimated, sd))


def reading(film_id: str, age: float, sex: Sex, estimated: float, sd: float = 5, verdict: Verdict = Verdict.ACCEPT) -> Reading:
    """The same, calibrated by a temperature of 1."""
    return uncalibrated(film_id, age, sex, estimated, sd, verdict).calibrated(UNCALIBRATED)


def scattered(count: int, seed: int, width: float, bias: float = 0.0) -> list[UncalibratedReading]:
    """Films whose ages scatter by 10 months; their distributions are bells `width` times as wide, `bias` months off."""
    rng = np.random.default_rng(seed)
    readings = []
    for i in range(count):
        centre, spread = rng.uniform(50, 170), 10.0
        film = Film(str(i), list(Sex)[i % 2], float(np.rint(centre + rng.normal(0, spread))), Split.VALIDATION)
        readings.append(UncalibratedReading(film, Verdict.ACCEPT, bell(centre + bias, width * spread)))
    return readings
