from __future__ import annotations

import numpy as np
import pytest

from openboneage.clinical.curve import AgeState
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import (
    PERCENTILES,
    ScorePercentiles,
    assess_levels,
    rus_chn_levels,
    score_percentiles,
    tw_stage,
)
from openboneage.clinical.table_files import load_table
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex

BONES = scoring_method("rus-chn").bones


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_the_median_of_the_chart_is_read_back_at_each_of_its_ages(sex: Sex) -> None:
    curve = scoring_method("rus-chn").curves[sex]
    for row in load_table("rus_chn_curve_percentiles.csv").where(sex=sex).rows:
        years, median = float(row["age_years"]), float(row["p50"])
        if years * 12 >= curve.first_months and median < 1000:
            assert curve.score_at(years * 12) == pytest.approx(median, abs=0.5)


def test_girls_of_12_have_a_median_of_675() -> None:
    # The half-year table that programs pass on prints 597 there, and its neighbours lead to 704.
    assert scoring_method("rus-chn").curves[Sex.FEMALE].score_at(144) == pytest.approx(675, abs=0.5)


@pytest.mark.parametrize(("sex", "score", "years"), [(Sex.MALE, 128.7, 7.0), (Sex.MALE, 143.2, 7.5), (Sex.FEMALE, 142.7, 5.0)])
def test_where_the_half_year_table_was_off_most(sex: Sex, score: float, years: float) -> None:
    # It read these scores as 0.41 to 0.45 years older.
    assert scoring_method("rus-chn").curves[sex].read(round(score)).age_months == pytest.approx(years * 12, abs=0.3)


@pytest.mark.parametrize(("sex", "first"), [(Sex.MALE, 60), (Sex.FEMALE, 80)])
def test_low_scores_have_no_age(sex: Sex, first: int) -> None:
    curve = scoring_method("rus-chn").curves[sex]

    assert curve.first_score == first
    assert curve.read(first - 1).state is AgeState.BELOW
    assert 24 < curve.read(first - 1).limit_months < 36


def test_the_chart_of_girls_ends_at_17_years_below_1000() -> None:
    curve = scoring_method("rus-chn").curves[Sex.FEMALE]

    assert (curve.last_score, curve.read(998).age_months) == (998, 204)
    assert str(curve.read(999)) == "mature (from 17 y 0 m)"


def test_percentiles_at_an_age() -> None:
    percentiles = score_percentiles(Sex.MALE, 12.125 * 12)

    assert percentiles.age_months == 12.125 * 12
    assert percentiles.scores[0] == pytest.approx((254.7 + 269.7) / 2)
    assert percentiles.scores[3] == pytest.approx((400.0 + 425.0) / 2)
    assert percentiles.scores[6] == pytest.approx((626.4 + 666.7) / 2)


@pytest.mark.parametrize(
    ("score", "place"),
    [
        (254, "below P3"),
        (255, "P3 to P10"),
        (400, "P50 to P75"),
        (399, "P25 to P50"),
        (626, "P90 to P97"),
        (627, "P97 or above"),
    ],
)
def test_a_score_has_a_place_among_the_percentiles(score: int, place: str) -> None:
    assert score_percentiles(Sex.MALE, 144).place(score) == place


def test_a_score_at_a_percentile_belongs_above_it() -> None:
    percentiles = ScorePercentiles(144, (10, 20, 30, 40, 50, 60, 70))

    assert [percentiles.place(score) for score in (10, 69, 70)] == ["P3 to P10", "P90 to P97", "P97 or above"]


@pytest.mark.parametrize(("sex", "first", "last"), [(Sex.MALE, 36, 228), (Sex.FEMALE, 30, 204)])
def test_the_ends_of_the_chart_have_percentiles(sex: Sex, first: float, last: float) -> None:
    assert score_percentiles(sex, first).scores[3] < score_percentiles(sex, last).scores[3]


@pytest.mark.parametrize(("sex", "age"), [(Sex.MALE, 35.9), (Sex.MALE, 228.1), (Sex.FEMALE, 29.9), (Sex.FEMALE, 204.1)])
def test_outside_the_chart_there_are_no_percentiles(sex: Sex, age: float) -> None:
    with pytest.raises(RefusedError, match=f"RUS-CHN chart \\({sex}\\) has percentiles from .* to 1[79] y 0 m, got"):
        score_percentiles(sex, age)


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_percentiles_rise_with_score_and_age(sex: Sex) -> None:
    chart = load_table("rus_chn_curve_percentiles.csv").where(sex=sex)
    scores = np.stack([chart.column(f"p{percentile}") for percentile in PERCENTILES])

    assert (np.diff(scores, axis=0) >= 0).all()
    assert (np.diff(scores, axis=1) >= 0).all()


@pytest.mark.parametrize("bone", BONES)
def test_levels_map_onto_rising_stages_and_back(bone: str) -> None:
    stages = [tw_stage(bone, level) for level in scoring_method("rus-chn").stages(bone)]

    assert stages == sorted(stages)
    assert (stages[0], stages[-1]) == ("A", scoring_method("tw3").stages(bone)[-1])
    assert set(stages) == set(scoring_method("tw3").stages(bone))
    for stage in scoring_method("tw3").stages(bone):
        assert {tw_stage(bone, level) for level in rus_chn_levels(bone, stage)} == {stage}


def test_the_levels_of_a_grown_hand_are_mature_by_tw3() -> None:
    levels = {bone: scoring_method("rus-chn").stages(bone)[-1] for bone in BONES}

    maturity = assess_levels(scoring_method("tw3"), Sex.MALE, levels)

    assert maturity.score == 1000
    assert ["rus_chn_level_to_tw_stage.csv" in finding.message for finding in maturity.findings] == [True]


@pytest.mark.parametrize(("bone", "level"), [("radius", "15"), ("ulna", "13"), ("mc3", "-1")])
def test_a_level_that_does_not_exist_is_refused(bone: str, level: str) -> None:
    with pytest.raises(InputError, match=f"{bone} has no stage '{level}'; its stages are 0, 1"):
        tw_stage(bone, level)
