"""The whole-hand age model: the ensemble of two networks for both sexes.

Input: the picture of the standard hand (upright left hand, background removed, contrast normalised within the hand) as drawn by
the program, with augmentation; films are also shown at lower resolutions. Output: a distribution over 0 to 228 months for a
girl and for a boy. One network starts from random weights, the other from MobileNetV2 pretrained on ImageNet; the errors of the
two are less correlated than those of networks with the same start, so the mean of their distributions has a lower error than
either. Inputs grow during training (progressive resizing). No checkpoint is selected on any film: the schedules are
fixed, and a network is the moving average of its weights at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from torch import nn

from openboneage.errors import InputError
from openboneage.hand.drawing import DEFAULT_PICTURE, PictureSpec
from openboneage.learn.age_samples import AgeBatches, AgeError, Growth
from openboneage.learn.backbones import pretrained_age_net
from openboneage.learn.batches import batch_at
from openboneage.learn.hands import TrainingHand, VariationRange
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, Validation, fit
from openboneage.learn.losses import AgeLoss
from openboneage.learn.networks.age_net import AgeNet
from openboneage.learn.networks.ensemble import Ensemble
from openboneage.learn.schedule import Schedule

LANDMARK_SCORE_MIN = 0.2
"""Films with a lower score of their least certain landmark are left out: their frame may be wrong."""


@dataclass(frozen=True)
class WholeHandStudy:
    """Settings of the run.

    Attributes:
        batch_size: Hands a step.
        spec: Input of the networks.
        variation: How far hands are varied.
        loss: The loss.
        growth: Size of the input over the steps.
        schedule: For the network that is trained from scratch.
        pretrained_schedule: For the network initialised with MobileNetV2.
    """

    batch_size: int = 64
    spec: PictureSpec = DEFAULT_PICTURE
    variation: VariationRange = field(default_factory=VariationRange)
    loss: AgeLoss = field(default_factory=AgeLoss)
    growth: Growth = ((0.4, 0.5), (0.7, 0.75), (1.0, 1.0))
    schedule: Schedule = field(
        default_factory=lambda: Schedule(12500, peak_lr=2e-3, weight_decay=0.05, warmup=0.1, checkpoint_every=100)
    )
    pretrained_schedule: Schedule = field(
        default_factory=lambda: Schedule(4700, peak_lr=1e-3, weight_decay=0.02, warmup=0.1, seed=31, checkpoint_every=100)
    )

    def with_steps(self, steps: int) -> WholeHandStudy:
        """The study with another length of every schedule."""
        schedule, pretrained = (each.with_steps(steps) for each in (self.schedule, self.pretrained_schedule))
        return replace(self, schedule=schedule, pretrained_schedule=pretrained)

    def with_input(self, height_px: int) -> WholeHandStudy:
        """The study with another height of the picture."""
        return replace(self, spec=replace(self.spec, height_px=height_px))

    def batches(self, hands: Sequence[TrainingHand], schedule: Schedule) -> AgeBatches:
        """The batches of a schedule."""
        return AgeBatches(hands, self.spec, self.variation, self.batch_size, schedule.seed, schedule.steps, self.growth)


@dataclass(frozen=True, eq=False)
class AgeTraining:
    """What the networks share.

    Attributes:
        hands: Training hands.
        study: Settings.
        validation: Hands for the validation curve; none gives no curve.
        hardware: Device and worker processes.
    """

    hands: Sequence[TrainingHand]
    study: WholeHandStudy
    validation: Sequence[TrainingHand] = ()
    hardware: Hardware = field(default_factory=Hardware)

    def networks(self, backbone: Path | None, run: Path) -> Ensemble:
        """Train the networks, or continue a stopped run.

        Args:
            backbone: TFLite file of MobileNetV2; without it, only the network that starts from random weights is trained.
            run: Folder of the run.

        Raises:
            InputError: There are too few hands for one batch, the backbone is not a MobileNetV2, or the folder contains another
                run.
        """
        batch_size, certain = self.study.batch_size, certain_hands(self.hands)
        if len(certain) < batch_size:
            raise InputError(
                f"Expected at least {batch_size} films on which the hand is found with certainty, got {len(certain)} of "
                f"{len(self.hands)}."
            )
        training = replace(self, hands=certain, validation=certain_hands(self.validation))
        if backbone:  # before any training, to fail early on a wrong file
            build = partial(training.pretrained, backbone)
            build()
        networks = [training.network(AgeNet, self.study.schedule, run / "from-random")]
        if backbone:
            networks.append(training.network(build, self.study.pretrained_schedule, run / "from-imagenet"))
        return Ensemble(networks)

    def pretrained(self, backbone: Path) -> nn.Module:
        """The network initialised with MobileNetV2."""
        first = self.study.batches(self.hands, self.study.pretrained_schedule)
        return pretrained_age_net(backbone, batch_at(first, 0)["image"])

    def network(self, build: Callable[[], nn.Module], schedule: Schedule, run: Path) -> nn.Module:
        """Train a network, or continue."""
        batches = self.study.batches(self.hands, schedule)
        curve = Validation(AgeError(replace(batches, hands=self.validation))) if self.validation else None
        return fit(Task(build, batches, self.study.loss, curve), schedule, run, self.hardware)


def certain_hands(hands: Sequence[TrainingHand]) -> list[TrainingHand]:
    """Hands with a reliable frame."""
    return [hand for hand in hands if hand.prepared.landmark_score >= LANDMARK_SCORE_MIN]
