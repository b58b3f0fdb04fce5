from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import TypeAdapter, ValidationError

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import (
    UNCALIBRATED,
    AgeDistribution,
    AgeInterval,
    Calibration,
    PublishedProbabilities,
    cumulated_at,
    describe,
    interval_findings,
    quantile,
    softmax,
    temperature_scaled,
)
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.findings import Severity
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import toy_estimator

MONTHS = np.arange(229)
shares = st.floats(0.001, 0.999)


@st.composite
def distributions(draw: st.DrawFn) -> np.ndarray:
    """Any distribution over 229 months, spiky ones among them."""
    raw: np.ndarray = draw(arrays(np.float64, 229, elements=st.floats(0, 1), fill=st.just(0.0)))
    raw[draw(st.integers(0, 228))] += 1
    return np.asarray(raw / raw.sum())


def bell(mean: float, sd: float) -> np.ndarray:
    density = np.exp(-((MONTHS - mean) ** 2) / (2 * sd**2))
    return np.asarray(density / density.sum())


@given(distributions(), shares, shares)
def test_quantiles_rise_with_their_share(probabilities: np.ndarray, first: float, second: float) -> None:
    low, high = (quantile(probabilities, share) for share in sorted((first, second)))
    assert 0 <= low <= high <= 228


@given(distributions(), st.floats(0, 228), st.floats(0, 228))
def test_cumulated_mass_rises_with_the_month(probabilities: np.ndarray, first: float, second: float) -> None:
    low, high = (cumulated_at(probabilities, months) for months in sorted((first, second)))
    assert 0 <= low <= high <= 1 + 1e-9


@given(distributions(), shares)
def test_mass_below_a_quantile_is_its_share(probabilities: np.ndarray, share: float) -> None:
    months = quantile(probabilities, share)
    if 0 < months < 228:  # the ends hold what lies beyond
        assert cumulated_at(probabilities, months) == pytest.approx(share, abs=1e-9)


@given(distributions(), st.floats(0.05, 0.99), st.floats(0.05, 0.99))
def test_more_mass_never_narrows_the_interval(probabilities: np.ndarray, first: float, second: float) -> None:
    narrow, wide = (describe(probabilities, Calibration(1, 0.9, mass)) for mass in sorted((first, second)))
    assert wide.interval.low_months <= narrow.interval.low_months <= narrow.interval.high_months <= wide.interval.high_months


@given(distributions(), st.floats(0.2, 5), st.floats(0.05, 0.99))
def test_description_makes_sense_for_any_distribution(probabilities: np.ndarray, temperature: float, mass: float) -> None:
    age = describe(probabilities, Calibration(temperature, 0.9, mass))
    assert age.probabilities.sum() == pytest.approx(1)
    assert 0 <= age.interval.low_months <= age.interval.high_months <= 228
    assert 0 <= age.mean_months <= 228
    assert 0 <= age.sd_months <= 115


@pytest.mark.parametrize(("mean", "sd"), [(60, 5), (111, 12), (170.5, 9)])
def test_bell_is_described_by_its_parameters(mean: float, sd: int) -> None:
    age = describe(bell(mean, sd), Calibration(1.0, 0.9, 0.9))
    assert (age.mean_months, age.sd_months) == (pytest.approx(mean, abs=0.01), pytest.approx(sd, rel=0.01))
    assert age.interval.low_months == pytest.approx(mean - 1.6449 * sd, abs=0.15)
    assert age.interval.high_months == pytest.approx(mean + 1.6449 * sd, abs=0.15)


@pytest.mark.parametrize("month", [0, 117, 228])
def test_certainty_is_one_month_wide(month: int) -> None:
    age = describe(np.equal(MONTHS, month).astype(float), Calibration(1.0, 0.9, 0.8))
    assert age.mean_months == pytest.approx(month, abs=1e-6)
    assert age.interval.low_months == pytest.approx(max(month - 0.4, 0), abs=1e-6)
    assert age.interval.high_months == pytest.approx(min(month + 0.4, 228), abs=1e-6)


def test_median_of_a_pair_is_between_them() -> None:
    assert quantile(((MONTHS == 10) | (MONTHS == 11)) / 2, 0.5) == pytest.approx(10.5)


