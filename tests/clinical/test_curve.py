from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openboneage.clinical.curve import AgeState, ScoreCurve
from openboneage.clinical.method_registry import STANDARD_NAMES, scoring_method
from openboneage.errors import InputError
from openboneage.subject import Sex

CURVES = [(name, sex) for name in STANDARD_NAMES for sex in (Sex.FEMALE, Sex.MALE)]


@pytest.mark.parametrize(("name", "sex"), CURVES)
def test_score_to_age_is_strictly_monotone(name: str, sex: Sex) -> None:
    assert (np.diff(scoring_method(name).curves[sex].ages_months) > 0).all()


@pytest.mark.parametrize(("name", "sex"), CURVES)
def test_ends_of_every_curve(name: str, sex: Sex) -> None:
    curve = scoring_method(name).curves[sex]

    scores = (curve.first_score - 1, curve.first_score, curve.last_score, 1000)
    below, first, last, adult = (curve.read(score) for score in scores)

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


@settings(deadline=None)
@given(
    scores=st.lists(st.integers(1, 80), min_size=3, max_size=12),
    ages=st.lists(st.floats(0.1, 5), min_size=3, max_size=12),
)
def test_a_smooth_curve_goes_through_its_rows_and_rises(scores: list[int], ages: list[float]) -> None:
    n = min(len(scores), len(ages))
    knots = np.append(np.cumsum(scores[:n]), 1000).astype(float)
    years = np.cumsum([*ages[:n], 1.0])

    curve = ScoreCurve.through(knots, years, smooth=True)

    assert [curve.read(int(score)).limit_months for score in knots] == pytest.approx(list(years * 12), abs=1e-5)
    assert (np.diff(curve.ages_months) > 0).all()


def test_a_smooth_curve_through_a_straight_line_is_straight() -> None:
    curve = ScoreCurve.through(np.array([100.0, 200.0, 700.0, 1000.0]), np.array([1.0, 2.0, 7.0, 10.0]), smooth=True)

    assert curve.read(550).age_months == pytest.approx(66)
