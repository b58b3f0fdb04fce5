"""The detectors of precise-BAA 2022, on the same backbone and the same sizes of anchors.

YOLO is not in torchvision. RetinaNet (Lin et al. 2017) stands for it: like the YOLO of that time it predicts boxes and classes
in one stage, at several scales of a feature pyramid, from anchors. It differs in its loss (focal instead of objectness).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from torch import Tensor, nn

from openboneage.learn.networks.cascade import CascadeHeads
from openboneage.learn.networks.recursive_pyramid import FeaturePyramid, RecursivePyramid
from openboneage.learn.networks.switchable import make_switchable
from openboneage.learn.networks.vision_backbones import vision_backbone
from openboneage.learn.torchvision_ops import torchvision

ANCHORS = (1 / 32, 1 / 16, 1 / 8, 1 / 4)
"""Side of the anchors of each level, as a share of the side of the image."""
RATIOS = (0.5, 1.0, 2.0)
POOLED_PX = 7


class DetectorKind(StrEnum):
    """The three detectors that are compared."""

    RECURSIVE = "recursive-cascade"
    FASTER = "faster-rcnn"
    ONE_STAGE = "retinanet"


@dataclass(frozen=True)
class DetectorSize:
    """Size of a detector.

    Attributes:
        backbone: `resnet18` or `resnet50`.
        image_px: Side of the square image.
        channels: Channels of the feature pyramid.
        hidden: Width of the heads.
        samples: Boxes of an image that a head is trained on in a step.
        proposals: Boxes of an image that the region proposal network keeps.
    """

    backbone: str = "resnet50"
    image_px: int = 800
    channels: int = 256
    hidden: int = 1024
    samples: int = 512
    proposals: int = 1000


class _Levels(nn.Module):
    """A pyramid as torchvision's detectors expect it: named levels and the number of their channels."""

    def __init__(self, pyramid: nn.Module, channels: int) -> None:
        super().__init__()
        self.pyramid, self.out_channels = pyramid, channels

    def forward(self, image: Tensor) -> OrderedDict[str, Tensor]:
        return OrderedDict((str(number), level) for number, level in enumerate(self.pyramid(image)))


class _PlainPyramid(nn.Module):
    """A backbone under a feature pyramid, seen once."""

    def __init__(self, stem: nn.Module, stages: Sequence[nn.Module], channels_in: Sequence[int], channels: int) -> None:
        super().__init__()
        self.stem, self.stages = stem, nn.ModuleList(stages)
        self.pyramid = FeaturePyramid(channels_in, channels)

    def forward(self, image: Tensor) -> list[Tensor]:
        x, maps = self.stem(image), []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        levels: list[Tensor] = self.pyramid(maps)
        return levels


def build_detector(kind: DetectorKind, size: DetectorSize, regions: int, weights: str | None = None) -> nn.Module:
    """A detector with torchvision's interface: images and targets to losses, or to boxes, labels and scores.

    Args:
        kind: Which detector.
        size: Its size.
        regions: Regions to tell apart; their labels are 1 to this number.
        weights: Of the backbone, see `vision_backbone`.
    """
    detection = torchvision.models.detection
    levels = _levels(kind, size, weights)
    sides = tuple((round(share * size.image_px),) for share in ANCHORS)
    anchors = detection.anchor_utils.AnchorGenerator(sides, (RATIOS,) * len(sides))
    whole = {"min_size": size.image_px, "max_size": size.image_px}  # images already have this size
    pool = torchvision.ops.MultiScaleRoIAlign([str(number) for number in range(len(ANCHORS))], POOLED_PX, sampling_ratio=2)
    if kind is DetectorKind.ONE_STAGE:
        network: nn.Module = detection.RetinaNet(levels, regions + 1, anchor_generator=anchors, **whole)
        return network
    network = detection.FasterRCNN(
        levels,
        regions + 1,
        rpn_anchor_generator=anchors,
        rpn_fg_iou_thresh=0.7,
        rpn_bg_iou_thresh=0.3,
        rpn_nms_thresh=0.7,
        rpn_pre_nms_top_n_train=2 * size.proposals,
        rpn_pre_nms_top_n_test=2 * size.proposals,
        rpn_post_nms_top_n_train=size.proposals,
        rpn_post_nms_top_n_test=size.proposals,
        box_roi_pool=pool,
        box_batch_size_per_image=size.samples,
        **whole,
    )
    if kind is DetectorKind.RECURSIVE:
        inputs = size.channels * POOLED_PX**2
        network.roi_heads = CascadeHeads(pool, inputs, size.hidden, regions, size.samples)
    return network


def _levels(kind: DetectorKind, size: DetectorSize, weights: str | None) -> nn.Module:
    resnet, features = vision_backbone(size.backbone, weights)
    stem = nn.Sequential(*(getattr(resnet, name) for name in ("conv1", "bn1", "relu", "maxpool")))
    stages = [getattr(resnet, f"layer{number}") for number in (1, 2, 3, 4)]
    channels_in = [features // 8, features // 4, features // 2, features]
    if kind is DetectorKind.RECURSIVE:
        switchable = [make_switchable(stage) for stage in stages]
        return _Levels(RecursivePyramid(stem, switchable, channels_in, size.channels), size.channels)
    return _Levels(_PlainPyramid(stem, stages, channels_in, size.channels), size.channels)