def test_a_quantile_is_a_share_of_the_mass_that_there_is() -> None:
    assert quantile(2 * bell(100, 8), 0.25) == pytest.approx(quantile(bell(100, 8), 0.25))


def test_softmax_takes_each_row_for_itself_and_large_logits() -> None:
    assert softmax(np.array([[1000.0, 1000.0], [0.0, np.log(3)]])) == pytest.approx(np.array([[0.5, 0.5], [0.25, 0.75]]))


def test_the_identity_calibration_changes_nothing() -> None:
    assert (UNCALIBRATED.temperature, UNCALIBRATED.coverage, UNCALIBRATED.central_mass) == (1, 0.9, 0.9)


def test_published_probabilities_are_read_as_one_number_for_each_month() -> None:
    published = TypeAdapter(PublishedProbabilities)
    read = published.validate_python([0, 1] + 227 * [0])
    assert (read.dtype, read.shape, read.argmax(), read.flags.writeable) == (np.float64, (229,), 1, False)
    with pytest.raises(ValidationError, match=r"Expected 229 probabilities, got an array of shape \(228,\)\."):
        published.validate_python(228 * [0])


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_temperature_narrows_and_widens_a_bell(temperature: float) -> None:
    age = describe(bell(100, 8), Calibration(temperature, 0.9, 0.9))
    assert age.sd_months == pytest.approx(8 * math.sqrt(temperature), rel=0.02)
    assert age.mean_months == pytest.approx(100, abs=0.01)


def test_temperature_one_changes_nothing() -> None:
    both = np.stack([bell(50, 5), bell(90, 9)])
    assert temperature_scaled(both, 1.0) == pytest.approx(np.maximum(both, 1e-12), rel=1e-6)


def test_interval_names_its_measured_coverage() -> None:
    assert describe(bell(100, 8), Calibration(1.0, 0.9, 0.97)).interval.coverage == 0.9


def test_probabilities_are_read_only_and_the_input_unchanged() -> None:
    raw = bell(100, 8)
    before = raw.copy()
    age = describe(raw, replace(UNCALIBRATED, temperature=2.0))
    assert np.array_equal(raw, before)
    with pytest.raises(ValueError, match="read-only"):
        age.probabilities[0] = 1


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (59.9, []),
        (60.0, []),
        (60.1, [("age-unsure", Severity.WARNING)]),
        (72.0, [("age-unsure", Severity.WARNING)]),
        (72.1, [("age-undetermined", Severity.REJECT)]),
    ],
)
def test_a_wide_interval_is_a_warning_and_a_wider_one_a_refusal(width: float, expected: list[tuple[str, Severity]]) -> None:
    assert [(finding.code, finding.severity) for finding in interval_findings(of_width(width))] == expected


@pytest.mark.parametrize(("width", "years"), [(66, 6), (72, 6), (90, 8), (180, 15)])
def test_the_finding_names_the_width_in_years(width: int, years: int) -> None:
    (finding,) = interval_findings(of_width(width))
    assert f"its interval spans {years} years." in finding.message


def test_published_probabilities_are_rounded_to_six_decimals() -> None:
    assert TypeAdapter(PublishedProbabilities).dump_python(np.full(229, 1 / 229)) == 229 * [0.004367]


def of_width(months: float) -> AgeDistribution:
    """A distribution with an interval of that width."""
    interval = AgeInterval(0.0, months, 0.9)
    return AgeDistribution(mean_months=100.0, sd_months=40.0, interval=interval, probabilities=np.full(229, 1 / 229))


def test_a_uniform_distribution_gives_no_age() -> None:
    assessor = Assessor.load(threads=1)
    flat = replace(assessor, estimator=WholeHandEstimator(replace(toy_estimator().model, session=FlatSession())))
    assessment = flat.assess(hands.png(hands.film("7041")), Sex.MALE)
    assert assessment.bone_age is None
    assert assessment.verdict is Verdict.REJECT
    (finding,) = [finding for finding in assessment.findings if finding.code == "age-undetermined"]
    assert finding.message.startswith("Bone age could not be determined: its interval spans 1")


class FlatSession:
    """Stands for a network that finds every month equally likely."""

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="image")]

    def run(self, _: None, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        return [np.zeros((len(inputs["image"]), 2, 229), np.float32)]
