from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openboneage.clinical.height.adult_height import METHODS, predict_adult_height
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.target import target_height, target_height_conditional, target_height_luo
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
    assert given == [name for name in METHODS if name not in ("reinehr-2019", "blum-2022")]
    assert [(item.method, item.reason[:8]) for item in result.left_out] == [
        ("reinehr-2019", "Made for"),
        ("blum-2022", "Made for"),
    ]


def test_every_method_and_its_band_are_named() -> None:
    predictions = predict_adult_height(replace(BOY, height_cm=125.0, weight_kg=24.0)).predictions

    assert [(item.title, item.error.source.split(";")[0]) for item in predictions if item.error] == [
        (
            "Bayley-Pinneau, retarded",
            "mean error and 1.645 SD of the validating sample, Bayley and Pinneau 1952, Tables IV and V",
        ),
        ("Roche-Wainer-Thissen 1975", "read off Figure 1 of the paper"),
        ("Khamis-Guo 1993 (adjusted RWT)", "1.645 RMSE, a mean over ages, Khamis and Guo 1993"),
        ("Khamis-Roche 1995 (no bone age)", "90 % error bound of all ages together, Khamis and Roche 1994"),
        ("Tanner 1975, by age", "1.645 residual SD of the equation, Tanner et al. 1975"),
        ("Tanner 1975, by bone age", "1.645 residual SD of the equation, Tanner et al. 1975"),
        ("TW Mark II 1983, Table 2.1", "1.645 residual SD of the equation, Tanner et al. 1983"),
        ("Blum 2022, model 2", "1.645 RMSE of the model, Blum et al. 2022"),
        ("Mid-parental target height", "target range, a convention"),
        ("Target height, Luo 1998", "printed range, Luo et al. 1998"),
        ("Conditional target height, Hermanussen-Cole 2002", "1.6 SDS, Hermanussen and Cole 2002"),
    ]


def test_each_cohort_has_one_vote_in_the_median() -> None:
    result = predict_adult_height(BOY)

    heights = {item.method: item.adult_height_cm for item in result.predictions}
    fels = sorted(heights[name] for name in ("rwt-1975", "khamis-guo-1993", "khamis-roche-1995"))
    british = (heights["tanner-1975"] + heights["tw-mark2-1983"]) / 2
    assert result.consensus is not None
    assert result.consensus.median_cm == pytest.approx(sorted([heights["bayley-pinneau"], fels[1], british])[1])
    counted = [heights[name] for name in result.consensus.methods]
    assert result.consensus.spread_cm == (min(counted), max(counted))
    assert not {"target-height", "target-height-luo", "tanner-1975-by-bone-age"} & set(result.consensus.methods)


def test_one_method_has_no_spread() -> None:
    consensus = predict_adult_height(HeightInputs(Sex.MALE, 120, 138, bone_age_months=110)).consensus

    assert consensus is not None
    assert (consensus.methods, consensus.spread_cm) == (("bayley-pinneau",), None)


def test_a_height_alone_leaves_a_reason_for_every_method() -> None:
    result = predict_adult_height(HeightInputs(Sex.FEMALE, 100, 126))

    assert result.predictions == ()
    assert result.consensus is None
    assert [item.method for item in result.left_out] == list(METHODS)
    assert all(item.reason for item in result.left_out)


def test_a_delayed_boy_past_the_bayley_pinneau_table_has_reinehr() -> None:
    result = predict_adult_height(HeightInputs(Sex.MALE, 190, 155, bone_age_months=162))

    assert [item.method for item in result.predictions] == ["reinehr-2019", "blum-2022"]
    reason = next(item.reason for item in result.left_out if item.method == "bayley-pinneau")
    assert "13 y 0 m" in reason
    assert reason.endswith("For delayed boys see reinehr-2019, tw-mark2-1983 and blum-2022.")


def test_a_prediction_below_the_present_height_is_raised_to_it_and_does_not_count() -> None:
    grown = replace(BOY, age_months=210, height_cm=176, weight_kg=70, bone_age_months=210, tw2_bone_age_months=None)

    predictions = {item.method: item for item in predict_adult_height(grown).predictions}

    raised = predictions["khamis-roche-1995"]
    assert (raised.adult_height_cm, raised.error, raised.in_consensus) == (176, None, False)
    (finding,) = [item for item in raised.findings if item.code == "prediction-below-height"]
    assert finding.message.endswith("cm, less than the present height: raised to it, and not counted.")
    assert predictions["bayley-pinneau"].in_consensus
    assert predictions["target-height"].adult_height_cm == 174.5


def test_an_adult_with_an_immature_bone_age_has_no_prediction() -> None:
    # A man of 45 with a bone age of 13 was predicted 197 cm.
    man = HeightInputs(Sex.MALE, 45 * 12, 173, bone_age_months=156, tw2_bone_age_months=156, weight_kg=70)

    result = predict_adult_height(man)

    assert result.predictions == ()
    reasons = {item.method: item.reason for item in result.left_out}
    assert "over 18 years (45 y 0 m), but the bone age (13 y 0 m) is not mature" in reasons["bayley-pinneau"]
    assert "is not mature" in reasons["tanner-1975-by-bone-age"]


