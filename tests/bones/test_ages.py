"""Ages from stages, and findings where ages of a hand disagree."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from openboneage.bones.ages import (
    AgeEstimate,
    age_discordances,
    bone_discordances,
    carpal_age,
    carpal_discordances,
    estimate_of,
    stage_ages,
    tw_shares,
)
from openboneage.bones.names import CARPALS, RUS
from openboneage.bones.onset import level_shares
from openboneage.clinical.maturity import assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.table_files import FloatArray
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex


def typical(sex: Sex, months: float) -> dict[str, FloatArray]:
    return {bone: level_shares(sex, bone, months) for bone in RUS}


def certain(levels: dict[str, FloatArray]) -> dict[str, FloatArray]:
    return {bone: np.eye(len(shares))[shares.argmax()] for bone, shares in levels.items()}


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
@pytest.mark.parametrize("months", [84, 108, 132, 150])
def test_typical_stages_of_an_age_lead_back_to_about_that_age(sex: Sex, months: float) -> None:
    ages = stage_ages(sex, typical(sex, months))

    for maturity in (ages.tw3, ages.rus_chn):
        assert maturity.age.limit_months == pytest.approx(months, abs=14)  # TW3 reads up to a year younger
        assert maturity.age_low.limit_months < maturity.age.limit_months < maturity.age_high.limit_months


def test_certain_levels_give_the_age_of_their_score_without_doubt() -> None:
    levels = certain(typical(Sex.MALE, 130))
    ages = stage_ages(Sex.MALE, levels)

    named = {bone: scoring_method("rus-chn").stages(bone)[shares.argmax()] for bone, shares in levels.items()}
    assert ages.rus_chn.score == assess_stages(scoring_method("rus-chn"), Sex.MALE, named).score
    assert ages.rus_chn.score_low == ages.rus_chn.score_high


def test_doubt_about_stages_widens_the_interval() -> None:
    doubtful = typical(Sex.FEMALE, 120)
    width = [
        each.score_high - each.score_low
        for each in (stage_ages(Sex.FEMALE, levels).tw3 for levels in (certain(doubtful), doubtful))
    ]

    assert width[0] == 0 < width[1]


def test_percentiles_need_an_age_that_the_chart_covers() -> None:
    levels = typical(Sex.MALE, 120)

    assert stage_ages(Sex.MALE, levels).percentile is None
    assert stage_ages(Sex.MALE, levels, 12).percentile is None
    at_age = stage_ages(Sex.MALE, levels, 120)
    assert at_age.percentile in ("P25 to P50", "P50 to P75")
    assert stage_ages(Sex.MALE, levels, 180).percentile == "below P3"
    assert at_age.percentile_low is not None
    assert at_age.percentile_high is not None


def test_several_levels_of_one_stage_are_added() -> None:
    shares = np.zeros(15)
    shares[[5, 6, 7]] = 0.3, 0.4, 0.3  # radius F, F and G

    assert tw_shares("radius", shares)[[5, 6]] == pytest.approx([0.7, 0.3])
    with pytest.raises(InputError, match="15 probabilities for radius"):
        tw_shares("radius", np.ones(9) / 9)


def test_too_many_missing_bones_are_refused() -> None:
    with pytest.raises(RefusedError, match="missing"):
        stage_ages(Sex.MALE, {"mc3": level_shares(Sex.MALE, "mc3", 100)})


HAND = AgeEstimate("the whole hand", 120, 110, 130)


def test_ages_disagree_if_they_are_far_apart_and_their_intervals_do_not_meet() -> None:
    near, wide, far = (
        AgeEstimate("TW3", 138, 131, 145),
        AgeEstimate("TW3", 150, 128, 170),
        AgeEstimate("TW3", 90, 80, 100),
    )

    assert age_discordances(HAND, [near, wide]) == ()
    (finding,) = age_discordances(HAND, [far])
    assert finding.code == "ages-discordant"
    assert finding.message == "The age of TW3, 7 y 6 m, is 30 months behind the whole hand."


def test_a_bone_far_from_the_others_is_a_finding() -> None:
    ages = [AgeEstimate(bone, 120, 110, 130) for bone in RUS if bone != "ulna"]
    far, doubtful = AgeEstimate("ulna", 150, 140, 160), AgeEstimate("ulna", 150, 110, 190)

    assert bone_discordances(ages) == bone_discordances([*ages, doubtful]) == ()
    (finding,) = bone_discordances([*ages, far])
    assert "ulna" in finding.message
    assert "30 months ahead of" in finding.message
    assert bone_discordances([far]) == ()


def test_carpal_age_rises_with_the_centres() -> None:
    ages = [carpal_age(Sex.MALE, CARPALS[:count], CARPALS[count:]) for count in range(9)]

    assert all(before.age_months < after.age_months for before, after in pairwise(ages))
    assert ages[4].low_months < 60 < ages[4].high_months
    assert ages[8].high_months > 215


def test_carpal_bones_that_were_not_judged_leave_more_doubt() -> None:
    judged, open_ = carpal_age(Sex.FEMALE, CARPALS[:3], CARPALS[3:]), carpal_age(Sex.FEMALE, CARPALS[:3], ())

    assert open_.high_months > judged.high_months


@pytest.mark.parametrize("bones", [(), ("femur",)])
def test_carpal_age_needs_carpal_bones(bones: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="carpal bones"):
        carpal_age(Sex.MALE, bones, ())


def test_carpal_discordance_has_its_own_code() -> None:
    (finding,) = carpal_discordances(HAND, carpal_age(Sex.MALE, CARPALS[:2], CARPALS[2:]))

    assert finding.code == "carpal-discordant"
    assert "the carpal bones" in finding.message


def test_the_estimate_of_a_score_holds_its_interval() -> None:
    estimate = estimate_of(stage_ages(Sex.MALE, typical(Sex.MALE, 200)).tw3, "TW3")

    assert estimate.low_months <= estimate.age_months <= estimate.high_months
    with pytest.raises(InputError, match="within its interval"):
        AgeEstimate("TW3", 10, 20, 30)
