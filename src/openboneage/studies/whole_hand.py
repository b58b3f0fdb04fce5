"""The whole-hand age model that ships: the mean of two networks for both sexes, learned from RSNA's training films at 100 px.

Input: the standard hand (upright left hand, background masked, contrast set by the hand itself) as the program gives it,
varied. A part of the draws shows the smooth 64-px view of the film, where there is one, instead of its point samples. Output:
a distribution over 0 to 228 months for a girl and for a boy. One network starts from nothing, the other from what MobileNetV2
has learned on photographs: they err apart, and the mean of their distributions errs less than either. No checkpoint is chosen
on any film: the schedules are fixed, each course goes on from the moving average of the weights at the end of the one before,
and of each network the mean of the weights at the ends of its later courses is taken (Izmailov et al. 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from torch import nn

from openboneage.errors import InputError
from openboneage.hand.drawing import TWO_PLACES, SampleSpec
from openboneage.learn.age_samples import age_batch
from openboneage.learn.averaging import averaged
from openboneage.learn.backbones import pretrained_age_net
from openboneage.learn.folding import norms_folded
from openboneage.learn.hands import TrainingHand, VariationRange
from openboneage.learn.loop import Batch, Schedule, fit
from openboneage.learn.losses import AgeLoss
from openboneage.learn.networks.age_net import AgeNet
from openboneage.learn.networks.ensemble import Ensemble

SURE_ENOUGH = 0.2
"""Films whose least sure landmark scores below this are not learned from: their frame is doubtful."""


def _later(steps: int, seed: int, peak_lr: float = 4e-4) -> Schedule:
    return Schedule(steps, peak_lr, weight_decay=0.02, warmup=0.05, ema_decay=0.999, seed=seed, checkpoint_every=1000)


@dataclass(frozen=True)
class WholeHandStudy:
    """Settings of the run.

    Attributes:
        batch_size: Hands a step.
        spec: How a hand becomes the network's input.
        variation: How far hands are varied.
        loss: What is made small.
        courses: Two or more, of the network that starts from nothing. The first has batch normalisation and drops blocks out.
            The later ones run on the network with its norms folded in: a quarter less time a step, at lower rates, no block
            dropped; each warms the rate up and lets it fall again.
        pretrained_courses: The same for the network that starts from MobileNetV2.
        later_dropout: Dropout of the later courses.
        easing: Strength of the variation at the end of each later course, reached evenly over its last half.
        infant_months: Films of younger children count twice: they are few, and their ages are drawn to the middle.
    """

    batch_size: int = 64
    spec: SampleSpec = field(default_factory=lambda: SampleSpec(phases=2, diagonal=True, smooth=2, places=TWO_PLACES))
    variation: VariationRange = field(default_factory=VariationRange)
    loss: AgeLoss = field(default_factory=AgeLoss)
    courses: tuple[Schedule, ...] = (
        Schedule(7000, peak_lr=2e-3, weight_decay=0.05),
        _later(16000, seed=2),
        _later(7000, seed=5, peak_lr=3e-4),
        _later(8000, seed=6, peak_lr=3e-4),
    )
    pretrained_courses: tuple[Schedule, ...] = (
        Schedule(3000, peak_lr=1e-3, weight_decay=0.02, warmup=0.1, ema_decay=0.998, seed=31),
        _later(6200, seed=33, peak_lr=3e-4),
    )
    later_dropout: float = 0.15
    easing: float = 0.5
    infant_months: float = 48.0

    def variation_at(self, progress: float) -> VariationRange:
        """Variation in a later course of which that share, 0 to 1, is done."""
        return self.variation.eased(1 - (1 - self.easing) * max(2 * progress - 1, 0))


def train_whole_hand(hands: Sequence[TrainingHand], backbone: Path, run: Path, study: WholeHandStudy | None = None) -> Ensemble:
    """Train both networks on prepared hands, or continue a run that was stopped.

    Args:
        hands: Training hands.
        backbone: TFLite file of MobileNetV2.
        run: Folder of the run.
        study: Settings.

    Raises:
        InputError: There are too few hands for one batch, or the backbone is no MobileNetV2.
    """
    study = study or WholeHandStudy()
    sure = [hand for hand in hands if hand.landmark_score >= SURE_ENOUGH]
    if len(sure) < study.batch_size:
        raise InputError(f"Expected at least {study.batch_size} hands surely found, got {len(sure)} of {len(hands)} films.")

    def pretrained() -> nn.Module:
        first = study.pretrained_courses[0]
        return pretrained_age_net(backbone, _batch(sure, study, study.variation, first, 0)["image"])

    # First the network that needs the backbone, so that a wrong file is not found out hours later.
    from_photographs = train_network(pretrained, study.pretrained_courses, sure, run / "from-photographs", study)
    from_nothing = train_network(AgeNet, study.courses, sure, run / "from-nothing", study)
    return Ensemble([from_nothing, from_photographs])


def train_network(
    build: Callable[[], nn.Module], courses: Sequence[Schedule], hands: Sequence[TrainingHand], run: Path, study: WholeHandStudy
) -> nn.Module:
    """Train a network course after course, or continue; returns the mean of its weights at the ends of the later courses."""
    first, *later = courses
    ends = [fit(build, partial(_batch, hands, study, study.variation, first), study.loss, first, run / "course-1")]
    for number, schedule in enumerate(later, start=2):
        ends.append(later_course(ends[-1], schedule, hands, run / f"course-{number}", study))
    return averaged(ends[1:])


def _batch(
    hands: Sequence[TrainingHand], study: WholeHandStudy, variation: VariationRange, schedule: Schedule, step: int
) -> Batch:
    return age_batch(hands, study.spec, variation, study.batch_size, schedule.seed, step)


def later_course(
    network: nn.Module, schedule: Schedule, hands: Sequence[TrainingHand], run: Path, study: WholeHandStudy
) -> nn.Module:
    """Train on from where a course ended, or continue."""
    counted = [*hands, *(hand for hand in hands if hand.age_months < study.infant_months)]

    def make_batch(step: int) -> Batch:
        return _batch(counted, study, study.variation_at(step / schedule.steps), schedule, step)

    def build() -> nn.Module:
        folded = norms_folded(network)
        for module in folded.modules():
            if isinstance(module, nn.Dropout):
                module.p = study.later_dropout
        return folded

    return fit(build, make_batch, study.loss, schedule, run)
