"""The whole-hand age model that ships: one network for both sexes, learned from the RSNA training films at 100 px.

Input: the standard hand (upright left hand, background masked, contrast set by the hand itself) as the program gives it,
varied. One draw in seven shows the smooth 64-px view of the film, where there is one, instead of its point samples. Output: a
distribution over 0 to 228 months for a girl and for a boy. No checkpoint is chosen on any film: the schedule is fixed and the
moving average of its end is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from torch import nn

from openboneage.errors import InputError
from openboneage.imaging.samples import SampleSpec
from openboneage.learn.age_samples import age_batch
from openboneage.learn.hands import TrainingHand, VariationRange
from openboneage.learn.loop import Schedule, fit
from openboneage.learn.losses import AgeLoss
from openboneage.learn.networks.age_net import AgeNet

SURE_ENOUGH = 0.2
"""Films whose least sure landmark scores below this are not learned from: their frame is doubtful."""


@dataclass(frozen=True)
class WholeHandStudy:
    """Settings of the run."""

    batch_size: int = 64
    spec: SampleSpec = field(default_factory=SampleSpec)
    variation: VariationRange = field(default_factory=VariationRange)
    loss: AgeLoss = field(default_factory=AgeLoss)
    schedule: Schedule = field(default_factory=lambda: Schedule(steps=7000, peak_lr=2e-3, weight_decay=0.05))


def train_whole_hand(hands: Sequence[TrainingHand], run: Path, study: WholeHandStudy | None = None) -> nn.Module:
    """Train the age network on prepared hands, or continue a run that was stopped.

    Raises:
        InputError: There are too few hands for one batch.
    """
    study = study or WholeHandStudy()
    sure = [hand for hand in hands if hand.landmark_score >= SURE_ENOUGH]
    if len(sure) < study.batch_size:
        raise InputError(f"Expected at least {study.batch_size} hands surely found, got {len(sure)} of {len(hands)} films.")
    make_batch = partial(age_batch, sure, study.spec, study.variation, study.batch_size, study.schedule.seed)
    return fit(AgeNet, make_batch, study.loss, study.schedule, run)
