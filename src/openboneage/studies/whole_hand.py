"""The whole-hand age model that ships: one network for both sexes, learned in two courses from RSNA's training films at 100 px.

Input: the standard hand (upright left hand, background masked, contrast set by the hand itself) as the program gives it,
varied. Nearly every second draw shows the smooth 64-px view of the film, where there is one, instead of its point samples.
Output: a distribution over 0 to 228 months for a girl and for a boy. The second course is run several times from the end of the
first, and the mean of the weights is what ships. No checkpoint is chosen on any film: the schedules are fixed, and the moving
average of the weights at the end of each is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from torch import nn

from openboneage.errors import InputError
from openboneage.imaging.samples import SampleSpec
from openboneage.learn.age_samples import age_batch
from openboneage.learn.averaging import averaged
from openboneage.learn.folding import norms_folded
from openboneage.learn.hands import TrainingHand, VariationRange
from openboneage.learn.loop import Batch, Schedule, fit
from openboneage.learn.losses import AgeLoss
from openboneage.learn.networks.age_net import AgeNet

SURE_ENOUGH = 0.2
"""Films whose least sure landmark scores below this are not learned from: their frame is doubtful."""


@dataclass(frozen=True)
class WholeHandStudy:
    """Settings of the run.

    Attributes:
        batch_size: Hands a step.
        spec: How a hand becomes the network's input.
        variation: How far hands are varied.
        loss: What is made small.
        first: The first course, with batch normalisation and much dropping out.
        second: The second course, on the network with its norms folded in: a quarter less time a step, at a lower rate, no
            block dropped. Its seed is replaced.
        second_seeds: Seeds of the runs of the second course.
        second_dropout: Dropout of the second course.
        easing: Strength of the variation at the end of the second course, reached evenly over its last half.
        infant_months: Films of younger children count twice: they are few, and their ages are drawn to the middle.
    """

    batch_size: int = 64
    spec: SampleSpec = field(default_factory=lambda: SampleSpec(phases=2, smooth=2))
    variation: VariationRange = field(default_factory=VariationRange)
    loss: AgeLoss = field(default_factory=AgeLoss)
    first: Schedule = field(default_factory=lambda: Schedule(steps=7000, peak_lr=2e-3, weight_decay=0.05))
    second: Schedule = field(
        default_factory=lambda: Schedule(
            steps=8000, peak_lr=4e-4, weight_decay=0.02, warmup=0.05, ema_decay=0.999, checkpoint_every=1000
        )
    )
    second_seeds: tuple[int, ...] = (2, 3, 4)
    second_dropout: float = 0.3
    easing: float = 0.7
    infant_months: float = 48.0

    def variation_at(self, step: int) -> VariationRange:
        """Variation of a step of the second course."""
        share = min(max(2 * step / self.second.steps - 1, 0), 1)
        return self.variation.eased(1 - (1 - self.easing) * share)


def train_whole_hand(hands: Sequence[TrainingHand], run: Path, study: WholeHandStudy | None = None) -> nn.Module:
    """Train the age network on prepared hands in two courses, or continue a run that was stopped.

    Raises:
        InputError: There are too few hands for one batch.
    """
    study = study or WholeHandStudy()
    sure = [hand for hand in hands if hand.landmark_score >= SURE_ENOUGH]
    if len(sure) < study.batch_size:
        raise InputError(f"Expected at least {study.batch_size} hands surely found, got {len(sure)} of {len(hands)} films.")
    batch = partial(age_batch, sure, study.spec, study.variation, study.batch_size, study.first.seed)
    rough = fit(AgeNet, batch, study.loss, study.first, run / "first")
    return averaged([second_course(rough, sure, run / f"second-{seed}", study, seed) for seed in study.second_seeds])


def second_course(rough: nn.Module, hands: Sequence[TrainingHand], run: Path, study: WholeHandStudy, seed: int) -> nn.Module:
    """Train on from a network of the first course, or continue."""
    counted = [*hands, *(hand for hand in hands if hand.age_months < study.infant_months)]

    def make_batch(step: int) -> Batch:
        how = study.variation_at(step)
        return age_batch(counted, study.spec, how, study.batch_size, seed, step)

    def build() -> nn.Module:
        network = AgeNet(dropout=study.second_dropout)
        network.load_state_dict(rough.state_dict())
        return norms_folded(network)

    return fit(build, make_batch, study.loss, replace(study.second, seed=seed), run)
