"""precise-BAA 2022: 13 regions found by a recursive feature pyramid, graded by a network with attention, scored to an age.

Source: "Fine-grained precise-bone age assessment by integrating prior knowledge and recursive feature pyramid network", EURASIP
Journal on Image and Video Processing, 2022. The text is followed where it is definite. Numbers are as printed unless listed
below; `FULL_REGIONS` and `FULL_LEVELS` have the paper's sizes, `SMALL_REGIONS` and `SMALL_LEVELS` train in about an hour on two
cores with 1,000 films or hands.

As printed: the four independent parts; switchable atrous convolution (Eq. 1) in a ResNet, recursive feature pyramid with ASPP
feedback, region proposals, a cascade at IoU 0.5, 0.6 and 0.7, GIoU loss, SGD, batches of 4, 24 passes over the films; Faster
R-CNN with IoU 0.7 and 0.3 for its proposals, suppression at 0.7 and weight decay 0.0005; AP and mAP (Eq. 2 and 3);
DenseNet-121, ResNet-50 or Inception-v3 shared by 13 crops, scaled dot-product attention with a 13 x 13 map that multiplies the
features, cross-entropy with class weights, rotation, scaling and changes of tone, SGD with rate 0.01, momentum 0.9, batches of
2 hands, 100 epochs; the number of levels of each bone; the median curve of RUS-CHN; MAE by age group (Table 2).

Deviations:

- Hand: the shipped hand finder segments; `precise_baa2022_segmentation` trains and measures the paper's U-Net.
- Data: the paper's films and levels are not at hand. Boxes come from drawn joint regions and a table of joint boxes of RSNA
  films (`datasets.region_boxes`), levels from synthetic hands or a folder of graded hands (`datasets.graded_hands`). Films are
  divided by the project's split (80 % for training, 10 % held out), not 70:30 and 4:1, so that no part sees a film on which
  another is measured.
- Crops are upright along the bone, cut by the known or drawn place of the joint, not by the detector: so the parts stay
  independent.
- Regions: metacarpal and phalanx at MCP3 and MCP5 overlap by a third of the joint region, since the paper gives no rule.
- Eq. 2 does not define the precision of a region on a film; `evaluate.detection` says how it is read. COCO AP stands beside it.
- `r` of Eq. 1 is 3, the recursion has 2 passes, ASPP has rates 1, 3 and 6: from DetectoRS, which the paper cites for them.
  Global context modules and weight standardisation of DetectoRS are not in the text, and are left out.
- GIoU loss trains the heads; the proposals keep torchvision's smooth L1 loss. Weights of the heads' losses are those of the
  original cascade.
- "24 iterations" are taken as 24 epochs: 24 steps train nothing. The rate of the detectors is not printed, except 0.001 for
  Faster R-CNN with pretrained weights and batches of 16; here it is 0.01 with a warm-up for all three, and momentum 0.9.
- YOLO is represented by RetinaNet; `learn.networks.detectors` says why. All detectors have one backbone and the same anchors.
- Weights: pretrained on COCO, VOC or ImageNet in the paper; random here unless `--backbone-weights` gives ImageNet weights. The
  tables say which.
- ResNet-50 is version 1.5, the one that torchvision has, not version 2.
- The sizes of augmentations, crops and attention are not printed; see `CropVariationRange`, `LevelStudy` and `LevelNet`.
- Gradients are clipped to a norm of 1, and the moving average of the weights is measured, as in all studies here.
- Age: the text sums levels, its figure scores. Levels are converted to RUS-CHN scores, whose sum the curve is made for. Hands
  below or beyond the curve get its first or last age.
- Levels are measured on hands of the same kind as the training hands: figures on synthetic hands say nothing about real films.
  Ages are also measured on held-out RSNA films with drawn joints; the film's label is a Greulich-Pyle age, not RUS-CHN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from openboneage.batch.choice import executor_of
from openboneage.bones.crops import CropSpec
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.clinical.maturity import assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.datasets.film_set import FilmSet, films_of
from openboneage.datasets.graded_hands import GradedHand, HandCrops, hands_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.region_boxes import read_region_boxes
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.detection import DetectedFilm, LabelledBoxes, detection_table
from openboneage.evaluate.hand_finder import mask_table
from openboneage.evaluate.levels import age_group_table, correlation_table, level_table
from openboneage.evaluate.metrics import to_markdown
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.learn.bone_crops import MARGIN, drawn_crops, synthetic_hands
from openboneage.learn.hardware import Hardware
from openboneage.learn.level_batches import LevelBatches, balanced_loss, grade
from openboneage.learn.loop import Task, fit
from openboneage.learn.networks.detectors import DetectorKind, DetectorSize, build_detector
from openboneage.learn.networks.level_net import LevelNet
from openboneage.learn.networks.vision_backbones import vision_backbone
from openboneage.learn.region_batches import RegionBatches, RegionFilm, prepare_region_films, region_loss
from openboneage.learn.schedule import SgdSchedule
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet

BOX_SUBSETS = ("train", "eval/expert")


@dataclass(frozen=True)
class RegionStudy:
    """Settings of the detectors.

    Attributes:
        size: Size of each detector.
        batch_size: Films a step.
        epochs: Passes over the training films.
        schedule: Its number of steps is replaced by that of the epochs.
        kinds: The detectors to compare.
    """

    size: DetectorSize = field(default_factory=DetectorSize)
    batch_size: int = 4
    epochs: int = 24
    schedule: SgdSchedule = field(
        default_factory=lambda: SgdSchedule(
            0, peak_lr=0.01, weight_decay=5e-4, warmup=0.05, ema_decay=0.99, checkpoint_every=100, bf16=False
        )
    )
    kinds: tuple[DetectorKind, ...] = tuple(DetectorKind)


FULL_REGIONS = RegionStudy()
SMALL_REGIONS = RegionStudy(DetectorSize("resnet18", 256, channels=64, hidden=128, samples=64, proposals=200), epochs=5)


@dataclass(frozen=True)
class LevelStudy:
    """Settings of the level model.

    Attributes:
        backbone: `densenet121`, `resnet50` or `inception_v3`.
        crop_px: Side of a crop.
        film_px: Height of synthetic films.
        batch_size: Hands a step.
        epochs: Passes over the training hands.
        schedule: Its number of steps is replaced by that of the epochs.
    """

    backbone: str = "densenet121"
    crop_px: int = 224
    film_px: int = 1536
    batch_size: int = 2
    epochs: int = 100
    schedule: SgdSchedule = field(
        default_factory=lambda: SgdSchedule(
            0, peak_lr=0.01, weight_decay=0.0, warmup=0.0, ema_decay=0.99, checkpoint_every=100, bf16=False
        )
    )

    @property
    def crops(self) -> CropSpec:
        """Size of a crop."""
        return CropSpec(self.crop_px, MARGIN)


FULL_LEVELS = LevelStudy()
SMALL_LEVELS = replace(FULL_LEVELS, crop_px=80, film_px=512, epochs=14)


@dataclass(frozen=True)
class Run:
    """Where and how a part runs.

    Attributes:
        folder: Checkpoints and manifests; a stopped run continues.
        steps: Length of each training, instead of that of the epochs.
        weights: Weights of the backbone, see `vision_backbone`.
        hardware: Where networks are trained.
        jobs: Processes that prepare films.
    """

    folder: Path
    steps: int | None = None
    weights: str | None = None
    hardware: Hardware = field(default_factory=Hardware)
    jobs: int = 1

    def schedule(self, first: SgdSchedule, epochs: int, items: int, batch_size: int) -> SgdSchedule:
        """The schedule with as many steps as the epochs have, or as were asked for.

        Raises:
            InputError: There are too few items for one batch.
        """
        if items < batch_size:
            raise InputError(f"Expected at least {batch_size} hands for training, got {items}.")
        return first.with_steps(self.steps or epochs * (items // batch_size))

    @property
    def start(self) -> str:
        """What the backbones start from, for tables."""
        return f"weights {self.weights}" if self.weights else "random weights"


def hand_report(films: RsnaFilms) -> str:
    """Dice of the hand mask of the shipped finder, which segments hands in this study, on films that were outlined."""
    table = mask_table(films, ModelSet.find().card(HAND_FINDER.name))
    return f"The shipped hand finder segments the hand in this study; see `boneage evaluate mask`.\n\n{table}"


def region_report(films: FilmSet, regions: Path | None, boxes: Path | None, study: RegionStudy, run: Run) -> str:
    """Train the detectors and measure AP on held-out films.

    Raises:
        InputError: There are no boxes of training films or of held-out films.
    """
    training, held_out = (_region_films(films, regions, boxes, split, study, run) for split in (Split.TRAIN, Split.HELD_OUT))
    found, steps = {}, 0
    for kind in study.kinds:
        schedule = run.schedule(study.schedule, study.epochs, len(training), study.batch_size)
        batches = RegionBatches(training, study.batch_size, schedule.seed)
        build = partial(build_detector, kind, study.size, len(RUS), run.weights)
        network = fit(Task(build, batches, region_loss), schedule, run.folder / "regions" / kind, run.hardware)
        found[str(kind)], steps = detect(network, held_out), schedule.steps
    size = f"{study.size.backbone} from {run.start}, {study.size.image_px} px, {steps} steps on {len(training)} films"
    return f"{len(held_out)} held-out films; {size}:\n\n{detection_table(found, RUS)}"


def _region_films(
    films: FilmSet, regions: Path | None, boxes: Path | None, split: Split, study: RegionStudy, run: Run
) -> list[RegionFilm]:
    ids = {film.id for film in films_of(films, split)}
    known = {name: each for name, each in read_region_boxes(regions, boxes, BOX_SUBSETS).items() if name in ids}
    if not known:
        raise InputError(f"Expected boxes of regions on {split} films of {films.name}, found none; give --regions or --boxes.")
    finder = ModelSet.find().card(HAND_FINDER.name)
    return prepare_region_films(films, known, finder, study.size.image_px, executor_of(run.jobs))


def detect(network: nn.Module, films: Sequence[RegionFilm]) -> list[DetectedFilm]:
    """Found and drawn boxes of each film; regions that were not drawn on a film are left out of both."""
    answers = []
    for number, film in enumerate(films):
        batch = RegionBatches(films, 1, 0).render([number])
        with torch.no_grad():
            found = {name: value.numpy() for name, value in network(list(batch["image"].expand(-1, 3, -1, -1)))[0].items()}
        labels, drawn = found["labels"] - 1, np.flatnonzero(film.drawn)
        kept = np.isin(labels, drawn)
        boxes = LabelledBoxes(found["boxes"][kept].astype(float), labels[kept], found["scores"][kept].astype(float))
        answers.append(DetectedFilm(boxes, LabelledBoxes(film.boxes[drawn], drawn, np.ones(len(drawn)))))
    return answers


def synthetic_levels(count: int, study: LevelStudy, run: Run) -> list[GradedHand]:
    """Synthetic hands with crops of the study's size."""
    return synthetic_hands(count, study.film_px, study.crops, executor_of(run.jobs))


