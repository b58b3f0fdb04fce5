from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openboneage.clinical.curve import AgeState, ScoreCurve, monotone_cubic
from openboneage.clinical.method_registry import STANDARD_NAMES, scoring_method
from openboneage.errors import InputError
from openboneage.subject import Sex

CURVES = [(name, sex) for name in STANDARD_NAMES for sex in (Sex.FEMALE, Sex.MALE)]

steps = st.lists(st.floats(0.1, 50), min_size=3, max_size=12)


@pytest.mark.parametrize(("name", "sex"), CURVES)
def test_score_to_age_is_strictly_monotone(name: str, sex: Sex) -> None:
    assert (np.diff(scoring_method(name).curves[sex].ages_months) > 0).all()


@pytest.mark.parametrize(("name", "sex"), CURVES)
def test_ends_of_every_curve(name: str, sex: Sex) -> None:
    curve = scoring_method(name).curves[sex]

    below, first, last, adult = (curve.read(score) for score in (curve.first_score - 1, curve.first_score, 999, 1000))

    assert (below.state, below.age_months, below.limit_months) == (AgeState.BELOW, None, curve.first_months)
    assert (first.state, first.age_months) == (AgeState.AGE, curve.first_months)
    assert last.state is AgeState.AGE
    assert (adult.state, adult.age_months, adult.limit_months) == (AgeState.MATURE, None, curve.adult_months)


@settings(deadline=None)
@given(curve=st.sampled_from(CURVES), score=st.integers(0, 999))
def test_score_to_age_and_back(curve: tuple[str, Sex], score: int) -> None:
    name, sex = curve
    drawn = scoring_method(name).curves[sex]
    age = drawn.read(score).age_months

    assert age is None or drawn.score_at(age) == pytest.approx(score)


def test_an_age_outside_the_curve_has_no_score() -> None:
    with pytest.raises(InputError, match="24 to 198 months"):
        scoring_method("tw3").curves[Sex.MALE].score_at(199)


def test_readings_are_written_for_a_person() -> None:
    curve = scoring_method("tw3").curves[Sex.MALE]

    texts = [str(curve.read(score)) for score in (0, 427, 1000)]

    assert texts == ["below 2 y 0 m", "12 y 0 m", "mature (from 16 y 6 m)"]


def test_rows_without_a_score_and_rows_of_zero_are_left_out() -> None:
    scores = np.array([0, 0, 10, np.nan, 400, 1000], dtype=float)

    curve = ScoreCurve.through(scores, np.array([1, 2, 3, 4, 5, 6], dtype=float), smooth=False)

    assert curve.first_score == 10
    assert curve.first_months == 36


def test_a_score_of_two_ages_reads_as_their_middle() -> None:
    # TW-Japan, girls: 225 at 3.9 and at 4.0 years.
    assert scoring_method("tw-japan").curves[Sex.FEMALE].read(225).age_months == pytest.approx(3.95 * 12)


@given(x=steps, y=steps)
def test_the_cubic_goes_through_its_points_and_never_falls(x: list[float], y: list[float]) -> None:
    n = min(len(x), len(y))
    knots, values = np.cumsum(x[:n]), np.cumsum(y[:n])

    dense = monotone_cubic(knots, values, np.linspace(knots[0], knots[-1], 400))

    assert monotone_cubic(knots, values, knots) == pytest.approx(values)
    assert (np.diff(dense) > -1e-9 * values[-1]).all()


def test_the_cubic_keeps_a_straight_line() -> None:
    x = np.array([0.0, 1.0, 4.0, 6.0])

    assert monotone_cubic(x, 3 * x + 1, np.array([0.5, 2.0, 5.5])) == pytest.approx([2.5, 7.0, 17.5])
