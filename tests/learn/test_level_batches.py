"""Batches of graded hands: drawn first, rendered purely; the loss weighs levels; a small model learns them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openboneage.bones.onset import level_counts
from openboneage.learn.batches import batch_at
from openboneage.learn.crop_variation import CropVariationRange
from openboneage.learn.level_batches import LevelBatches, balanced_loss, grade
from openboneage.learn.loop import Task, fit
from openboneage.learn.networks.level_net import LevelNet
from openboneage.learn.schedule import SgdSchedule
from tests.learn.made_hands import made_hand

HANDS = [made_hand(number) for number in range(6)]


def test_batches_follow_from_the_step_and_an_epoch_has_each_hand_once() -> None:
    batches = LevelBatches(HANDS, 2, seed=3)

    numbers = [draw.number for step in range(3) for draw in batches.draw(step)]

    assert sorted(numbers) == list(range(6))
    assert batches.draw(1) == LevelBatches(HANDS, 2, seed=3).draw(1)
    batch = batch_at(batches, 0)
    assert batch["crops"].shape == (2, 13, 1, 16, 16)
    assert batch["levels"].tolist() == [HANDS[draw.number].levels.tolist() for draw in batches.draw(0)]


def test_other_hands_are_other_data() -> None:
    assert LevelBatches(HANDS, 2, 1).data_digest() != LevelBatches(HANDS[:5], 2, 1).data_digest()


def test_rare_levels_weigh_more() -> None:
    weights = balanced_loss([HANDS[0], HANDS[0], HANDS[0], HANDS[1]]).class_weights
    common, rare = HANDS[0].levels[0], HANDS[1].levels[0]

    assert len(weights[0]) == 15
    assert weights[0][rare] == 3 * weights[0][common] == pytest.approx(2)


class Shade(nn.Module):
    """The mean brightness, its square and its cube."""

    def __init__(self) -> None:
        super().__init__()
        self.spread = nn.Linear(3, 16)

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean((1, 2, 3))[:, None]
        return torch.tanh(self.spread(torch.cat([mean, mean**2, mean**3], 1) * 3))


def test_a_small_model_learns_levels(tmp_path: Path) -> None:
    still = CropVariationRange(0, 0, 0, 0)
    task = Task(lambda: LevelNet(Shade(), 16, level_counts()), LevelBatches(HANDS, 2, 1, still), balanced_loss(HANDS))
    schedule = SgdSchedule(150, peak_lr=0.3, weight_decay=0.0, warmup=0.0, ema_decay=0.9, checkpoint_every=150, bf16=False)
    truth = np.stack([hand.levels for hand in HANDS])

    before = grade(LevelNet(Shade(), 16, level_counts()), HANDS, 4)
    after = grade(fit(task, schedule, tmp_path), HANDS, 4)

    assert [each.shape for each in after.probabilities] == [(6, count) for count in level_counts()]
    assert after.attention.shape == (6, 13, 13)
    assert np.abs(after.levels - truth).mean() < 0.5 * np.abs(before.levels - truth).mean()
