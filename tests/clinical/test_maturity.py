from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openboneage.clinical.curve import AgeState
from openboneage.clinical.maturity import Maturity, assess_probabilities, assess_stages
from openboneage.clinical.method_registry import STANDARD_NAMES, scoring_method
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex

SEXES = st.sampled_from((Sex.FEMALE, Sex.MALE))


@st.composite
def hands(draw: st.DrawFn) -> tuple[str, Sex, dict[str, str]]:
    name = draw(st.sampled_from(STANDARD_NAMES))
    chosen = scoring_method(name)
    return name, draw(SEXES), {bone: draw(st.sampled_from(chosen.stages(bone))) for bone in chosen.bones}


def all_at(name: str, index: int) -> dict[str, str]:
    chosen = scoring_method(name)
    return {bone: chosen.stages(bone)[min(index, len(chosen.stages(bone)) - 1)] for bone in chosen.bones}


@settings(deadline=None, max_examples=200)
@given(hand=hands(), data=st.data())
def test_raising_a_stage_never_lowers_score_or_age(hand: tuple[str, Sex, dict[str, str]], data: st.DataObject) -> None:
    name, sex, stages = hand
    chosen = scoring_method(name)
    bone = data.draw(st.sampled_from(chosen.bones))
    higher = data.draw(st.sampled_from(chosen.stages(bone)[chosen.stages(bone).index(stages[bone]) :]))

    before, after = (assess_stages(chosen, sex, given) for given in (stages, {**stages, bone: higher}))

    assert before.score <= after.score
    assert before.age.limit_months <= after.age.limit_months


@settings(deadline=None)
@given(hand=hands(), data=st.data())
def test_raising_a_stage_never_lowers_anything_where_a_bone_is_missing(
    hand: tuple[str, Sex, dict[str, str]], data: st.DataObject
) -> None:
    name, sex, stages = hand
    chosen = scoring_method(name)
    missing, bone = data.draw(st.permutations(chosen.bones))[:2]
    seen = {key: stage for key, stage in stages.items() if key != missing}
    higher = data.draw(st.sampled_from(chosen.stages(bone)[chosen.stages(bone).index(stages[bone]) :]))

    before, after = (assess_stages(chosen, sex, given) for given in (seen, {**seen, bone: higher}))

    assert before.score_low <= after.score_low
    assert before.score <= after.score
    assert before.score_high <= after.score_high


@settings(deadline=None)
@given(hand=hands())
def test_known_stages_have_one_score_their_sum(hand: tuple[str, Sex, dict[str, str]]) -> None:
    name, sex, stages = hand
    maturity = assess_stages(scoring_method(name), sex, stages)

    total = sum(scoring_method(name).scores[sex][bone][stage] for bone, stage in stages.items())

    assert (maturity.score_low, maturity.score, maturity.score_high) == (total, total, total)
    assert [(item.score, item.probability) for item in maturity.distribution] == [(total, 1.0)]


@pytest.mark.parametrize("name", STANDARD_NAMES)
@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_a_grown_hand_is_mature_and_an_empty_one_below_the_table(name: str, sex: Sex) -> None:
    grown, empty = (assess_stages(scoring_method(name), sex, all_at(name, index)) for index in (99, 0))

    assert (grown.score, grown.age.state, grown.age.age_months) == (1000, AgeState.MATURE, None)
    assert (empty.score, empty.age.state, empty.age.age_months) == (0, AgeState.BELOW, None)
    assert all(bone.age.state is AgeState.MATURE for bone in grown.bones)


def test_tw3_boy_by_hand() -> None:
    stages = all_at("tw3", 6)  # all G: 87+107+36+31+29+38+31+30+32+32+38+28+27 = 546

    maturity = assess_stages(scoring_method("tw3"), Sex.MALE, stages)

    assert maturity.score == 546
    # between 540 at 13.4 and 550 at 13.5 years
    assert maturity.age.age_months == pytest.approx((13.4 + 0.1 * 6 / 10) * 12)


def test_the_ages_of_single_bones_agree_in_an_even_hand() -> None:
    maturity = assess_stages(scoring_method("tw3"), Sex.FEMALE, all_at("tw3", 6))

    ages = [bone.age.limit_months for bone in maturity.bones]

    assert max(ages) - min(ages) < 30
    assert min(ages) < maturity.age.limit_months < max(ages)


def blurred(name: str, center: float, width: float) -> dict[str, np.ndarray]:
    chosen = scoring_method(name)
    shares = {}
    for bone in chosen.bones:
        distance = np.arange(len(chosen.stages(bone))) - center
        weights = np.exp(-((distance / width) ** 2) / 2)
        shares[bone] = weights / weights.sum()
    return shares


def test_probabilities_give_the_distribution_of_score_and_age() -> None:
    maturity = assess_probabilities(scoring_method("tw3"), Sex.MALE, blurred("tw3", 5.3, 0.7))

    scores = np.array([item.score for item in maturity.distribution])
    shares = np.array([item.probability for item in maturity.distribution])
    inside = shares[(scores >= maturity.score_low) & (scores <= maturity.score_high)].sum()
    means = [
        sum(p * s for p, s in zip(shares, scoring_method("tw3").scores[Sex.MALE][bone].values(), strict=True))
        for bone, shares in blurred("tw3", 5.3, 0.7).items()
    ]
    assert shares.sum() == pytest.approx(1)
    assert shares @ scores == pytest.approx(sum(means))
    assert inside == pytest.approx(0.9, abs=0.02)
    assert maturity.age_low.limit_months < maturity.age.limit_months < maturity.age_high.limit_months


