"""The whole-hand age model that ships: the ensemble of two networks for both sexes, trained on RSNA films at 100 px.

Input: the standard hand (upright left hand, background masked, contrast set by the hand itself) as the program produces it,
augmented. Some of the draws show the smooth 64-px view of the film, where there is one, instead of its point samples. Output:
a distribution over 0 to 228 months for a girl and for a boy. One network starts from random weights, the other from MobileNetV2
pretrained on ImageNet; the errors of the two are less correlated than those of networks with the same start, so the mean of
their distributions has a lower error than either. No checkpoint is selected on any film: the schedules are fixed, each stage
starts from the moving average of the weights at the end of the one before, and each network is the mean of the weights at the
ends of its later stages (Izmailov et al. 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from torch import nn

from openboneage.errors import InputError
from openboneage.hand.drawing import DEFAULT_VIEWS, SampleSpec
from openboneage.learn.age_samples import AgeBatches, AgeError
from openboneage.learn.averaging import averaged
from openboneage.learn.backbones import pretrained_age_net
from openboneage.learn.batches import batch_at
from openboneage.learn.folding import norms_folded
from openboneage.learn.hands import TrainingHand, VariationRange
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, Validation, fit
from openboneage.learn.losses import AgeLoss
from openboneage.learn.networks.age_net import AgeNet
from openboneage.learn.networks.ensemble import Ensemble
from openboneage.learn.schedule import Schedule

LANDMARK_SCORE_MIN = 0.2
"""Films with a lower score of their least certain landmark are left out: their frame may be wrong."""


def _later(steps: int, seed: int, peak_lr: float = 4e-4) -> Schedule:
    return Schedule(steps, peak_lr, weight_decay=0.02, warmup=0.05, ema_decay=0.999, seed=seed, checkpoint_every=1000)


@dataclass(frozen=True)
class WholeHandStudy:
    """Settings of the run.

    Attributes:
        batch_size: Hands a step.
        spec: How a hand becomes the network's input.
        variation: How far hands are varied.
        loss: The loss.
        stages: Two or more, of the network that starts from random weights. The first has batch normalisation and stochastic
            depth. The later ones train the network with its norms folded into the convolutions: a quarter less time a step, at
            lower rates, without stochastic depth; each warms the rate up and lets it fall again.
        pretrained_stages: The same for the network that starts from MobileNetV2.
        later_dropout: Dropout of the later stages.
        easing: Strength of the variation at the end of each later stage, reached evenly over its last half.
        infant_months: Films of younger children count twice: they are few, and their predictions are biased towards the mean.
    """

    batch_size: int = 64
    spec: SampleSpec = DEFAULT_VIEWS
    variation: VariationRange = field(default_factory=VariationRange)
    loss: AgeLoss = field(default_factory=AgeLoss)
    stages: tuple[Schedule, ...] = (
        Schedule(7000, peak_lr=2e-3, weight_decay=0.05),
        _later(16000, seed=2),
        _later(7000, seed=5, peak_lr=3e-4),
        _later(8000, seed=6, peak_lr=3e-4),
    )
    pretrained_stages: tuple[Schedule, ...] = (
        Schedule(3000, peak_lr=1e-3, weight_decay=0.02, warmup=0.1, ema_decay=0.998, seed=31),
        _later(6200, seed=33, peak_lr=3e-4),
    )
    later_dropout: float = 0.15
    easing: float = 0.5
    infant_months: float = 48.0

    def with_steps(self, steps: int) -> WholeHandStudy:
        """The study with another length of every stage."""
        stages, pretrained = (
            tuple(stage.with_steps(steps) for stage in each) for each in (self.stages, self.pretrained_stages)
        )
        return replace(self, stages=stages, pretrained_stages=pretrained)

    def batches(self, hands: Sequence[TrainingHand], schedule: Schedule, easing: float = 1.0) -> AgeBatches:
        """The batches of a stage."""
        return AgeBatches(hands, self.spec, self.variation, self.batch_size, schedule.seed, schedule.steps, easing)


@dataclass(frozen=True, eq=False)
class AgeTraining:
    """What all stages share.

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
        """Train the networks, or continue a run that was stopped.

        Args:
            backbone: TFLite file of MobileNetV2; without it, only the network that starts from random weights is trained.
            run: Folder of the run.

        Raises:
            InputError: There are too few hands for one batch, the backbone is no MobileNetV2, or the folder holds another run.
        """
        batch_size, certain = self.study.batch_size, certain_hands(self.hands)
        if len(certain) < batch_size:
            raise InputError(
                f"Expected at least {batch_size} films on which the hand is found with certainty, got {len(certain)} of "
                f"{len(self.hands)}."
            )
        training = replace(self, hands=certain, validation=certain_hands(self.validation))
        networks = []
        if backbone:  # first, so that a wrong file is found at once and not hours later
            networks.append(
                training.network(partial(training.pretrained, backbone), self.study.pretrained_stages, run / "from-imagenet")
            )
        networks.append(training.network(AgeNet, self.study.stages, run / "from-random"))
        return Ensemble(networks[::-1])

    def pretrained(self, backbone: Path) -> nn.Module:
        """The network that starts from MobileNetV2."""
        first = self.study.batches(self.hands, self.study.pretrained_stages[0])
        return pretrained_age_net(backbone, batch_at(first, 0)["image"])

    def network(self, build: Callable[[], nn.Module], stages: Sequence[Schedule], run: Path) -> nn.Module:
        """Train a network stage after stage, or continue; returns the mean of its weights at the ends of the later stages."""
        first, *later = stages
        ends = [fit(self._task(build, self.study.batches(self.hands, first)), first, run / "stage-1", self.hardware)]
        for number, schedule in enumerate(later, start=2):
            ends.append(self.later_stage(ends[-1], schedule, run / f"stage-{number}"))
        return averaged(ends[1:])

    def later_stage(self, network: nn.Module, schedule: Schedule, run: Path) -> nn.Module:
        """Train on from the end of a stage, or continue."""
        counted = [*self.hands, *(hand for hand in self.hands if hand.age_months < self.study.infant_months)]

        def build() -> nn.Module:
            folded = norms_folded(network)
            for module in folded.modules():
                if isinstance(module, nn.Dropout):
                    module.p = self.study.later_dropout
            return folded

        batches = self.study.batches(counted, schedule, self.study.easing)
        return fit(self._task(build, batches), schedule, run, self.hardware)

    def _task(self, build: Callable[[], nn.Module], batches: AgeBatches) -> Task:
        curve = Validation(AgeError(replace(batches, hands=self.validation))) if self.validation else None
        return Task(build, batches, self.study.loss, curve)


def certain_hands(hands: Sequence[TrainingHand]) -> list[TrainingHand]:
    """Hands whose frame can be trusted."""
    return [hand for hand in hands if hand.landmark_score >= LANDMARK_SCORE_MIN]
