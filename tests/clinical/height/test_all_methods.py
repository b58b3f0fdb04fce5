from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openboneage.clinical.height.all_methods import METHODS, predict_adult_height
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.target import target_height
from openboneage.clinical.stature import height_at_sds
from openboneage.errors import InputError
from openboneage.subject import Sex

BOY = HeightInputs(
    sex=Sex.MALE,
    age_months=120,
    height_cm=135,
    weight_kg=35,
    bone_age_months=108,
    tw2_bone_age_months=110,
    father_height_cm=176,
    mother_height_cm=160,
)


def test_one_call_gives_every_method_that_the_inputs_allow() -> None:
    result = predict_adult_height(BOY)

    given = [item.method for item in result.predictions]
    assert given == [name for name in METHODS if name != "reinehr-2019"]
    assert [(item.method, item.reason[:14]) for item in result.left_out] == [("reinehr-2019", "Made for boys ")]


def test_the_consensus_is_median_and_range_of_what_counts() -> None:
    result = predict_adult_height(BOY)

    heights = sorted(item.adult_height_cm for item in result.predictions if item.in_consensus)
    assert result.consensus is not None
    assert (result.consensus.low_cm, result.consensus.median_cm, result.consensus.high_cm) == (
        heights[0],
        heights[2],
        heights[4],
    )
    assert "target-height" not in result.consensus.methods
    assert "tanner-1975-by-bone-age" not in result.consensus.methods


def test_a_height_alone_leaves_a_reason_for_every_method() -> None:
    result = predict_adult_height(HeightInputs(Sex.FEMALE, 100, 126))

    assert result.predictions == ()
    assert result.consensus is None
    assert [item.method for item in result.left_out] == list(METHODS)
    assert all(item.reason for item in result.left_out)


def test_a_delayed_boy_past_the_bayley_pinneau_table_has_reinehr() -> None:
    result = predict_adult_height(HeightInputs(Sex.MALE, 190, 155, bone_age_months=162))

    assert [item.method for item in result.predictions] == ["reinehr-2019"]
    assert "13 y 0 m" in next(item.reason for item in result.left_out if item.method == "bayley-pinneau")


def test_a_prediction_below_todays_height_is_a_finding() -> None:
    grown = replace(BOY, age_months=210, height_cm=170, weight_kg=70, bone_age_months=210, tw2_bone_age_months=None)

    codes = {item.method: [finding.code for finding in item.findings] for item in predict_adult_height(grown).predictions}

    assert "prediction-below-height" in codes["khamis-roche-1995"]
    assert "prediction-below-height" not in codes["target-height"]


@pytest.mark.parametrize(("sex", "expected"), [(Sex.MALE, 174.5), (Sex.FEMALE, 161.5)])
def test_target_height_and_range(sex: Sex, expected: float) -> None:
    prediction = target_height(replace(BOY, sex=sex))

    assert prediction.adult_height_cm == expected
    assert prediction.error is not None
    assert (prediction.error.half_width_cm, prediction.error.coverage) == (8.5, None)


def test_target_height_needs_both_parents() -> None:
    with pytest.raises(InputError, match="both parents"):
        target_height(replace(BOY, mother_height_cm=None))


@settings(deadline=None)
@given(
    sex=st.sampled_from([Sex.FEMALE, Sex.MALE]),
    age=st.floats(12, 228),
    sds=st.floats(-3, 3),
    ahead=st.floats(-24, 24),
    menarche=st.booleans(),
)
def test_every_method_predicts_or_says_why_not(sex: Sex, age: float, sds: float, ahead: float, menarche: bool) -> None:
    height = height_at_sds(sex, age, sds)
    bone_age = max(age + ahead, age / 2)
    inputs = HeightInputs(
        sex=sex,
        age_months=age,
        height_cm=height,
        weight_kg=16 * (height / 100) ** 2,
        bone_age_months=bone_age,
        tw2_bone_age_months=bone_age,
        father_height_cm=176,
        mother_height_cm=163,
        menarche=menarche if sex is Sex.FEMALE else None,
    )

    result = predict_adult_height(inputs)

    named = [*(item.method for item in result.predictions), *(item.method for item in result.left_out)]
    assert set(named) == set(METHODS)
    assert json.loads(json.dumps(asdict(result)))["left_out"] == [asdict(item) for item in result.left_out]
