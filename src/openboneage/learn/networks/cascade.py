"""Cascade R-CNN heads (Cai and Vasconcelos, CVPR 2018): three heads, each trained on the boxes of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.learn.torchvision_ops import torchvision

IOUS = (0.5, 0.6, 0.7)
"""Least overlap with a drawn box from which a proposal is positive, by head."""
SCALES = ((10.0, 5.0), (20.0, 10.0), (30.0, 15.0))
"""Divisors of the predicted shifts and of the logarithms of the predicted sizes, by head; from the original."""
LOSS_WEIGHTS = (1.0, 0.5, 0.25)
"""Weight of the losses of each head; from the original."""
POSITIVE_SHARE = 0.25
LARGEST_LOG_SIZE = 4.0
SCORE_MIN, NMS_IOU, MOST_BOXES = 0.05, 0.5, 100

Target = Mapping[str, Tensor]


class CascadeHead(nn.Module):
    """Two layers, then classes and one box for all classes."""

    def __init__(self, inputs: int, hidden: int, regions: int) -> None:
        """Build the head for flattened features; class 0 is the background."""
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.classes, self.deltas = nn.Linear(hidden, regions + 1), nn.Linear(hidden, 4)

    def forward(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """`(n, channels, size, size)` to logits `(n, regions + 1)` and deltas `(n, 4)`."""
        features = self.shared(pooled.flatten(1))
        return self.classes(features), self.deltas(features)


def moved_boxes(boxes: Tensor, deltas: Tensor, scales: tuple[float, float]) -> Tensor:
    """Apply predicted shifts and sizes to boxes, all `(n, 4)` (Girshick et al. 2014)."""
    corner, opposite = boxes[:, :2], boxes[:, 2:]
    sides = opposite - corner
    centres = (corner + opposite) / 2 + deltas[:, :2] / scales[0] * sides
    sides = sides * (deltas[:, 2:] / scales[1]).clamp(max=LARGEST_LOG_SIZE).exp()
    return torch.cat([centres - sides / 2, centres + sides / 2], dim=1)


class CascadeHeads(nn.Module):
    """The heads; they replace `roi_heads` of torchvision's `GeneralizedRCNN`."""

    def __init__(self, pool: nn.Module, inputs: int, hidden: int, regions: int, samples: int) -> None:
        """Build the heads.

        Args:
            pool: From features, boxes and image sizes to pooled features.
            inputs: Number of pooled features of a box.
            hidden: Width of the layers.
            regions: Regions to tell apart.
            samples: Boxes of an image that a head is trained on in a step.
        """
        super().__init__()
        self.pool, self.samples = pool, samples
        self.heads = nn.ModuleList(CascadeHead(inputs, hidden, regions) for _ in IOUS)

    def forward(
        self,
        features: Mapping[str, Tensor],
        proposals: Sequence[Tensor],
        image_sizes: Sequence[tuple[int, int]],
        targets: Sequence[Target] | None = None,
    ) -> tuple[list[dict[str, Tensor]], dict[str, Tensor]]:
        """Refine proposals; returns detections of each image, or losses while training."""
        boxes, scores, losses = list(proposals), [], {}
        for number, head in enumerate(self.heads):
            found: list[tuple[Tensor, Tensor]] = []
            if targets is not None:
                drawn = [self._sampled(own, target, IOUS[number]) for own, target in zip(boxes, targets, strict=True)]
                boxes, found = [each[0] for each in drawn], [each[1:] for each in drawn]
            logits, deltas = head(self.pool(features, boxes, image_sizes))
            moved = moved_boxes(torch.cat(boxes), deltas, SCALES[number])
            if targets is not None:
                for name, value in _losses(logits, moved, found).items():
                    losses[f"{name}_{number}"] = LOSS_WEIGHTS[number] * value
            scores.append(logits.softmax(-1))
            split = moved.detach().split([len(each) for each in boxes])
            boxes = [torchvision.ops.clip_boxes_to_image(own, size) for own, size in zip(split, image_sizes, strict=True)]
        if targets is not None:
            return [], losses
        mean = torch.stack(scores).mean(0).split([len(each) for each in boxes])
        return [_chosen(own, score) for own, score in zip(boxes, mean, strict=True)], {}

    def _sampled(self, boxes: Tensor, target: Target, iou_min: float) -> tuple[Tensor, Tensor, Tensor]:
        """Some proposals with the drawn boxes among them, their labels (0 for the background), and the drawn box of each."""
        boxes = torch.cat([boxes, target["boxes"]])
        overlap, nearest = torchvision.ops.box_iou(boxes, target["boxes"]).max(dim=1)
        is_positive = overlap >= iou_min
        positive, negative = (_some(mask) for mask in (is_positive, ~is_positive))
        positive = positive[: round(self.samples * POSITIVE_SHARE)]
        chosen = torch.cat([positive, negative[: self.samples - len(positive)]])
        labels = torch.where(is_positive, target["labels"][nearest], 0)
        return boxes[chosen], labels[chosen], target["boxes"][nearest[chosen]]


def _some(mask: Tensor) -> Tensor:
    """Indices of true values in random order."""
    indices = torch.nonzero(mask)[:, 0]
    return indices[torch.randperm(len(indices), device=mask.device)]


def _losses(logits: Tensor, moved: Tensor, found: Sequence[tuple[Tensor, Tensor]]) -> dict[str, Tensor]:
    """Cross-entropy of the classes, and GIoU loss (Rezatofighi et al. 2019) of the positive boxes."""
    labels, drawn = (torch.cat([each[part] for each in found]) for part in (0, 1))
    positive = labels > 0
    giou = torchvision.ops.generalized_box_iou_loss(moved[positive], drawn[positive], reduction="sum")
    return {"classes": F.cross_entropy(logits, labels), "boxes": giou / positive.sum().clamp(min=1)}


def _chosen(boxes: Tensor, scores: Tensor) -> dict[str, Tensor]:
    """The detections of an image after suppression within each class."""
    rows, classes = torch.nonzero(scores[:, 1:] > SCORE_MIN, as_tuple=True)
    found, certainty = boxes[rows], scores[rows, classes + 1]
    kept = torchvision.ops.batched_nms(found, certainty, classes, NMS_IOU)[:MOST_BOXES]
    return {"boxes": found[kept], "labels": classes[kept] + 1, "scores": certainty[kept]}
