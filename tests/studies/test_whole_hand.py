"""The whole-hand study: whom it learns from, and that it learns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openboneage.errors import InputError
from openboneage.hand import geometry
from openboneage.hand.frame import frame_to_canvas
from openboneage.learn.backbones import read_convolutions
from openboneage.learn.batches import Batch
from openboneage.learn.hand_cache import View
from openboneage.learn.hands import TrainingHand
from openboneage.learn.losses import AgeLoss
from openboneage.learn.networks.age_net import AgeNet
from openboneage.learn.schedule import Schedule
from openboneage.studies.whole_hand import LANDMARK_SCORE_MIN, AgeTraining, WholeHandStudy

FIRST = Schedule(steps=2, bf16=False)
LATER = tuple(Schedule(steps=2, peak_lr=1e-4, seed=seed, bf16=False) for seed in (2, 3))
STUDY = WholeHandStudy(batch_size=2, stages=(FIRST, *LATER), pretrained_stages=(replace(FIRST, seed=4), LATER[0]))


def toy_hand(number: int, score: float = 1.0) -> TrainingHand:
    """A grey canvas as a film, brighter with age."""
    film = np.full((128, 96), 20 + 10 * number, np.uint8)
    mask = np.full((256, 192), 255, np.uint8)
    back = geometry.inverse(frame_to_canvas(128))
    return TrainingHand(str(number), (View(film, 0.0, 255.0),), back, mask, 12.0 * number, number % 2, score)


def test_the_same_hands_give_the_same_networks(backbone: Path, tmp_path: Path) -> None:
    hands = [toy_hand(number) for number in range(4)]

    first, again = (AgeTraining(hands, STUDY).networks(backbone, tmp_path / name).state_dict() for name in "ab")

    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_each_stage_starts_from_the_one_before_and_the_later_ends_are_averaged(tmp_path: Path) -> None:
    hands = [toy_hand(number) for number in range(4)]

    shipped = AgeTraining(hands, STUDY).network(AgeNet, (FIRST, *LATER), tmp_path / "all").state_dict()
    second = AgeTraining(hands, STUDY).network(AgeNet, (FIRST, LATER[0]), tmp_path / "two")
    third = AgeTraining(hands, STUDY).later_stage(second, LATER[1], tmp_path / "two" / "then").state_dict()

    for name, value in second.state_dict().items():
        torch.testing.assert_close(shipped[name], (value + third[name]) / 2)
    assert any(not torch.equal(value, third[name]) for name, value in second.state_dict().items())


def test_the_answer_is_the_mean_of_both_networks_distributions(backbone: Path, tmp_path: Path) -> None:
    image = torch.rand(3, 1, 128, 96)

    together = AgeTraining([toy_hand(number) for number in range(4)], STUDY).networks(backbone, tmp_path)

    apart = [network(image).softmax(-1) for network in together.networks]
    torch.testing.assert_close(together(image).softmax(-1), (apart[0] + apart[1]) / 2)
    assert not torch.allclose(apart[0], apart[1], rtol=1e-2)


def test_one_network_starts_from_the_backbone(backbone: Path, tmp_path: Path) -> None:
    idle = Schedule(steps=1, peak_lr=1e-9, weight_decay=0.0, bf16=False)
    study = replace(STUDY, stages=(idle, idle), pretrained_stages=(idle, idle))

    _, network = AgeTraining([toy_hand(number) for number in range(4)], study).networks(backbone, tmp_path).networks

    stem = read_convolutions(backbone)[0]
    torch.testing.assert_close(network.get_parameter("stem.conv.weight"), torch.from_numpy(stem.weight), rtol=1e-2, atol=1e-3)


def test_doubtful_hands_are_not_learned_from(backbone: Path, tmp_path: Path) -> None:
    sure, doubtful = [toy_hand(number) for number in range(4)], toy_hand(9, LANDMARK_SCORE_MIN - 0.01)

    with_it, without = (
        AgeTraining(h, STUDY).networks(backbone, tmp_path / n).state_dict() for h, n in (([*sure, doubtful], "a"), (sure, "b"))
    )

    assert all(np.array_equal(with_it[name], without[name]) for name in without)


@dataclass(frozen=True)
class SpyingLoss(AgeLoss):
    """A loss that keeps the ages it was asked about."""

    ages: list[float] = field(default_factory=list)

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        self.ages.extend(batch["age_months"].tolist())
        return super().__call__(model, batch)


def test_a_later_stage_sees_infants_twice_and_starts_where_the_last_ended(tmp_path: Path) -> None:
    loss = SpyingLoss()
    study = replace(STUDY, batch_size=3, loss=loss, infant_months=20)
    schedule = Schedule(steps=3, peak_lr=1e-9, bf16=False, weight_decay=0.0)
    hands = [toy_hand(number) for number in range(1, 9)]
    rough = AgeNet().eval()

    network = AgeTraining(hands, study).later_stage(rough, schedule, tmp_path)

    assert len(loss.ages) == 9
    assert loss.ages.count(12.0) == 2, "nine draws are an epoch of eight hands, one of them an infant's"
    image = torch.rand(2, 1, 128, 96)
    torch.testing.assert_close(network(image), rough(image), atol=1e-4, rtol=1e-3)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())


@pytest.mark.parametrize("hands", [[], [toy_hand(1)], [toy_hand(1), toy_hand(2, 0.0)]], ids=len)
def test_fewer_hands_than_a_batch_are_refused(backbone: Path, tmp_path: Path, hands: list[TrainingHand]) -> None:
    with pytest.raises(InputError, match="at least 2 "):
        AgeTraining(hands, replace(STUDY, batch_size=2)).networks(backbone, tmp_path)
