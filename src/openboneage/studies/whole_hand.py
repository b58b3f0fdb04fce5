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
from dataclasses import dataclass, field
from pathlib import Path

from torch import nn

from openboneage.errors import InputError
from openboneage.hand.drawing import DEFAULT_VIEWS, SampleSpec
from openboneage.learn.age_samples import AgeBatches
from openboneage.learn.averaging import averaged
from openboneage.learn.backbones import pretrained_age_net
from openboneage.learn.batches import batch_at
from openboneage.learn.folding import norms_folded
from openboneage.learn.hands import TrainingHand, VariationRange
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, fit
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

    def batches(self, hands: Sequence[TrainingHand], schedule: Schedule, easing: float = 1.0) -> AgeBatches:
        """The batches of a stage."""
        return AgeBatches(hands, self.spec, self.variation, self.batch_size, schedule.seed, schedule.steps, easing)


def train_whole_hand(
    hands: Sequence[TrainingHand],
    backbone: Path,
    run: Path,
    study: WholeHandStudy | None = None,
    hardware: Hardware | None = None,
) -> Ensemble:
    """Train both networks on prepared hands, or continue a run that was stopped.

    Args:
        hands: Training hands.
        backbone: TFLite file of MobileNetV2.
        run: Folder of the run.
        study: Settings.
        hardware: Device and worker processes.

    Raises:
        InputError: There are too few hands for one batch, the backbone is no MobileNetV2, or the folder holds another run.
    """
    study = study or WholeHandStudy()
    certain = [hand for hand in hands if hand.landmark_score >= LANDMARK_SCORE_MIN]
    if len(certain) < study.batch_size:
        raise InputError(
            f"Expected at least {study.batch_size} films with a hand found with certainty, got {len(certain)} of {len(hands)}."
        )

    def pretrained() -> nn.Module:
        return pretrained_age_net(backbone, batch_at(study.batches(certain, study.pretrained_stages[0]), 0)["image"])

    # The network that needs the backbone first, so that a wrong file is found at once and not hours later.
    from_imagenet = train_network(pretrained, study.pretrained_stages, certain, run / "from-imagenet", study, hardware)
    from_random = train_network(AgeNet, study.stages, certain, run / "from-random", study, hardware)
    return Ensemble([from_random, from_imagenet])


def train_network(
    build: Callable[[], nn.Module],
    stages: Sequence[Schedule],
    hands: Sequence[TrainingHand],
    run: Path,
    study: WholeHandStudy,
    hardware: Hardware | None = None,
) -> nn.Module:
    """Train a network stage after stage, or continue; returns the mean of its weights at the ends of the later stages."""
    first, *later = stages
    ends = [fit(Task(build, study.batches(hands, first), study.loss), first, run / "stage-1", hardware)]
    for number, schedule in enumerate(later, start=2):
        ends.append(later_stage(ends[-1], schedule, hands, run / f"stage-{number}", study, hardware))
    return averaged(ends[1:])


def later_stage(
    network: nn.Module,
    schedule: Schedule,
    hands: Sequence[TrainingHand],
    run: Path,
    study: WholeHandStudy,
    hardware: Hardware | None = None,
) -> nn.Module:
    """Train on from the end of a stage, or continue."""
    counted = [*hands, *(hand for hand in hands if hand.age_months < study.infant_months)]

    def build() -> nn.Module:
        folded = norms_folded(network)
        for module in folded.modules():
            if isinstance(module, nn.Dropout):
                module.p = study.later_dropout
        return folded

    return fit(Task(build, study.batches(counted, schedule, study.easing), study.loss), schedule, run, hardware)