@pytest.mark.parametrize(("sex", "mature"), [(Sex.MALE, 216.0), (Sex.FEMALE, 204.0)])
def test_an_adult_with_a_mature_bone_age_is_predicted(sex: Sex, mature: float) -> None:
    height = height_at_sds(sex, 220, 0)

    assert predict_adult_height(HeightInputs(sex, 217, height, bone_age_months=mature)).consensus is not None
    assert predict_adult_height(HeightInputs(sex, 217, height, bone_age_months=mature - 1)).consensus is None
    assert predict_adult_height(HeightInputs(sex, 216, height, bone_age_months=mature - 1)).consensus is not None


def test_a_height_that_no_adult_has_is_refused() -> None:
    # A bone age of 6 at 13 years was predicted 224 cm.
    result = predict_adult_height(HeightInputs(Sex.MALE, 156, 152.4, bone_age_months=72))

    assert "bayley-pinneau" not in [item.method for item in result.predictions]
    assert "beyond 6 SD" in next(item.reason for item in result.left_out if item.method == "bayley-pinneau")


def test_an_unusual_height_is_a_finding_of_the_whole() -> None:
    tall = HeightInputs(Sex.MALE, 120, height_at_sds(Sex.MALE, 120, 4.5))

    assert [finding.code for finding in predict_adult_height(tall).findings] == ["height-unusual"]
    assert predict_adult_height(BOY).findings == ()


@pytest.mark.parametrize(("weight_kg", "codes"), [(54.6, []), (54.7, ["weight-unusual"]), (72.0, ["weight-unusual"])])
def test_a_weight_that_may_be_in_pounds_is_a_finding(weight_kg: float, codes: list[str]) -> None:
    findings = predict_adult_height(replace(BOY, weight_kg=weight_kg)).findings

    assert [finding.code for finding in findings] == codes
    assert all(f"{weight_kg:g} pounds would be {weight_kg * 0.4536:.1f} kg" in finding.message for finding in findings)


@pytest.mark.parametrize(("sex", "expected"), [(Sex.MALE, 174.5), (Sex.FEMALE, 161.5)])
def test_target_height_and_range(sex: Sex, expected: float) -> None:
    prediction = target_height(replace(BOY, sex=sex))

    assert prediction.adult_height_cm == expected
    assert prediction.error is not None
    assert (prediction.error.low_cm, prediction.error.high_cm, prediction.error.coverage) == (
        expected - 8.5,
        expected + 8.5,
        None,
    )


def test_target_height_needs_both_parents() -> None:
    for method in (target_height, target_height_luo, target_height_conditional):
        with pytest.raises(InputError, match=r"Needs the mother's height\."):
            method(replace(BOY, mother_height_cm=None))
        with pytest.raises(InputError, match=r"Needs the father's height, the mother's height\."):
            method(replace(BOY, father_height_cm=None, mother_height_cm=None))


@pytest.mark.parametrize(("sex", "expected"), [(Sex.MALE, 178.2), (Sex.FEMALE, 165.0)])
def test_target_height_of_luo(sex: Sex, expected: float) -> None:
    prediction = target_height_luo(replace(BOY, sex=sex, mother_height_cm=163.0))

    assert prediction.adult_height_cm == pytest.approx(expected, abs=0.05)
    assert (prediction.title, prediction.in_consensus) == ("Target height, Luo 1998", False)
    assert prediction.error is not None
    assert prediction.error.high_cm - prediction.adult_height_cm == pytest.approx(10)


def test_no_target_height_is_raised_to_the_present_height() -> None:
    tall = replace(BOY, age_months=210, height_cm=190, weight_kg=75, father_height_cm=165.0, mother_height_cm=150.0)

    heights = {item.method: item.adult_height_cm for item in predict_adult_height(tall).predictions}

    assert heights["target-height"] == 164
    assert max(heights["target-height-luo"], heights["target-height-conditional"]) < 172


@pytest.mark.parametrize(("sex", "parents_sds"), [(Sex.MALE, -2.0), (Sex.FEMALE, 1.5)])
def test_conditional_target_height_is_nearer_to_the_mean_than_the_parents(sex: Sex, parents_sds: float) -> None:
    father, mother = (height_at_sds(parent, 240, parents_sds) for parent in (Sex.MALE, Sex.FEMALE))

    prediction = target_height_conditional(replace(BOY, sex=sex, father_height_cm=father, mother_height_cm=mother))

    assert prediction.adult_height_cm == pytest.approx(height_at_sds(sex, 240, 0.72 * parents_sds))
    assert prediction.error is not None
    assert prediction.error.low_cm == pytest.approx(height_at_sds(sex, 240, 0.72 * parents_sds - 1.6))
    assert not prediction.in_consensus


@settings(deadline=None)
@given(
    sex=st.sampled_from([Sex.FEMALE, Sex.MALE]),
    age=st.floats(12, 228),
    sds=st.floats(-3, 3),
    ahead=st.floats(-24, 24),
    menarche=st.booleans(),
)
def test_every_method_predicts_or_gives_a_reason(sex: Sex, age: float, sds: float, ahead: float, menarche: bool) -> None:
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
