"""Lee 2017, preprocessing engine: patches of five classes, LeNet-5, label map, mask, and the vision pipeline.

Source: Lee et al., "Fully Automated Deep Learning System for Bone Age Assessment", J Digit Imaging 2017; 30:427-441,
"Preprocessing Engine". Numbers are as printed unless listed below; `FULL` has the paper's sizes, `SMALL` trains in minutes on
two cores.

As printed: the corner rule for polarity; films of 512 x 512 px with the aspect kept and zeros beside them; five classes; as
many patches of each class; LeNet-5 on patches of 32 x 32 px at a stride of 4; SGD with a rate of 0.01 that falls tenfold in
three steps, 100 epochs of 1 M patches of each class; bone and tissue are the hand; the largest outline, filled; then the hand
alone in the centre of a new film, histogram equalisation, denoising, sharpening. The sweep has patches of 16 to 64 px and
strides of 2 to 16.

Deviations:

- Regions: the paper's were drawn by hand on 1,000 films. Here outlines of 70 RSNA films, drawn epiphyses and carpal bones, and
  rules give the classes; `datasets.five_classes` says how, and `boneage study segmentation --part labels` shows them.
- The label map comes from one pass of the network as convolutions, which equals the sliding window; the sweep says how much
  faster it is.
- Each cell of the label map has the class of the patch around its centre. The border has zeros around it, so that the map
  covers the film.
- A quarter of the patches chooses the best epoch in the paper; here the moving average of the last steps is used, and the rate
  falls after equal numbers of steps. Momentum 0.9 and batches of 250 patches are not printed.
- LeNet-5 with maxima and ReLU, as the framework of the paper had it. Brightness is scaled to -2 to 2.
  `SMALL` starts with a rate of 0.05, since it has 1,500 steps.
- mIoU is measured on 23 outlined films, not 280.
- The paper names no filters; those of `hand.enhance.lee_chain` are ours.
- The corner rule inverts 24 of the 93 outlined films that it should not: their background is light grey. It is used as
  printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.five_classes import CLASSES, Film8, Tissue, five_classes, painted
from openboneage.datasets.outlined_films import OutlinedFilm
from openboneage.datasets.regions import DrawnRegions, read_regions
from openboneage.evaluate.masks import Mask, Segment, System, segment_films
from openboneage.evaluate.metrics import to_markdown
from openboneage.hand.enhance import lee_chain
from openboneage.hand.polarity import bright_bones, corner_rule_inverted
from openboneage.learn.loop import Task, fit
from openboneage.learn.mask_batches import largest_filled
from openboneage.learn.networks.lenet5 import LeNet5
from openboneage.learn.patches import ClassifiedFilm, PatchBatches, label_map, label_map_by_sliding, patch_loss
from openboneage.learn.region_batches import on_square
from openboneage.learn.schedule import SteppedSgd
from openboneage.studies.segmentation_run import SegmentationRun

PRINTED_IOU = 0.92
"""mIoU with patches of 32 px at a stride of 4, on the paper's own films."""
PATCHES_PX = (16, 24, 32, 40, 48, 56, 64)
STRIDES_PX = (2, 4, 8, 16)
HAND = (Tissue.BONE, Tissue.TISSUE)
FIGURE_FILMS = 10
FIGURE_PX = 256


@dataclass(frozen=True)
class LeeStudy:
    """Settings.

    Attributes:
        patch_px: Side of a patch.
        stride_px: Step of the window.
        side_px: Side of a film.
        patches: Patches of each class in an epoch.
        epochs: Passes over as many patches.
        batch_size: Patches a step.
        schedule: Its number of steps is replaced by that of the epochs.
    """

    patch_px: int = 32
    stride_px: int = 4
    side_px: int = 512
    patches: int = 1_000_000
    epochs: int = 100
    batch_size: int = 250
    schedule: SteppedSgd = field(
        default_factory=lambda: SteppedSgd(0, peak_lr=0.01, weight_decay=0.0, ema_decay=0.99, checkpoint_every=500, bf16=False)
    )


