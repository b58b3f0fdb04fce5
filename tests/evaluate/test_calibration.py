"""Temperature and interval mass, fitted on invented readings, are valid on new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import UNCALIBRATED, Calibration, cumulated_at, temperature_scaled
from openboneage.batch.choice import executor_of
from openboneage.datasets.film_set import Film
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.splits import Split
from openboneage.errors import UnreadableError
from openboneage.evaluate.ages import read_films
from openboneage.evaluate.calibration import UncalibratedReading, calibrate, read_uncalibrated
from openboneage.evaluate.sample import sample_of
from openboneage.reading.radiograph import Radiograph
from tests import hands
from tests.evaluate.made import scattered
from tests.toy_model import write_toy


def coverage_of(readings: Sequence[UncalibratedReading], calibration: Calibration) -> float:
    ages = [reading.calibrated(calibration).age for reading in readings]
    inside = [
        age.interval.low_months <= r.film.label_months <= age.interval.high_months
        for age, r in zip(ages, readings, strict=True)
    ]
    return float(np.mean(inside))


@pytest.mark.parametrize(
    ("width", "bias"), [(0.6, 0.0), (0.85, 0.0), (1.0, 0.0), (1.3, 0.0), (1.0, 6.0)], ids=lambda value: str(value)
)
def test_intervals_have_their_nominal_coverage_on_new_films(width: float, bias: float) -> None:
    calibration = calibrate(scattered(1000, 1, width, bias))

    assert coverage_of(scattered(2000, 2, width, bias), calibration) == pytest.approx(0.9, abs=0.025)


@pytest.mark.parametrize(("width", "temperature"), [(0.85, 1 / 0.85**2), (1.0, 1.0), (1.3, 1 / 1.3**2)])
def test_the_temperature_undoes_false_confidence(width: float, temperature: float) -> None:
    calibration = calibrate(scattered(1000, 1, width))

    assert calibration.temperature == pytest.approx(temperature, abs=0.12)
    assert calibration.central_mass == pytest.approx(0.9, abs=0.03)


def test_calibration_by_hand() -> None:
    readings = scattered(9, 3, 1.0)
    calibration = calibrate(readings)

    scaled = [temperature_scaled(r.probabilities, calibration.temperature) for r in readings]
    scores = [abs(2 * cumulated_at(p, r.film.label_months) - 1) for p, r in zip(scaled, readings, strict=True)]

    assert calibration.central_mass == pytest.approx(max(scores), abs=1e-5), "of nine films, nine are needed for 90 %"
    assert coverage_of(readings, replace(calibration, central_mass=calibration.central_mass + 1e-4)) == 1


class FirstUnreadable(RsnaFilms):
    """The packs, with a first native film that is damaged."""

    def radiograph(self, film: Film) -> Radiograph:
        if film == sample_of(self, Split.NATIVE).films[0]:
            raise UnreadableError("Damaged.")
        return super().radiograph(film)


def test_an_unreadable_film_has_no_uncalibrated_reading(tiny_shared: Path, tmp_path: Path) -> None:
    sample, load = (
        sample_of(FirstUnreadable(tiny_shared / "rsna"), Split.NATIVE),
        partial(Assessor.load, write_toy(tmp_path), 1),
    )

    readings = read_uncalibrated(sample.source, sample.films, load, executor_of(1))

    assert [reading.film for reading in readings] == list(sample.films[1:])


def test_a_split_is_read_before_calibration(tiny_shared: Path) -> None:
    sample, load = sample_of(RsnaFilms(tiny_shared / "rsna"), Split.NATIVE), partial(Assessor.load, None, 1)
    calibration = hands.shipped_estimator().calibration

    raw = read_uncalibrated(sample.source, sample.films, load, executor_of(1))
    calibrated = read_films(sample.source, sample.films, load, executor_of(1))

    for before, after in zip(raw, calibrated, strict=True):
        assert (before.film, before.quality) == (after.film, after.quality)
        assert before.probabilities.sum() == pytest.approx(1)
        assert before.calibrated(calibration).age.mean_months == pytest.approx(after.age.mean_months)
        assert before.calibrated(UNCALIBRATED).age.sd_months > after.age.sd_months
