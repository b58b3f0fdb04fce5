"""The bone stager: level and age of each of the 13 bones, each from its own crop.

Bones are found as in an assessment, by the hand finder and the bone finder, on every labelled film, once as the film is in the
set and once at full size or sharp within its drawn regions, if there are such pixels. The bone age of a film is a label of the
age of each of its bones. Levels come from synthetic hands, whose bones differ more than those of a child; from the measures of
drawn epiphyses; and of all other films from the bone age, which only says which levels are usual (`learn.stager_targets`).
Temperatures of levels and standard deviations of ages are fitted on validation films. No checkpoint is selected on any film.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from torch import nn

from openboneage.bones.crops import CropSpec
from openboneage.learn.bone_crops import MARGIN
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, fit
from openboneage.learn.networks.bone_stager import BoneStager
from openboneage.learn.schedule import Schedule
from openboneage.learn.stager_batches import StagerBatches, StagerLoss, StagerVariationRange
from openboneage.learn.stager_hands import SURROUND, Source, StagerHand

SHARES: Mapping[Source, float] = MappingProxyType({Source.FILM: 0.6, Source.SHARP: 0.22, Source.SYNTHETIC: 0.18})
"""Share of each source among the samples."""


@dataclass(frozen=True)
class BoneStagerStudy:
    """Settings of the run.

    Attributes:
        batch_size: Hands a step.
        spec: Crops that the network sees.
        synthetic: Number of synthetic hands.
        synthetic_px: Height of their films.
        bone_spread: Factor of the differences between their bones.
        variation: How far hands are varied; they are not mirrored.
        loss: The loss.
        schedule: Length and learning rate.
    """

    batch_size: int = 24
    spec: CropSpec = field(default_factory=lambda: CropSpec(64, MARGIN))
    synthetic: int = 2000
    synthetic_px: int = 512
    bone_spread: float = 2.5
    variation: StagerVariationRange = field(default_factory=StagerVariationRange)
    loss: StagerLoss = field(default_factory=StagerLoss)
    schedule: Schedule = field(
        default_factory=lambda: Schedule(2500, peak_lr=3e-3, warmup=0.1, ema_decay=0.995, checkpoint_every=100)
    )

    @property
    def training_spec(self) -> CropSpec:
        """Crops with the surround that turning and shifting need."""
        return CropSpec(round(self.spec.crop_px * SURROUND), self.spec.margin * SURROUND)

    def with_steps(self, steps: int) -> BoneStagerStudy:
        """The study with another length."""
        return replace(self, schedule=self.schedule.with_steps(steps))

    def batches(self, hands: Sequence[StagerHand]) -> StagerBatches:
        """The batches of the run."""
        return StagerBatches(hands, SHARES, self.spec, self.training_spec, self.batch_size, self.schedule.seed, self.variation)

    def network(self) -> nn.Module:
        """The network before training."""
        return BoneStager(self.spec.crop_px)


def train_bone_stager(
    hands: Sequence[StagerHand], run: Path, study: BoneStagerStudy | None = None, hardware: Hardware | None = None
) -> nn.Module:
    """Train the bone stager, or continue a stopped run."""
    study = study or BoneStagerStudy()
    return fit(Task(study.network, study.batches(hands), study.loss), study.schedule, run, hardware)
