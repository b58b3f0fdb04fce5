"""Batches and loss of the bone stager: what counts and what does not, and a small network that learns levels and ages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openboneage.bones.onset import level_counts
from openboneage.bones.stager_card import MONTHS, STEPS
from openboneage.learn.batches import batch_at
from openboneage.learn.crop_variation import CropVariationRange
from openboneage.learn.loop import Task, fit
from openboneage.learn.networks.bone_stager import BoneStager
from openboneage.learn.schedule import Schedule
from openboneage.learn.stager_batches import StagerBatches, StagerLoss, StagerVariationRange, level_shares_of
from openboneage.learn.stager_hands import CroppedHand, Source, StagerHand
from openboneage.learn.stager_targets import graded_targets, targets_at_age
from openboneage.subject import Sex
from tests.learn.toy_stager_hands import SPEC, TRAINING_SPEC, stager_hand

HANDS = [stager_hand(number) for number in range(6)] + [stager_hand(9, Source.SYNTHETIC)]
SHARES = {Source.FILM: 0.5, Source.SHARP: 0.3, Source.SYNTHETIC: 0.5}
STILL = StagerVariationRange(CropVariationRange(0, 0, 0, 0), log_gamma=0, coarse=0, noisy=0)


def batches(hands: list[StagerHand] = HANDS, size: int = 8, variation: StagerVariationRange = STILL) -> StagerBatches:
    return StagerBatches(hands, SHARES, SPEC, TRAINING_SPEC, size, 1, variation)


class Fixed(nn.Module):
    """Answers with given logits."""

    def __init__(self, levels: Tensor, ages: Tensor) -> None:
        super().__init__()
        self.levels, self.ages = nn.Parameter(levels), nn.Parameter(ages)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        return self.levels[: len(crops)], self.ages[: len(crops)]


def test_batches_follow_from_the_step_and_take_from_each_source() -> None:
    sources = [HANDS[draw.number].source for step in range(40) for draw in batches().draw(step)]

    assert batches().draw(3) == batches().draw(3) != batches().draw(4)
    assert np.mean([source is Source.SYNTHETIC for source in sources]) == pytest.approx(0.5, abs=0.1)


def test_a_still_crop_is_the_middle_of_the_training_crop_stretched() -> None:
    draws = batches().draw(0)

    crops = batch_at(batches(), 0)["crops"][0, 5].numpy()

    wanted = HANDS[draws[0].number].cropped.crops[5, 4:20, 4:20].astype(float)
    wanted = (wanted - wanted.min()) / np.ptp(wanted)
    assert crops == pytest.approx(wanted, abs=1e-5)


def test_labels_are_those_of_the_hands() -> None:
    batch = batch_at(batches(), 0)

    for i, draw in enumerate(batches().draw(0)):
        hand = HANDS[draw.number]
        assert batch["sex"][i] == hand.sex
        assert batch["age_months"][i].isnan() if hand.age_months is None else batch["age_months"][i] == hand.age_months
        assert torch.equal(batch["levels"][i], torch.from_numpy(hand.targets.levels))


def test_coarse_films_have_fewer_pixels_and_noise_stays_in_range() -> None:
    coarse = StagerVariationRange(CropVariationRange(0, 0, 0, 0), log_gamma=0.3, coarse=1.0, noisy=1.0, noise=0.5)

    drawn = [crop.reduced_px for step in range(20) for draw in batches(variation=coarse).draw(step) for crop in draw.crops]
    crops = batch_at(batches(variation=coarse), 0)["crops"]

    assert 6 <= min(pixels for pixels in drawn if pixels) < 12
    assert max(pixels for pixels in drawn if pixels) > 40
    assert 0 <= crops.min() < crops.max() <= 1


def test_other_hands_are_other_data() -> None:
    assert batches().data_digest() != batches(HANDS[1:]).data_digest()
    assert batches().settings != batches(size=4).settings


def test_shares_of_levels_sum_to_one_and_stop_at_the_last_level() -> None:
    logits = torch.linspace(4, -4, STEPS).expand(2, 13, STEPS)

    shares = level_shares_of(logits)

    assert shares.sum(-1) == pytest.approx(torch.ones(2, 13))
    assert (shares >= 0).all()
    for number, count in enumerate(level_counts()):
        assert not shares[:, number, count:].any()


def test_bones_that_were_not_found_and_ages_of_synthetic_hands_do_not_count() -> None:
    hands = [stager_hand(0), stager_hand(1, Source.SYNTHETIC)]
    hands[0] = replace(hands[0], cropped=CroppedHand(hands[0].cropped.crops, np.arange(13) != 4, 100.0))
    batch = batches(hands).render(batches(hands).draw(0))
    sloped = torch.linspace(3, -3, STEPS).repeat(8, 13, 1)
    model = Fixed(sloped, torch.zeros(8, 13, 2, len(MONTHS)))

    StagerLoss()(model, batch).backward()

    synthetic = batch["age_months"].isnan()
    assert 0 < synthetic.sum() < 8
    assert model.levels.grad is not None
    assert model.ages.grad is not None
    assert not model.levels.grad[~synthetic, 4].any()
    assert model.levels.grad[synthetic, 4].any()
    assert not model.ages.grad[synthetic].any()
    assert not model.ages.grad[~synthetic, 4].any()
    rows = torch.arange(8)[~synthetic]
    assert not model.ages.grad[rows, :, 1 - batch["sex"][rows]].any(), "only the age for the child's own sex counts"


def test_an_age_is_weaker_evidence_than_a_known_level() -> None:
    aged = replace(stager_hand(0), targets=targets_at_age(Sex.FEMALE, 100.0), sex=0, age_months=100.0)
    usual = int(aged.targets.age_given_level[0].argmax())
    graded = replace(aged, targets=graded_targets(np.full(13, usual)))

    def losses(hand: StagerHand) -> list[float]:
        batch = batches([hand], size=1).render(batches([hand], size=1).draw(0))
        steps = [2.0 * (level + 0.5 - torch.arange(1, STEPS + 1)) for level in (usual, usual + 1, 10)]
        ages = torch.zeros(1, 13, 2, len(MONTHS))
        return [float(StagerLoss()(Fixed(each.expand(1, 13, STEPS), ages), batch).detach()) for each in steps]

    by_age, by_level = losses(aged), losses(graded)

    assert by_age[0] < by_age[2] - 0.3
    assert by_level[0] < by_level[1] < by_level[2]
    assert by_age[2] - by_age[0] < 0.5 * (by_level[2] - by_level[0])


@pytest.mark.slow
def test_a_small_network_learns_levels_and_ages(tmp_path: Path) -> None:
    hands = [stager_hand(number) for number in range(24)]
    schedule = Schedule(steps=150, peak_lr=5e-3, weight_decay=0.0, ema_decay=0.9, bf16=False)
    data = batches(hands, size=12)
    task = Task(lambda: BoneStager(16, (8, 12, 16, 24), (1, 1, 1, 1), 0.0, 0.0), data, StagerLoss())

    network = fit(task, schedule, tmp_path)

    batch = batches(hands, size=24).render(batches(hands, size=24).draw(0))
    with torch.no_grad():
        levels, ages = network(batch["crops"])
    own = ages[torch.arange(24), :, batch["sex"]].softmax(-1) @ torch.tensor(MONTHS, dtype=torch.float32)
    assert (own.mean(1) - batch["age_months"]).abs().mean() < 15
    wrong = (level_shares_of(levels).argmax(-1) - batch["levels"].argmax(-1)).abs().float()
    assert wrong.mean() < 1