def train_levels(hands: Sequence[GradedHand], study: LevelStudy, run: Run) -> nn.Module:
    """Train the level model on the training hands, or continue.

    Raises:
        InputError: There are too few.
    """
    training = hands_of(hands, Split.TRAIN)
    schedule = run.schedule(study.schedule, study.epochs, len(training), study.batch_size)
    batches = LevelBatches(training, study.batch_size, schedule.seed)
    task = Task(partial(_level_net, study, run.weights), batches, balanced_loss(training))
    return fit(task, schedule, run.folder / "levels" / study.backbone, run.hardware)


def _level_net(study: LevelStudy, weights: str | None) -> LevelNet:
    return LevelNet(*vision_backbone(study.backbone, weights), level_counts())


def level_report(hands: Sequence[GradedHand], study: LevelStudy, run: Run) -> str:
    """Levels of held-out hands: errors by bone, correlation of the bones, and the mean attention map."""
    network, held_out = train_levels(hands, study, run), hands_of(hands, Split.HELD_OUT)
    answer, read = grade(network, held_out, study.batch_size), np.stack([hand.levels for hand in held_out])
    attention = [[name, *(f"{value:.2f}" for value in row)] for name, row in zip(RUS, answer.attention.mean(0), strict=True)]
    return "\n\n".join(
        (
            f"{study.backbone} from {run.start}; levels of held-out hands:",
            level_table(RUS, read, answer.levels),
            "Pearson correlation of the levels of all hands:",
            correlation_table(RUS, np.stack([hand.levels for hand in hands])),
            "Mean attention of each bone (row) to the others:",
            to_markdown(("", *RUS), attention),
        )
    )


