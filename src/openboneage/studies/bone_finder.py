"""The bone finder: joints with their boxes, and outlines of epiphyses and carpal bones, from one picture of the hand.

Labels: drawn bones and joint regions (Deng et al. 2023; 834 training films, named by `datasets.skeleton`) and boxes by experts
(Koitka et al. 2018; 69 training films). Pixels: films at full size if there are any, else films that are sharp within their
regions (`datasets.region_films`), and the reductions to 299 px. The hand is found as in an assessment, so the frame is the one
that the program uses. No checkpoint is selected on any film.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from torch import nn

from openboneage.batch.choice import executor_of
from openboneage.bones.maps import PICTURE
from openboneage.datasets.film_set import films_of
from openboneage.datasets.region_films import Kind, RegionFilms
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.hand.drawing import PictureSpec
from openboneage.learn.age_samples import Growth
from openboneage.learn.bone_hands import BoneHand, prepare_bone_hands
from openboneage.learn.bone_loss import BoneLoss
from openboneage.learn.bone_samples import BoneBatches
from openboneage.learn.hands import VariationRange
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, fit
from openboneage.learn.networks.bone_finder import BoneFinder
from openboneage.learn.schedule import Schedule
from openboneage.studies.material import Material

SHARES: Mapping[Kind, float] = MappingProxyType({Kind.FULL: 0.2, Kind.COMPOSITE: 0.4, Kind.COARSE: 0.33, Kind.BOXED: 0.07})
"""Share of each kind of film among the samples."""


@dataclass(frozen=True)
class BoneFinderStudy:
    """Settings of the run.

    Attributes:
        batch_size: Hands a step.
        spec: Input of the network.
        variation: How far hands are varied; they are not mirrored, since names depend on the side.
        loss: The loss.
        growth: Size of the picture over the steps.
        schedule: Length and learning rate.
    """

    batch_size: int = 8
    spec: PictureSpec = PICTURE
    variation: VariationRange = field(
        default_factory=lambda: VariationRange(mirror=0.0, coarse=0.2, point_sampled=0.1, erase=0.0)
    )
    loss: BoneLoss = field(default_factory=BoneLoss)
    growth: Growth = ((0.5, 0.7), (1.0, 1.0))
    schedule: Schedule = field(
        default_factory=lambda: Schedule(4400, peak_lr=3e-3, warmup=0.1, ema_decay=0.995, checkpoint_every=100)
    )

    def with_steps(self, steps: int) -> BoneFinderStudy:
        """The study with another length."""
        return replace(self, schedule=self.schedule.with_steps(steps))

    def batches(self, hands: Sequence[BoneHand]) -> BoneBatches:
        """The batches of the run."""
        return BoneBatches(
            hands, SHARES, self.spec, self.variation, self.batch_size, self.schedule.seed, self.schedule.steps, self.growth
        )


def bone_hands(material: Material, finder: Path, spec: PictureSpec, jobs: int) -> list[BoneHand]:
    """The training hands: every film of the training split with drawn regions or boxes, once for each kind.

    Raises:
        InputError: There are no drawn regions, or none is of a training film.
    """
    if not material.regions:
        raise InputError("Expected drawn bones and joints to train the bone finder: give --regions.")
    films = RegionFilms(material.films, material.regions, material.boxes)
    hands = prepare_bone_hands(films, films_of(material.films, Split.TRAIN), finder, spec, executor_of(jobs))
    if not any(hand.bones for hand in hands):
        raise InputError(f"Expected drawn bones on training films of {material.films.name}, found none.")
    return hands


def train_bone_finder(
    hands: Sequence[BoneHand], run: Path, study: BoneFinderStudy | None = None, hardware: Hardware | None = None
) -> nn.Module:
    """Train the bone finder, or continue a stopped run."""
    study = study or BoneFinderStudy()
    return fit(Task(BoneFinder, study.batches(hands), study.loss), study.schedule, run, hardware)
