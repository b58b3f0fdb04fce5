from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from openboneage.assess.distribution import describe
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.hand.drawing import draw_picture
from openboneage.subject import Sex
from openboneage.weights.runtime import Model
from tests import hands
from tests.toy_model import (
    BASE_MONTHS,
    BOYS_LATER_MONTHS,
    MEMBERS_APART_MONTHS,
    SD_MONTHS,
    SLOPE_MONTHS,
    SQUARE,
    toy_estimator,
    write_toy,
)

TOY = toy_estimator()


def test_the_distribution_is_the_mean_over_the_picture_and_its_mirror_image() -> None:
    hand = hands.examined().hand
    picture = TOY.picture(hand)
    both = TOY.of_pictures(np.stack([picture, picture[:, ::-1]]), Sex.MALE)
    assert np.array_equal(picture, draw_picture(hand, TOY.drawing))
    assert both.shape == (2, 229)
    assert both.sum(axis=-1) == pytest.approx(np.ones(2))
    assert TOY.uncalibrated(hand, Sex.MALE) == pytest.approx(both.mean(axis=0))


def test_the_network_runs_once_for_all_sexes_of_a_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    estimator, first, second = toy_estimator(), hands.examined("7043").hand, hands.examined("7041").hand
    run, runs = Model.run, []

    def counted(model: Model[Any], batch: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        runs.append(len(batch))
        return run(model, batch)

    monkeypatch.setattr(Model, "run", counted)

    of_first = [estimator.uncalibrated(first, sex) for sex in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN)]
    of_second = estimator.uncalibrated(second, Sex.FEMALE)

    assert runs == [2, 2]
    assert of_first[2] == pytest.approx((of_first[0] + of_first[1]) / 2)
    assert not np.array_equal(of_first[0], of_second)


def test_the_estimate_is_the_calibrated_distribution() -> None:
    hand, shipped = hands.examined().hand, hands.shipped_estimator()
    expected = describe(shipped.uncalibrated(hand, Sex.MALE), shipped.calibration)
    assert np.array_equal(shipped.estimate(hand, Sex.MALE).probabilities, expected.probabilities)
    assert shipped.calibration.temperature != 1


def test_age_follows_from_the_picture() -> None:
    hand = hands.examined().hand
    picture = TOY.picture(hand)
    plain, turned = picture[SQUARE].mean(), picture[:, ::-1][SQUARE].mean()
    expected = BASE_MONTHS + SLOPE_MONTHS * (plain + turned) / 2
    assert TOY.estimate(hand, Sex.FEMALE).mean_months == pytest.approx(expected, abs=0.05)


def test_boy_is_read_as_the_model_reads_boys() -> None:
    girl, boy = (TOY.estimate(hands.examined().hand, sex) for sex in (Sex.FEMALE, Sex.MALE))
    assert boy.mean_months - girl.mean_months == pytest.approx(BOYS_LATER_MONTHS, abs=0.01)
    assert boy.sd_months == pytest.approx(girl.sd_months, abs=0.01)
    assert girl.sd_months >= SD_MONTHS


def test_unknown_sex_is_the_even_mixture() -> None:
    girl, boy, unknown = (TOY.estimate(hands.examined().hand, sex) for sex in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN))
    assert unknown.probabilities == pytest.approx((girl.probabilities + boy.probabilities) / 2, abs=1e-9)
    assert TOY.uncalibrated(hands.examined().hand, Sex.UNKNOWN).sum() == pytest.approx(1)
    assert unknown.mean_months == pytest.approx((girl.mean_months + boy.mean_months) / 2, abs=1e-6)
    assert unknown.interval.low_months == pytest.approx(girl.interval.low_months, abs=3)
    assert unknown.interval.high_months == pytest.approx(boy.interval.high_months, abs=3)


def test_the_order_of_the_sexes_is_that_of_the_card(tmp_path: Path) -> None:
    output = {"sexes": ["male", "female"], "months": [0, 228], "unit": "logits"}
    swapped = WholeHandEstimator.load(write_toy(tmp_path, output=output), threads=1)
    hand = hands.examined().hand
    for sex, other in ((Sex.FEMALE, Sex.MALE), (Sex.MALE, Sex.FEMALE), (Sex.UNKNOWN, Sex.UNKNOWN)):
        assert swapped.estimate(hand, sex).mean_months == pytest.approx(TOY.estimate(hand, other).mean_months)
        assert swapped.of_pictures(swapped.picture(hand)[None], sex) == pytest.approx(
            TOY.of_pictures(TOY.picture(hand)[None], other)
        )


def test_each_network_of_an_ensemble_answers_on_request(tmp_path: Path) -> None:
    output = {"sexes": ["female", "male"], "months": [0, 228], "unit": "logits", "members": 3}
    estimator = WholeHandEstimator.load(write_toy(tmp_path, output=output), threads=1)
    hand = hands.examined().hand
    for sex in (Sex.FEMALE, Sex.MALE):
        first = estimator.estimate(hand, sex).mean_months
        members = [member.mean_months for member in estimator.members(hand, sex)]
        assert members == pytest.approx([first + number * MEMBERS_APART_MONTHS for number in range(3)], abs=0.01)


def test_a_model_without_members_has_none() -> None:
    assert TOY.members(hands.examined().hand, Sex.FEMALE) == []


def test_card_calibrates_the_answer(tmp_path: Path) -> None:
    other = WholeHandEstimator.load(
        write_toy(tmp_path, calibration={"temperature": 2.0, "coverage": 0.8, "central_mass": 0.8}), 1
    )
    plain, flat = (estimator.estimate(hands.examined().hand, Sex.MALE) for estimator in (TOY, other))
    assert flat.sd_months == pytest.approx(math.sqrt(2) * plain.sd_months, rel=0.05)
    assert (plain.interval.coverage, flat.interval.coverage) == (0.9, 0.8)


def test_the_network_runs_on_as_many_threads_as_asked(tmp_path: Path) -> None:
    session = WholeHandEstimator.load(write_toy(tmp_path), threads=3).model.session
    assert session.get_session_options().intra_op_num_threads == 3


def test_same_hand_same_numbers() -> None:
    hand = hands.examined().hand
    first, second = (hands.shipped().estimator.estimate(hand, Sex.UNKNOWN) for _ in range(2))
    assert np.array_equal(first.probabilities, second.probabilities)