def age_report(hands: Sequence[GradedHand], study: LevelStudy, run: Run, drawn: Path | None = None) -> str:
    """Table 2 on held-out hands, from the levels of the model and, as the limit of the method, from the graded levels.

    Args:
        hands: Graded hands.
        study: Settings of the level model.
        run: Where it runs.
        drawn: Folder of the RSNA packs: the ages of held-out films with drawn joints are measured too.
    """
    network, held_out = train_levels(hands, study, run), hands_of(hands, Split.HELD_OUT)
    model = f"levels by {study.backbone} from {run.start}"
    parts = [
        _age_table(model, held_out, grade(network, held_out, study.batch_size).levels),
        _age_table("levels as graded", held_out, np.stack([hand.levels for hand in held_out])),
    ]
    if drawn:
        films = drawn_crops(drawn, Split.HELD_OUT, study.crops, executor_of(run.jobs))
        parts.append(_age_table(f"{model}, on RSNA films", films, grade(network, films, study.batch_size).levels))
    return "\n\n".join(parts)


def _age_table(title: str, hands: Sequence[HandCrops], levels: NDArray[np.int64]) -> str:
    read = np.array([hand.age_months for hand in hands])
    return f"{title}:\n\n{age_group_table(read, ages_of([hand.sex for hand in hands], levels))}"


def ages_of(sexes: Sequence[Sex], levels: NDArray[np.int64]) -> NDArray[np.float64]:
    """RUS-CHN bone ages in months of hands with levels `(hands, 13)`."""
    standard = scoring_method("rus-chn")
    graded = [{bone: str(level) for bone, level in zip(RUS, own, strict=True)} for own in levels]
    return np.array([assess_stages(standard, sex, own).age.limit_months for sex, own in zip(sexes, graded, strict=True)])
