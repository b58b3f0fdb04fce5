"""Hand segmentation of Lee 2017, Pan 2020, RidgeNet 2021 and precise-BAA 2022 beside the shipped finder, on the same films."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from openboneage.evaluate.masks import System, finder_systems, mask_comparison
from openboneage.studies import lee2017_segmentation as lee
from openboneage.studies import pan2020_segmentation as pan
from openboneage.studies import precise_baa2022_segmentation as precise
from openboneage.studies import ridgenet2021_segmentation as ridgenet
from openboneage.studies.segmentation_run import SegmentationRun


class SystemName(StrEnum):
    """The systems of the papers."""

    LEE = "lee"
    PAN = "pan"
    PRECISE_BAA = "precise-baa"
    RIDGENET = "ridgenet"


@dataclass(frozen=True)
class Sizes:
    """Settings of every study."""

    lee: lee.LeeStudy
    pan: pan.PanStudy
    precise: precise.UNetStudy
    ridgenet: ridgenet.MaskStudy


FULL = Sizes(lee.FULL, pan.FULL, precise.FULL, ridgenet.FULL)
SMALL = Sizes(lee.SMALL, pan.SMALL, precise.SMALL, ridgenet.SMALL)


def trained_system(name: SystemName, sizes: Sizes, run: SegmentationRun, weights: Path | None = None) -> System:
    """Train a paper's system, or continue.

    Args:
        name: Which.
        sizes: Its settings.
        run: Where it runs.
        weights: COCO weights of torchvision's Mask R-CNN, for RidgeNet.
    """
    if name is SystemName.LEE:
        return System("Lee 2017", lee.segmentation(sizes.lee, run), f"mIoU {lee.PRINTED_IOU}")
    if name is SystemName.PAN:
        count, outlined = sizes.pan.members[0], sizes.pan.rounds.outlined
        printed = "Dice 0.939 with 300 outlines, k = 3; 0.952 with k = 7"
        return System(f"Pan 2020, k = {count}, {outlined} outlines", pan.segmentation(sizes.pan, run), printed)
    if name is SystemName.PRECISE_BAA:
        printed = f"pixel accuracy {precise.PRINTED_ACCURACY:.3f}"
        return System("precise-BAA 2022", precise.segmentation(sizes.precise, run), printed)
    return System("RidgeNet 2021", ridgenet.segmentation(sizes.ridgenet, run, weights), "no figure")


def comparison(names: list[SystemName], sizes: Sizes, run: SegmentationRun, finder: Path, weights: Path | None = None) -> str:
    """The table of all systems and of the shipped finder; pictures of the worst masks are written to the run's folder."""
    systems = [*finder_systems(finder), *(trained_system(name, sizes, run, weights) for name in names)]
    table = mask_comparison(systems, run.test, run.folder / "worst")
    return f"{table}\n\nFigures of papers are theirs, on their own films. Worst masks: {run.folder / 'worst'}."
