"""The whole-hand study: its training films, and that it learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from openboneage.errors import InputError
from openboneage.hand.drawing import DEFAULT_PICTURE
from openboneage.learn.backbones import read_convolutions
from openboneage.learn.hand_cache import PreparedHand
from openboneage.learn.hands import TrainingHand
from openboneage.learn.schedule import Schedule
from openboneage.studies.whole_hand import LANDMARK_SCORE_MIN, AgeTraining, WholeHandStudy

SCHEDULE = Schedule(steps=3, bf16=False)
STUDY = WholeHandStudy(
    batch_size=2,
    spec=replace(DEFAULT_PICTURE, height_px=128),
    growth=((0.5, 0.5), (1.0, 1.0)),
    schedule=SCHEDULE,
    pretrained_schedule=replace(SCHEDULE, seed=4),
)


def toy_hand(number: int, score: float = 1.0) -> TrainingHand:
    """A grey canvas, brighter with age."""
    canvas, mask = np.full((149, 112), 20 + 10 * number, np.uint8), np.full((256, 192), 255, np.uint8)
    return TrainingHand(str(number), PreparedHand(canvas, mask, 0.0, 255.0, score), 12.0 * number, number % 2)


def test_the_same_hands_give_the_same_networks(backbone: Path, tmp_path: Path) -> None:
    hands = [toy_hand(number) for number in range(4)]

    first, again = (AgeTraining(hands, STUDY).networks(backbone, tmp_path / name).state_dict() for name in "ab")

    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_the_answer_is_the_mean_of_both_networks_distributions(backbone: Path, tmp_path: Path) -> None:
    image = torch.rand(3, 1, 128, 96)

    together = AgeTraining([toy_hand(number) for number in range(4)], STUDY).networks(backbone, tmp_path)

    apart = [network(image).softmax(-1) for network in together.networks]
    torch.testing.assert_close(together(image)[0].softmax(-1), (apart[0] + apart[1]) / 2)
    assert not torch.allclose(apart[0], apart[1], rtol=1e-2)


def test_one_network_starts_from_the_backbone(backbone: Path, tmp_path: Path) -> None:
    idle = Schedule(steps=1, peak_lr=1e-9, weight_decay=0.0, bf16=False)
    study = replace(STUDY, schedule=idle, pretrained_schedule=idle)

    _, network = AgeTraining([toy_hand(number) for number in range(4)], study).networks(backbone, tmp_path).networks

    stem = read_convolutions(backbone)[0]
    torch.testing.assert_close(network.get_parameter("stem.conv.weight"), torch.from_numpy(stem.weight), rtol=1e-2, atol=1e-3)


def test_doubtful_hands_are_not_learned_from(backbone: Path, tmp_path: Path) -> None:
    sure, doubtful = [toy_hand(number) for number in range(4)], toy_hand(9, LANDMARK_SCORE_MIN - 0.01)

    with_it, without = (
        AgeTraining(h, STUDY).networks(backbone, tmp_path / n).state_dict() for h, n in (([*sure, doubtful], "a"), (sure, "b"))
    )

    assert all(np.array_equal(with_it[name], without[name]) for name in without)


@pytest.mark.parametrize("hands", [[], [toy_hand(1)], [toy_hand(1), toy_hand(2, 0.0)]], ids=len)
def test_fewer_hands_than_a_batch_are_refused(backbone: Path, tmp_path: Path, hands: list[TrainingHand]) -> None:
    with pytest.raises(InputError, match="at least 2 "):
        AgeTraining(hands, replace(STUDY, batch_size=2)).networks(backbone, tmp_path)
