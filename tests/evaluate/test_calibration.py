"""Temperature and interval masses, set on readings that were made up, hold on fresh ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from openboneage.assess.distribution import Calibration, cumulated_at, sharpen
from openboneage.assess.whole_hand import mix_sexes
from openboneage.evaluate.ages import Reading, estimate
from openboneage.evaluate.calibration import calibrate
from openboneage.subject import Sex
from tests.evaluate.made import scattered


def coverage_of(readings: list[Reading], calibration: Calibration) -> float:
    ages = [estimate(reading, calibration) for reading in readings]
    inside = [age.low_months <= r.film.age_months <= age.high_months for age, r in zip(ages, readings, strict=True)]
    return float(np.mean(inside))


@pytest.mark.parametrize(
    ("width", "bias"), [(0.6, 0.0), (0.85, 0.0), (1.0, 0.0), (1.3, 0.0), (1.0, 6.0)], ids=lambda value: str(value)
)
def test_intervals_hold_what_they_promise_on_fresh_films(width: float, bias: float) -> None:
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

    honest = [sharpen(mix_sexes(r.probabilities, r.film.sex), calibration.temperature) for r in readings]
    scores = [abs(2 * cumulated_at(p, r.film.age_months) - 1) for p, r in zip(honest, readings, strict=True)]

    assert calibration.central_mass == pytest.approx(max(scores), abs=1e-5), "of nine films, nine are needed for 90 %"
    wider = tuple(mass + 1e-4 for mass in calibration.female)
    assert coverage_of(readings, replace(calibration, female=wider, male=wider)) == 1


def test_groups_too_small_to_tell_take_the_mass_of_all() -> None:
    calibration = calibrate(scattered(40, 3, 1.0), steady=False)

    assert set(calibration.female) | set(calibration.male) == {calibration.central_mass}


def test_groups_that_scatter_by_chance_take_the_mass_of_all() -> None:
    own, steady = (calibrate(scattered(1000, 3, 1.0), steady=each) for each in (False, True))

    assert np.ptp(own.female + own.male) > 0.05
    assert set(steady.female + steady.male) == {steady.central_mass}


def test_large_groups_keep_more_of_their_own_mass() -> None:
    def kept(films: int) -> float:
        sure, unsure = (scattered(films, 1, width) for width in (1.3, 0.7))
        readings = [s if s.film.sex is Sex.FEMALE else u for s, u in zip(sure, unsure, strict=True)]
        own, steady = (calibrate(readings, (), steady=each) for each in (False, True))
        return (steady.male[0] - steady.female[0]) / (own.male[0] - own.female[0])

    assert kept(2000) > 0.95
    assert 0.5 < kept(100) < kept(2000) < 1


def test_each_sex_and_band_gets_intervals_of_its_own() -> None:
    def mixed(seed: int) -> list[Reading]:
        sure, unsure = (scattered(4000, seed, width) for width in (1.3, 0.7))
        return [s if s.film.sex is Sex.FEMALE else u for s, u in zip(sure, unsure, strict=True)]

    calibration, fresh = calibrate(mixed(1)), mixed(2)

    assert min(calibration.male) > max(calibration.female), "boys' distributions were drawn too narrow"
    for sex in (Sex.FEMALE, Sex.MALE):
        assert coverage_of([r for r in fresh if r.film.sex is sex], calibration) == pytest.approx(0.9, abs=0.025)
        alike = replace(calibration, female=(), male=())
        assert coverage_of([r for r in fresh if r.film.sex is sex], alike) != pytest.approx(0.9, abs=0.025)


def test_without_bands_each_sex_has_one_mass() -> None:
    calibration = calibrate(scattered(200, 3, 1.0), ())

    assert (len(calibration.female), len(calibration.male), calibration.bands_months) == (1, 1, ())
    assert calibration.mass_for(Sex.FEMALE, 60) == calibration.mass_for(Sex.FEMALE, 160) == calibration.female[0]
