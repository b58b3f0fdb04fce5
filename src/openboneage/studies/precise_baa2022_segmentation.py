"""precise-BAA 2022, hand segmentation: U-Net on outlined hands, then the largest part with its holes filled.

Source: see `precise_baa2022`; sections 3.1.2 and 4.1.

As printed: U-Net with skip connections and deconvolutions; SGD with momentum 0.99, batches of 4, 100 epochs; a rate of 0.01,
the largest of the three printed; after it a morphological opening, the largest connected part, holes filled.

Deviations:

- 80 of 100 films of two hospitals are learned from in the paper; here 70 outlined RSNA films.
- The size of the input and the normalisation are not printed: 512 px, mean 0 and SD 1, as in Pan 2020. The film's aspect is
  kept.
- The rates 0.01, 0.001 and 0.005 are printed without an order: 0.01 throughout, after a warm-up over 5 % of the steps.
- `SMALL` is smaller and learns with momentum 0.9, since its 340 steps are too few for 0.99.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.evaluate.masks import Mask, Segment
from openboneage.learn.active import DrawnOracle, outlined_films, prepared
from openboneage.learn.loop import Task, fit
from openboneage.learn.mask_batches import MaskBatches, MaskInput, hand_probability, largest_filled, pixel_loss
from openboneage.learn.networks.unet import UNet
from openboneage.learn.schedule import SgdSchedule
from openboneage.studies.segmentation_run import SegmentationRun

PRINTED_ACCURACY = 0.980
"""Share of pixels that are right, on the paper's own films."""
OPENING_SHARE = 0.01
"""Side of the square of the morphological opening, as a share of the film's height; not printed."""


@dataclass(frozen=True)
class UNetStudy:
    """Settings.

    Attributes:
        widths: Channels of each level.
        how: How a film becomes an input.
        epochs: Passes over the films.
        batch_size: Films a step.
        schedule: Its number of steps is replaced by that of the epochs.
    """

    widths: tuple[int, ...] = (64, 128, 256, 512, 1024)
    how: MaskInput = field(default_factory=lambda: MaskInput(512))
    epochs: int = 100
    batch_size: int = 4
    schedule: SgdSchedule = field(
        default_factory=lambda: SgdSchedule(
            0, peak_lr=0.01, weight_decay=0.0, warmup=0.05, ema_decay=0.9, checkpoint_every=100, bf16=False, momentum=0.99
        )
    )


FULL = UNetStudy()
SMALL = replace(
    FULL,
    widths=(8, 16, 24, 32, 48),
    how=MaskInput(128),
    epochs=20,
    schedule=replace(FULL.schedule, peak_lr=0.05, momentum=0.9),
)


def segmentation(study: UNetStudy, run: SegmentationRun) -> Segment:
    """Train the U-Net, or continue, and segment with it."""
    films = [prepared(film.film.id, film.pixels, study.how) for film in run.training]
    outlined = outlined_films(films, DrawnOracle(run.films.drawings))
    schedule = run.schedule(study.schedule, study.epochs, len(outlined), study.batch_size)
    task = Task(partial(UNet, study.widths), MaskBatches(outlined, study.batch_size, schedule.seed), pixel_loss)
    network = fit(task, schedule, run.folder / "precise-baa", run.hardware)

    def segment(film: NDArray[np.uint8]) -> Mask:
        return cleaned(hand_probability([network], study.how, film)[0] > 0.5)

    return segment


def cleaned(mask: Mask) -> Mask:
    """A mask opened, its largest part kept, and holes filled."""
    side = 2 * round(OPENING_SHARE * mask.shape[0] / 2) + 1
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return largest_filled(opened > 0)