FULL = LeeStudy()
SMALL = replace(FULL, patches=75_000, epochs=1, schedule=replace(FULL.schedule, peak_lr=0.05))


@dataclass(frozen=True, eq=False)
class NormalisedFilm:
    """A film as the paper normalises it.

    Attributes:
        square: Bright bones by the corner rule, `(side, side)` uint8; the film is in the upper left corner.
        covered: Width and height that the film covers, in pixels.
    """

    square: Film8
    covered: tuple[int, int]


def normalised(film: Film8, side_px: int) -> NormalisedFilm:
    """Polarity and size of a film."""
    return NormalisedFilm(*on_square(bright_bones(film, corner_rule_inverted(film)), side_px))


def classified(outlined: OutlinedFilm, drawn: DrawnRegions | None, side_px: int) -> ClassifiedFilm:
    """A film and the class of its pixels; pixels outside it count as collimation."""
    film = normalised(outlined.pixels, side_px)
    across, down = film.covered
    plain, _ = on_square(outlined.pixels, side_px)  # the rules expect bright bones, which all outlined films have
    hand = outlined.drawing.mask(film.covered) > 0
    bones = [polygon * (across / drawn.size_px[0]) for polygon in drawn.bones] if drawn else []
    classes = np.full(film.square.shape, Tissue.COLLIMATION, np.int8)
    classes[:down, :across] = five_classes(plain[:down, :across], hand, bones)
    return ClassifiedFilm(outlined.film.id, film.square, classes)


def classified_films(study: LeeStudy, run: SegmentationRun) -> list[ClassifiedFilm]:
    """The training films by class."""
    path = run.films.root / "regions" / "regions.json.gz"
    regions = read_regions(path) if path.is_file() else {}
    return [classified(film, regions.get(film.film.id), study.side_px) for film in run.training]


def train(study: LeeStudy, run: SegmentationRun, films: Sequence[ClassifiedFilm] | None = None) -> LeNet5:
    """Train LeNet-5, or continue."""
    films = films or classified_films(study, run)
    schedule = run.schedule(study.schedule, study.epochs, len(CLASSES) * study.patches, study.batch_size)
    batches = PatchBatches(films, study.patch_px, study.batch_size, len(CLASSES), schedule.seed)
    task = Task(partial(LeNet5, study.patch_px, len(CLASSES)), batches, patch_loss)
    return cast(LeNet5, fit(task, schedule, run.folder / "lee" / f"patch-{study.patch_px}", run.hardware))


def hand_of_labels(labels: NDArray[np.int8], film: NormalisedFilm) -> Mask:
    """The mask of a label map on the square: bone and tissue, the largest outline, filled; nothing beside the film."""
    side = film.square.shape[0]
    hand = cv2.resize(np.isin(labels, HAND).astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST) > 0
    hand[film.covered[1] :] = hand[:, film.covered[0] :] = False
    return largest_filled(hand)


def segmentation(study: LeeStudy, run: SegmentationRun, network: LeNet5 | None = None) -> Segment:
    """Train, or continue, and segment."""
    trained = network or train(study, run)

    def segment(film: Film8) -> Mask:
        shown = normalised(film, study.side_px)
        mask = hand_of_labels(label_map(trained, shown.square, study.stride_px), shown)
        part = mask[: shown.covered[1], : shown.covered[0]].astype(np.float32)
        return np.asarray(cv2.resize(part, film.shape[::-1], interpolation=cv2.INTER_LINEAR) > 0.5)

    return segment


