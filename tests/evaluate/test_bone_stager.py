"""Calibration and figures of a stager, on answers whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts, onset_months
from openboneage.bones.stager_card import MONTHS, STEPS, UNCALIBRATED
from openboneage.evaluate.bone_stager import StagerAnswers, StagerHands, age_figures, calibrate, level_figures
from openboneage.subject import Sex
from tests.bones.toy_stager import GIRL_MONTHS, ToyStager

HANDS = 120
BELL_SD = 6.0


def answers(levels: np.ndarray, read: np.ndarray, apart: np.ndarray, sharpness: float = 4.0) -> StagerAnswers:
    """Answers for girls with these levels, and ages that differ from those as read by `apart`, `(hands, 13)` each."""
    logits = sharpness * (levels[..., None] + 0.5 - np.arange(1, STEPS + 1))
    means = (read[:, None] + apart)[..., None, None]
    ages = np.broadcast_to(-((np.array(MONTHS) - means) ** 2) / (2 * BELL_SD**2), (*levels.shape, 2, len(MONTHS)))
    hands = len(read)
    return StagerAnswers(
        logits.astype(np.float32), ages.astype(np.float32), np.ones((hands, 13), bool), np.zeros(hands, int), read
    )


def usual_levels(read: np.ndarray) -> np.ndarray:
    """Usual levels of girls at these bone ages, `(hands, 13)`."""
    return np.array([[int((onset_months(Sex.FEMALE, bone) <= months).sum()) for bone in RUS] for months in read])


def truth(levels: np.ndarray) -> list[dict[str, np.ndarray]]:
    """Known levels as probabilities."""
    return [{bone: np.eye(count)[level] for bone, count, level in zip(RUS, level_counts(), row, strict=True)} for row in levels]


@pytest.fixture
def read() -> np.ndarray:
    return np.linspace(30, 190, HANDS)


def test_standard_deviations_cover_nine_of_ten_readings(read: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    apart = rng.normal(0, np.linspace(6, 18, 13), (HANDS, 13))
    answered = answers(usual_levels(read), read, apart)

    calibration = calibrate(answered, answered, truth(usual_levels(read)))
    figures = age_figures(answered, calibration)

    assert calibration.age_sd_scale[0] == pytest.approx(1, abs=0.25)
    assert calibration.age_sd_scale[-1] == pytest.approx(3, abs=0.6)
    assert all(0.87 <= bone["coverage"] <= 0.93 for bone in figures["bones"].values())
    assert figures["bones"]["dp5"]["mae"] > figures["bones"]["radius"]["mae"]
    assert figures["mean_of_bones"]["mae"] < figures["bones"]["radius"]["mae"], "errors of bones partly cancel"


def test_doubtful_levels_of_a_stager_that_is_right_become_sharper(read: np.ndarray) -> None:
    levels = usual_levels(read)
    right, half_wrong = answers(levels, read, np.zeros((HANDS, 13)), 1.0), levels.copy()
    half_wrong[::2] = np.maximum(levels[::2] - 2, 0)

    sharper = calibrate(right, right, truth(levels))
    softer = calibrate(right, answers(half_wrong, read, np.zeros((HANDS, 13)), 8.0), truth(levels))

    assert max(sharper.level_temperature) < 0.6
    assert min(softer.level_temperature) > 1.5


def test_few_hands_change_no_calibration() -> None:
    read = np.array([100.0, 120.0])
    answered = answers(usual_levels(read), read, np.zeros((2, 13)))

    assert calibrate(answered, answered, truth(usual_levels(read))) == UNCALIBRATED


def test_usual_levels_give_about_the_age(read: np.ndarray) -> None:
    figures = age_figures(answers(usual_levels(read), read, np.zeros((HANDS, 13))), UNCALIBRATED)

    assert figures["films"] == figures["hands"] == HANDS
    assert figures["mean_of_bones"]["mae"] < 1
    for scale in ("tw3", "rus_chn"):
        assert figures[scale]["r"] > 0.97
        assert figures[scale]["mae"] < 14


def test_hands_with_few_bones_do_not_count(read: np.ndarray) -> None:
    answered = answers(usual_levels(read), read, np.zeros((HANDS, 13)))
    answered.found[1:, 6:] = False

    figures = age_figures(answered, UNCALIBRATED)

    assert (figures["films"], figures["hands"]) == (HANDS, 1)
    assert figures["bones"]["dp5"]["films"] == 1


def test_no_hand_gives_no_figure() -> None:
    none = answers(np.zeros((0, 13)), np.zeros(0), np.zeros((0, 13)))

    figures = age_figures(none, UNCALIBRATED)

    assert (figures["films"], figures["mean_of_bones"], figures["tw3"]) == (0, {}, {})
    assert level_figures(none, [], UNCALIBRATED)["all"] == {"bones": 0}


def test_levels_are_compared_bone_by_bone(read: np.ndarray) -> None:
    levels = usual_levels(read)
    wrong = levels.copy()
    wrong[:, 0] = np.where(levels[:, 0] > 0, levels[:, 0] - 1, 1)
    labelled = truth(levels)
    for each in labelled[:20]:
        del each["ulna"]

    figures = level_figures(answers(wrong, read, np.zeros((HANDS, 13))), labelled, UNCALIBRATED)

    assert figures["bones"]["radius"] == pytest.approx(
        {"bones": HANDS, "same": 0, "within_one": 1, "mae": 1, "bias": -1}, abs=0.4
    )
    assert figures["bones"]["ulna"]["bones"] == HANDS - 20
    assert figures["bones"]["mc1"]["same"] == 1
    assert figures["all"]["bones"] == 13 * HANDS - 20


def test_a_stager_that_repeats_the_age_knows_little_of_single_bones(read: np.ndarray) -> None:
    usual = usual_levels(read)
    ahead = np.random.default_rng(2).integers(-2, 3, usual.shape)
    own = np.clip(usual + ahead, 0, np.array(level_counts()) - 1)

    repeats, reads = (
        level_figures(answers(each, read, np.zeros((HANDS, 13))), truth(own), UNCALIBRATED)["own_r"] for each in (usual, own)
    )

    assert abs(repeats) < 0.3 < 0.98 < reads


def test_answers_come_from_crops_in_their_order() -> None:
    crops = np.random.default_rng(1).integers(0, 255, (3, 13, 16, 16)).astype(np.uint8)
    hands = StagerHands(crops, np.ones((3, 13), bool), np.zeros(3, int), np.full(3, 100.0))
    toy = ToyStager(dict.fromkeys(RUS, 5) | {"ulna": 2})

    answered = hands.answers(toy)  # type: ignore[arg-type]

    assert len(toy.seen) == 3
    assert answered.levels.shape == (3, 13, STEPS)
    means, _ = answered.moments(UNCALIBRATED)
    assert means == pytest.approx(np.full((3, 13), GIRL_MONTHS), abs=0.1)
    assert StagerHands(crops[:0], hands.found[:0], hands.sex[:0], hands.read_months[:0]).answers(toy).levels.shape[0] == 0  # type: ignore[arg-type]
