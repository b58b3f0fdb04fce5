"""RidgeNet 2021, hand segmentation: Mask R-CNN on outlined hands.

Source: "RidgeNet", 2021, sections 3.1 and 4 (image annotation and segmentation). Numbers are as printed unless listed below.

As printed: outlines from the VGG Image Annotator as COCO (`boneage data outlines`); Mask R-CNN with a ResNet and a feature
pyramid; from weights learned on COCO the region proposals and the heads of classes, boxes and masks are trained, and all else
is frozen; the hand's mask removes the background.

Deviations:

- 80 films are outlined in the paper; here 70 RSNA films are learned from.
- COCO weights are not part of this package: `--weights FILE` takes the file `maskrcnn_resnet50_fpn_coco` of torchvision.
  Without it the network starts from random weights; then nothing is frozen, since random features that never change cannot be
  learned from.
- ResNet-50 where the paper writes "residual neural network". `SMALL` has ResNet-18 and smaller pictures, unless weights are
  given.
- Optimiser, rate, batches, epochs and the size of the pictures are not printed: SGD with momentum 0.9, a rate of 0.005,
  batches of 2, 40 epochs, 512 px with the aspect kept.
- Only the hand of the highest score counts, as a film shows one; a film without a found hand has an empty mask.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from openboneage.errors import InputError
from openboneage.evaluate.masks import Mask, Segment
from openboneage.learn.active import DrawnOracle, outlined_films, prepared
from openboneage.learn.batches import Batch
from openboneage.learn.loop import Task, fit
from openboneage.learn.mask_batches import MaskBatches, MaskInput
from openboneage.learn.schedule import SgdSchedule
from openboneage.learn.torchvision_ops import torchvision
from openboneage.studies.segmentation_run import SegmentationRun

CLASSES = 2
"""Background and hand."""
TRAINED = ("rpn.", "roi_heads.")
"""Parts that are trained where the network starts from COCO weights."""


@dataclass(frozen=True)
class MaskStudy:
    """Settings.

    Attributes:
        backbone: `resnet18` or `resnet50`.
        how: How a film becomes an input.
        epochs: Passes over the films.
        batch_size: Films a step.
        proposals: Boxes of a film that the region proposal network keeps.
        schedule: Its number of steps is replaced by that of the epochs.
    """

    backbone: str = "resnet50"
    how: MaskInput = field(default_factory=lambda: MaskInput(512))
    epochs: int = 40
    batch_size: int = 2
    proposals: int = 1000
    schedule: SgdSchedule = field(
        default_factory=lambda: SgdSchedule(
            0, peak_lr=0.005, weight_decay=5e-4, warmup=0.05, ema_decay=0.98, checkpoint_every=100, bf16=False
        )
    )


FULL = MaskStudy()
SMALL = replace(
    FULL, backbone="resnet18", how=MaskInput(128), epochs=12, proposals=200, schedule=replace(FULL.schedule, peak_lr=0.01)
)


def build_network(study: MaskStudy, weights: Path | None = None) -> nn.Module:
    """Mask R-CNN for one class.

    Args:
        study: Settings.
        weights: COCO weights of torchvision's Mask R-CNN with ResNet-50; all but proposals and heads is then frozen.

    Raises:
        InputError: The weights cannot be read, or belong to another network.
    """
    detection = torchvision.models.detection
    whole = {"min_size": study.how.size_px, "max_size": study.how.size_px, "image_mean": [0.0] * 3, "image_std": [1.0] * 3}
    backbone = detection.backbone_utils.resnet_fpn_backbone(
        backbone_name=study.backbone, weights=None, trainable_layers=0 if weights else 5, norm_layer=_norm(weights)
    )
    kept = {f"rpn_{when}_nms_top_n_{phase}": study.proposals for when in ("pre", "post") for phase in ("train", "test")}
    network: nn.Module = detection.MaskRCNN(backbone, CLASSES, **whole, **kept)
    if weights:
        _load(network, weights)
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(name.startswith(TRAINED))
    return network


def _norm(weights: Path | None) -> Any:
    return torchvision.ops.misc.FrozenBatchNorm2d if weights else nn.BatchNorm2d


def _load(network: nn.Module, path: Path) -> None:
    """Copy all weights but those of the last layers, whose number of classes differs."""
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
        own = network.state_dict()
        fits = {name: value for name, value in state.items() if name in own and own[name].shape == value.shape}
    except (OSError, RuntimeError, AttributeError, ValueError, pickle.UnpicklingError):
        raise InputError(f"Expected weights of Mask R-CNN at {path}, but they cannot be read.") from None
    missing = [name for name in own if name not in fits and "predictor" not in name]
    if missing:
        raise InputError(
            f"Expected COCO weights of torchvision's maskrcnn_resnet50_fpn at {path}, but {len(missing)} are missing or of "
            f"another shape, such as {missing[0]}."
        )
    network.load_state_dict(fits, strict=False)


def hand_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Sum of the losses of Mask R-CNN; the box of a hand is that of its mask."""
    masks = batch["mask"][:, 0]
    boxes = torchvision.ops.masks_to_boxes(masks)
    boxes[:, 2:] += 1
    label = torch.ones(1, dtype=torch.int64, device=masks.device)
    targets = [
        {"boxes": box[None], "labels": label, "masks": mask[None].to(torch.uint8)}
        for box, mask in zip(boxes, masks, strict=True)
    ]
    losses: dict[str, Tensor] = model(list(batch["image"].expand(-1, 3, -1, -1)), targets)
    return torch.stack(list(losses.values())).sum()


def train(study: MaskStudy, run: SegmentationRun, weights: Path | None = None) -> nn.Module:
    """Train, or continue."""
    films = [prepared(film.film.id, film.pixels, study.how) for film in run.training]
    outlined = outlined_films(films, DrawnOracle(run.films.drawings))
    schedule = run.schedule(study.schedule, study.epochs, len(outlined), study.batch_size)
    build = partial(build_network, replace(study, backbone="resnet50") if weights else study, weights)
    batches = MaskBatches(outlined, study.batch_size, schedule.seed)
    return fit(Task(build, batches, hand_loss), schedule, run.folder / "ridgenet", run.hardware)


def segmentation(study: MaskStudy, run: SegmentationRun, weights: Path | None = None) -> Segment:
    """Train, or continue, and segment."""
    network = train(study, run, weights)

    def segment(film: NDArray[np.uint8]) -> Mask:
        image, (across, down) = study.how.image(film)
        with torch.no_grad():
            found = network([torch.from_numpy(image)[None].expand(3, -1, -1)])[0]
        if not len(found["scores"]):
            return np.zeros(film.shape, bool)
        best = found["masks"][int(found["scores"].argmax()), 0].numpy()[:down, :across]
        return np.asarray(cv2.resize(best, film.shape[::-1], interpolation=cv2.INTER_LINEAR) > 0.5)

    return segment