def sweep_report(study: LeeStudy, run: SegmentationRun, patches: Sequence[int] = PATCHES_PX) -> str:
    """Figure 5: mIoU by patch size and stride, with the time of a film; and the gain of one pass over a sliding window."""
    films, rows = classified_films(study, run), []
    for patch_px in patches:
        network, cells = train(replace(study, patch_px=patch_px), run, films), []
        for stride_px in STRIDES_PX:
            own = replace(study, patch_px=patch_px, stride_px=stride_px)
            segmented = segment_films(System("", segmentation(own, run, network)), run.test)
            iou, seconds = (np.mean([film.scores.iou for film in segmented]), np.median([film.seconds for film in segmented]))
            cells.append(f"{iou:.3f} ({1000 * seconds:.0f} ms)")
        rows.append([f"{patch_px} x {patch_px}", *cells])
    table = to_markdown(("patch", *(f"stride {stride}" for stride in STRIDES_PX)), rows)
    return f"mIoU on {len(run.test)} test films, processor time of a film:\n\n{table}\n\n{_gain(study, run, films)}"


def _gain(study: LeeStudy, run: SegmentationRun, films: Sequence[ClassifiedFilm]) -> str:
    network, square = train(study, run, films), normalised(run.test[0].pixels, study.side_px).square
    ways: list[Callable[..., NDArray[np.int8]]] = [label_map, label_map_by_sliding]
    seconds = []
    for way in ways:
        start = time.process_time()
        way(network, square, study.stride_px)
        seconds.append(time.process_time() - start)
    first, second = (f"{1000 * each:.0f} ms" for each in seconds)
    return (
        f"Label map of a film, patches of {study.patch_px} px at a stride of {study.stride_px}: {first} in one pass, {second} "
        f"with a sliding window, {seconds[1] / seconds[0]:.0f} times as long."
    )


def labels_sheet(study: LeeStudy, run: SegmentationRun) -> Film8:
    """Training films beside their classes: bone white, tissue orange, background blue, collimation green, marker red."""
    pairs = []
    for film in classified_films(study, run)[: 2 * FIGURE_FILMS]:
        grey = cv2.cvtColor(film.square, cv2.COLOR_GRAY2BGR)
        pairs.append([_small(grey), _small(painted(film.classes), cv2.INTER_NEAREST)])
    rows = [np.hstack([tile for pair in pairs[first : first + 4] for tile in pair]) for first in range(0, len(pairs) - 3, 4)]
    return np.vstack(rows)


def pipeline_figure(study: LeeStudy, run: SegmentationRun) -> Film8:
    """Figure 7: films, normalised, label map, mask and result, one column for each of ten test films."""
    network, columns = train(study, run), []
    for outlined in run.test[:FIGURE_FILMS]:
        film = normalised(outlined.pixels, study.side_px)
        labels = label_map(network, film.square, study.stride_px)
        mask = hand_of_labels(labels, film)
        plain, _ = on_square(outlined.pixels, study.side_px)
        steps = [plain, film.square, 255 * np.isin(labels, HAND).astype(np.uint8), 255 * mask.astype(np.uint8)]
        steps.append(preprocessed(film.square, mask))
        columns.append(np.vstack([_small(step) for step in steps]))
    return np.hstack(columns)


def preprocessed(square: Film8, mask: Mask) -> Film8:
    """The vision pipeline: the hand alone, in the centre, equalised, denoised and sharpened."""
    alone = np.where(mask, square, 0).astype(np.uint8)
    if mask.any():
        rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
        down, right = (round((side - 1 - at[0] - at[-1]) / 2) for side, at in zip(square.shape, (rows, columns), strict=True))
        alone = np.roll(alone, (down, right), axis=(0, 1))  # the hand stays within the film, so that nothing wraps around
    return lee_chain(alone)


def _small(picture: NDArray[Any], interpolation: int = cv2.INTER_AREA) -> Film8:
    return np.asarray(cv2.resize(picture, (FIGURE_PX, FIGURE_PX), interpolation=interpolation), np.uint8)


def write_picture(path: Path, picture: Film8) -> None:
    """Write a figure as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