def test_a_wider_interval_holds_a_narrower_one() -> None:
    shares = blurred("rus-chn", 7.0, 1.0)

    wide, narrow = (assess_probabilities(scoring_method("rus-chn"), Sex.FEMALE, shares, coverage=c) for c in (0.95, 0.5))

    assert wide.score_low < narrow.score_low <= narrow.score_high < wide.score_high


def test_sure_probabilities_equal_stages() -> None:
    chosen, stages = scoring_method("tw3"), all_at("tw3", 5)
    sure = {bone: [float(name == stage) for name in chosen.stages(bone)] for bone, stage in stages.items()}

    assert assess_probabilities(chosen, Sex.MALE, sure) == assess_stages(chosen, Sex.MALE, stages)


def test_a_missing_bone_widens_the_interval_to_all_it_could_be() -> None:
    stages = all_at("tw3", 6)
    whole = assess_stages(scoring_method("tw3"), Sex.FEMALE, stages)

    part = assess_stages(scoring_method("tw3"), Sex.FEMALE, {bone: stage for bone, stage in stages.items() if bone != "radius"})

    assert part.missing == ("radius",)
    assert part.score_low < whole.score < part.score_high
    assert part.findings[0].code == "bones-missing"
    # one stage below the least mature of the others (F, 78) to one above the most mature (I, 218)
    assert part.score_low == whole.score - 114 + 78
    assert part.score_high == whole.score - 114 + 218


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_a_missing_bone_of_a_grown_hand_may_be_mature(sex: Sex) -> None:
    stages = {bone: stage for bone, stage in all_at("tw3", 8).items() if bone != "mp3"}

    maturity = assess_stages(scoring_method("tw3"), sex, stages)

    assert maturity.age_high.state is AgeState.MATURE


def test_too_many_missing_bones_are_refused() -> None:
    with pytest.raises(RefusedError, match=r"11 of 13 bones are missing.*at most 25%"):
        assess_stages(scoring_method("tw3"), Sex.FEMALE, {"radius": "G", "ulna": "F"})


def test_no_bones_are_refused() -> None:
    with pytest.raises(RefusedError, match="13 of 13"):
        assess_stages(scoring_method("tw3"), Sex.FEMALE, {})


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([1.0] + [0.0] * 7, "radius needs 9 probabilities"),
        ([0.5] * 9, "sum to 1"),
        ([1.5, -0.5] + [0.0] * 7, "must not be negative"),
        ([float("nan")] * 9, "must not be negative"),
    ],
)
def test_invalid_probabilities_are_refused(shares: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        assess_probabilities(scoring_method("tw3"), Sex.MALE, {"radius": shares})


def test_a_bone_given_twice_is_refused() -> None:
    shares = [1.0] + [0.0] * 8

    with pytest.raises(InputError, match="radius is given twice"):
        assess_probabilities(scoring_method("tw3"), Sex.MALE, {"radius": shares, "Radius": shares})


def test_correlated_errors_widen_the_interval_and_keep_the_mean() -> None:
    standard = scoring_method("tw3")
    shares = {bone: [0.0] * 4 + [0.25, 0.5, 0.25] + [0.0] * (len(standard.stages(bone)) - 7) for bone in standard.bones}

    alone, shared = (assess_probabilities(standard, Sex.MALE, shares, correlation=each) for each in (0.0, 0.4))

    mean = [sum(item.score * item.probability for item in each.distribution) for each in (alone, shared)]
    assert mean[1] == pytest.approx(mean[0], rel=0.001)
    assert shared.score_low < alone.score_low < alone.score_high < shared.score_high
    assert sum(item.probability for item in shared.distribution) == pytest.approx(1)


@pytest.mark.parametrize("correlation", [-0.1, 1.0])
def test_an_impossible_correlation_is_refused(correlation: float) -> None:
    with pytest.raises(InputError, match="correlation"):
        assess_probabilities(scoring_method("tw3"), Sex.MALE, {}, correlation=correlation)


def test_an_impossible_coverage_is_refused() -> None:
    with pytest.raises(InputError, match="coverage"):
        assess_probabilities(scoring_method("tw3"), Sex.MALE, {}, coverage=1.0)


def test_a_bone_far_from_its_hand_is_a_finding() -> None:
    stages = {**all_at("tw3", 6), "radius": "I", "dp3": "A"}

    findings = assess_stages(scoring_method("tw3"), Sex.MALE, stages).findings

    messages = [finding.message for finding in findings if finding.code == "bone-out-of-step"]
    assert messages == ["Check stage A of dp3: age of this bone below 2 y 0 m, of the hand 14 y 4 m."]


@pytest.mark.parametrize("name", STANDARD_NAMES)
@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_an_even_hand_has_no_bone_out_of_step(name: str, sex: Sex) -> None:
    for index in range(15):
        findings = assess_stages(scoring_method(name), sex, all_at(name, index)).findings
        assert "bone-out-of-step" not in [finding.code for finding in findings]


def test_an_unknown_sex_is_refused() -> None:
    with pytest.raises(InputError, match="give the sex"):
        assess_stages(scoring_method("tw3"), Sex.UNKNOWN, all_at("tw3", 5))


def test_a_result_is_json() -> None:
    maturity: Maturity = assess_probabilities(scoring_method("tw3"), Sex.MALE, blurred("tw3", 8.0, 0.5))

    again = json.loads(json.dumps(asdict(maturity)))

    assert again["standard"] == "tw3"
    assert again["age_high"] == {"state": "mature", "age_months": None, "limit_months": 198.0}
