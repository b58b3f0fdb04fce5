"""Readings of bones: probabilities of levels, ages by sex, calibration, and bones whose joint was not found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from openboneage.bones.ages import tw_shares
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.bones.outlines import HandOutlines
from openboneage.bones.stager import read_bones
from openboneage.bones.stager_card import BONE_STAGER, MONTHS, SEXES, UNCALIBRATED, StagerCalibration, StagerSpecification
from openboneage.errors import WeightsError
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.card import Card
from openboneage.weights.specification import parse_specification
from tests import hands
from tests.bones.test_crops import outlines
from tests.bones.toy_stager import BOY_MONTHS, GIRL_MONTHS, SD_MONTHS, ToyStager, calibrated


@cache
def hand() -> StandardHand:
    return hands.hand_on(hands.film())


def joints(without: tuple[str, ...] = ()) -> HandOutlines:
    return outlines(hand().film_to_frame, without)


def card(**calibration: object) -> Card:
    return Card(
        name=BONE_STAGER.name,
        version="0.0",
        task="Stands in for a model in tests.",
        file="bone-stager.onnx",
        sha256="0" * 64,
        preprocessing={"crop_px": 16, "margin": 1.5},
        output={
            "bones": list(RUS),
            "level_counts": list(level_counts()),
            "sexes": list(SEXES),
            "first_month": MONTHS[0],
            "last_month": MONTHS[-1],
            "step_months": 4,
            "unit": "logits",
        },
        training={},
        licence={},
        calibration={"level_temperature": [1.0] * 13, "age_sd_scale": [1.0] * 13, **calibration},
    )


def test_every_bone_has_the_probabilities_of_its_levels() -> None:
    found = read_bones(hand(), joints(), Sex.FEMALE, ToyStager(dict.fromkeys(RUS, 5) | {"ulna": 0, "radius": 14}))  # type: ignore[arg-type]

    assert tuple(found) == RUS
    assert tuple(len(each.levels) for each in found.values()) == level_counts()
    for bone, reading in found.items():
        assert reading.levels.sum() == pytest.approx(1)
        assert reading.levels.argmax() == {"ulna": 0, "radius": 14}.get(bone, 5)
        assert tw_shares(bone, reading.levels).sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("sex", "mean", "sd"),
    [
        (Sex.FEMALE, GIRL_MONTHS, SD_MONTHS),
        (Sex.MALE, BOY_MONTHS, SD_MONTHS),
        (Sex.UNKNOWN, (GIRL_MONTHS + BOY_MONTHS) / 2, np.hypot(SD_MONTHS, (BOY_MONTHS - GIRL_MONTHS) / 2)),
    ],
)
def test_the_age_is_that_of_the_sex_or_the_even_mixture(sex: Sex, mean: float, sd: float) -> None:
    reading = read_bones(hand(), joints(), sex, ToyStager())["mc3"]  # type: ignore[arg-type]

    assert (reading.age_months, reading.age_sd_months) == pytest.approx((mean, sd), abs=0.1)


def test_calibration_changes_doubt_and_not_the_most_probable_level() -> None:
    softer = StagerCalibration((2.0,) * 13, (1.5,) * 13)

    before, after = (
        read_bones(hand(), joints(), Sex.MALE, ToyStager(specification=calibrated(each)))["radius"]  # type: ignore[arg-type]
        for each in (UNCALIBRATED, softer)
    )

    assert after.levels.argmax() == before.levels.argmax()
    assert after.levels.max() < before.levels.max() - 0.1
    assert after.age_sd_months == pytest.approx(1.5 * before.age_sd_months)


def test_bones_without_their_joint_are_not_read() -> None:
    stager = ToyStager()

    found = read_bones(hand(), joints(without=("mcp3", "radius")), Sex.MALE, stager)  # type: ignore[arg-type]

    assert set(RUS) - set(found) == {"mc3", "pp3", "radius"}
    assert not stager.seen[0][0, RUS.index("mc3")].any()
    assert 0 <= stager.seen[0].min() < stager.seen[0].max() <= 1


def test_a_hand_without_joints_has_no_readings() -> None:
    assert read_bones(hand(), joints(without=tuple(joints().joints)), Sex.MALE, ToyStager()) == {}  # type: ignore[arg-type]


def test_a_card_of_this_program_is_read() -> None:
    assert parse_specification(StagerSpecification, card()).output_shapes == {"levels": (13, 14), "ages": (13, 2, 58)}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (card(level_temperature=[1.0]), "calibration.level_temperature: expected 13 values, one for each bone"),
        (card(age_sd_scale=[0.0] * 13), "calibration.age_sd_scale.0"),
        (replace(card(), output={**card().output, "level_counts": [3] * 13}), "the numbers of levels of RUS-CHN"),
        (replace(card(), output={**card().output, "bones": ["radius"]}), "output.bones"),
    ],
)
def test_a_card_of_other_bones_or_levels_is_refused(wrong: Card, message: str) -> None:
    with pytest.raises(WeightsError, match=message):
        parse_specification(StagerSpecification, wrong)
