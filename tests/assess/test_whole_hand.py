from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from openboneage.assess.whole_hand import age_probabilities, estimate_age, mix_sexes, view_mean
from openboneage.hand.drawing import SampleSpec, draw_views
from openboneage.subject import Sex
from tests import hands
from tests.toy_model import BASE_MONTHS, BOYS_LATER_MONTHS, SD_MONTHS, SLOPE_MONTHS, SQUARE, toy_assessor

TOY = toy_assessor().whole_hand


def test_distributions_of_both_sexes_come_from_every_view() -> None:
    views = draw_views(hands.examined().hand, SampleSpec.from_card(TOY.card.preprocessing))
    both = age_probabilities(views, TOY)
    assert both.shape == (4, 2, 229)
    assert both.sum(axis=-1) == pytest.approx(np.ones((4, 2)))


def test_view_mean_is_the_mean_over_the_views() -> None:
    hand = hands.examined().hand
    views = draw_views(hand, SampleSpec.from_card(TOY.card.preprocessing))
    views[1::2] = views[1::2, :, :, ::-1]
    assert view_mean(hand, TOY) == pytest.approx(age_probabilities(views, TOY).mean(axis=0))


def test_age_follows_from_the_views() -> None:
    hand = hands.examined().hand
    views = draw_views(hand, SampleSpec.from_card(TOY.card.preprocessing))
    plain, turned = views[0::2, 0, SQUARE[0], SQUARE[1]].mean(), views[1::2, 0, :, ::-1][:, SQUARE[0], SQUARE[1]].mean()
    expected = BASE_MONTHS + SLOPE_MONTHS * (plain + turned) / 2
    assert estimate_age(hand, Sex.FEMALE, TOY).mean_months == pytest.approx(expected, abs=0.05)


def test_boy_is_read_as_the_model_reads_boys() -> None:
    girl, boy = (estimate_age(hands.examined().hand, sex, TOY) for sex in (Sex.FEMALE, Sex.MALE))
    assert boy.mean_months - girl.mean_months == pytest.approx(BOYS_LATER_MONTHS, abs=0.01)
    assert boy.sd_months == pytest.approx(girl.sd_months, abs=0.01)
    assert girl.sd_months >= SD_MONTHS


def test_unknown_sex_is_the_even_mixture() -> None:
    girl, boy, unknown = (estimate_age(hands.examined().hand, sex, TOY) for sex in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN))
    assert unknown.probabilities == pytest.approx((girl.probabilities + boy.probabilities) / 2, abs=1e-9)
    assert unknown.mean_months == pytest.approx((girl.mean_months + boy.mean_months) / 2, abs=1e-6)
    assert unknown.low_months == pytest.approx(girl.low_months, abs=3)
    assert unknown.high_months == pytest.approx(boy.high_months, abs=3)


@pytest.mark.parametrize(("sex", "expected"), [("female", [1, 0]), ("male", [0, 1]), ("unknown", [0.5, 0.5])])
def test_mixture_of_sexes(sex: str, expected: list[float]) -> None:
    assert mix_sexes(np.eye(2), Sex(sex)).tolist() == expected


def test_card_calibrates_the_answer() -> None:
    card = replace(TOY.card, calibration={"temperature": 2.0, "coverage": 0.8, "central_mass": 0.8})
    plain, flat = (estimate_age(hands.examined().hand, Sex.MALE, model) for model in (TOY, replace(TOY, card=card)))
    assert flat.sd_months == pytest.approx(math.sqrt(2) * plain.sd_months, rel=0.05)
    assert (plain.coverage, flat.coverage) == (0.9, 0.8)


def test_same_hand_same_numbers() -> None:
    hand = hands.examined().hand
    first, second = (estimate_age(hand, Sex.UNKNOWN, hands.shipped().whole_hand) for _ in range(2))
    assert np.array_equal(first.probabilities, second.probabilities)
