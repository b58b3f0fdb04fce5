"""Loss of the bone finder: class of each pixel, joints, boxes.

Most cells of a picture show neither bone nor joint. Only a random share of those counts in a step, with the inverse weight: the
loss is the same on average, at a fraction of the cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.bones.maps import BOX_UNIT, CARPAL_CLASSES, CELL_PX, CLASSES, EXTENTS
from openboneage.hand.frame import HEIGHT
from openboneage.learn.batches import Batch
from openboneage.learn.bone_samples import BACKGROUND_WEIGHT, SOME_CARPAL, UNKNOWN, WEIGHT_STEPS

EMPTY_SHARE = 1 / 16
"""Share of the empty cells that counts in a step."""
EMPTY_HEAT = 0.02
"""Largest value of a joint's spot in an empty cell."""
BRIGHT = 40.0
"""Weight of the middle of a joint, in which few cells lie, against the background."""
NEAR_CELLS = 1
"""Boxes are learned at the cell of a joint's middle and at those next to it."""


@dataclass(frozen=True)
class BoneLoss:
    """Weights of the parts of the loss.

    Attributes:
        dice: Soft Dice of the classes, against their cross-entropy.
        joints: Cross-entropy of the joints' spots.
        boxes: One minus the overlap of boxes.
    """

    dice: float = 1.0
    joints: float = 4.0
    boxes: float = 0.5

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss on a batch of `bone_samples.render_sample`."""
        maps = model(batch["image"].to(memory_format=torch.channels_last))
        classes, weights = (_by_cell(batch[name]) for name in ("classes", "weights"))
        bones = ((classes != 0) & (classes != UNKNOWN) | (weights != BACKGROUND_WEIGHT)).any(-1)
        cells = Cells.drawn(bones | (batch["heat"] > EMPTY_HEAT).any(1))
        entropy, dice = class_losses(cells, maps[0], classes, weights)
        return (
            entropy
            + self.dice * dice
            + self.joints * joint_loss(cells, maps[1], batch["heat"], batch["heat_known"])
            + self.boxes * box_loss(maps[2].float(), batch["boxes"], batch["image"].shape[-2])
        )


@dataclass(frozen=True)
class Cells:
    """The cells that count in a step.

    Attributes:
        chosen: Their numbers among the `batch * rows * columns` cells, `(n,)`.
        weight: `(n,)`.
        count: All cells.
    """

    chosen: Tensor
    weight: Tensor
    count: int

    @classmethod
    def drawn(cls, shown: Tensor) -> Cells:
        """All cells of `shown`, `(batch, rows, columns)`, and a random share of the others."""
        shown = shown.flatten()
        chosen = (shown | (torch.rand(shown.shape, device=shown.device) < EMPTY_SHARE)).nonzero()[:, 0]
        return cls(chosen, torch.where(shown[chosen], 1.0, 1 / EMPTY_SHARE), len(shown))

    def of(self, maps: Tensor) -> Tensor:
        """Values `(n, channels)` of maps `(batch, channels, rows, columns)`."""
        return maps.permute(0, 2, 3, 1).flatten(0, 2).index_select(0, self.chosen)


def class_losses(cells: Cells, logits: Tensor, classes: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted cross-entropy, and one minus the soft Dice of each class over the batch.

    A pixel of some carpal bone counts with the sum of the carpal classes, one of unknown class not at all.

    Args:
        cells: The cells that count.
        logits: `(batch, 144, rows, columns)`, see `bones.maps`.
        classes: `(batch, rows, columns, 16)` uint8.
        weights: The same shape, in `WEIGHT_STEPS`.
    """
    log_share = F.log_softmax(cells.of(logits).float().unflatten(1, (len(CLASSES), -1)), dim=1)
    truth, weight = (each.flatten(0, 2).index_select(0, cells.chosen) for each in (classes, weights))
    weight = weight / WEIGHT_STEPS * cells.weight[:, None] * (truth != UNKNOWN)
    known = (truth < SOME_CARPAL) * cells.weight[:, None]
    named = truth.where(truth < SOME_CARPAL, torch.zeros_like(truth)).long()
    right = log_share.gather(1, named[:, None])[:, 0]
    carpal = log_share[:, list(CARPAL_CLASSES)].logsumexp(dim=1)
    entropy = -(torch.where(truth == SOME_CARPAL, carpal, right) * weight).sum() / weight.sum().clamp_min(1.0)
    overlap, count = (
        torch.zeros(len(CLASSES), device=logits.device).index_add(0, named.flatten(), (values * known).flatten())
        for values in (right.exp(), torch.ones_like(right))
    )
    total = (log_share.exp() * known[:, None]).sum(dim=(0, 2)) + count
    dice = 1 - (2 * overlap + 1) / (total + 1)
    return entropy, dice[1:].mean()


def _by_cell(pixels: Tensor) -> Tensor:
    """Pixels `(batch, height, width)` by cell, `(batch, rows, columns, 16)`."""
    batch, height, width = pixels.shape
    cells = pixels.reshape(batch, height // CELL_PX, CELL_PX, width // CELL_PX, CELL_PX)
    return cells.transpose(2, 3).flatten(3)


def joint_loss(cells: Cells, logits: Tensor, heat: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy of the spots of labelled joints, a mean over the cells.

    Args:
        cells: The cells that count.
        logits: `(batch, 18, rows, columns)`.
        heat: The same shape, 0 to 1.
        known: 1 for a labelled joint, else 0, `(batch, 18)`.
    """
    truth = cells.of(heat)
    labelled = known[cells.chosen // (cells.count // len(known))] * cells.weight[:, None]
    entropy = F.binary_cross_entropy_with_logits(cells.of(logits).float(), truth, reduction="none") * (1 + BRIGHT * truth)
    return (entropy * labelled).sum() / (known.sum() * (cells.count // len(known))).clamp_min(1)


def box_loss(maps: Tensor, boxes: Tensor, height_px: int) -> Tensor:
    """One minus the intersection over union of the boxes predicted around the middles of labelled joints.

    Args:
        maps: `(batch, 8, rows, columns)`, see `bones.maps`.
        boxes: `(batch, 2, 18, 4)` in pixels, NaN where unlabelled.
        height_px: Height of the picture.
    """
    rows, columns = maps.shape[-2:]
    unit_px = BOX_UNIT * height_px / HEIGHT
    column, row = ((boxes[..., :2] + boxes[..., 2:]) / 2 / CELL_PX).floor().unbind(-1)
    inside = (column >= NEAR_CELLS) & (column < columns - NEAR_CELLS) & (row >= NEAR_CELLS) & (row < rows - NEAR_CELLS)
    sample, extent, joint = inside.nonzero(as_tuple=True)  # comparisons with NaN are false
    if not len(sample):
        return maps.sum() * 0
    steps = torch.arange(-NEAR_CELLS, NEAR_CELLS + 1, device=maps.device)
    row = (row[sample, extent, joint].long()[:, None, None] + steps[:, None]).expand(-1, len(steps), len(steps))
    column = (column[sample, extent, joint].long()[:, None, None] + steps).expand(-1, len(steps), len(steps))
    by_extent = maps.unflatten(1, (len(EXTENTS), 4))
    distance = by_extent[sample[:, None, None], extent[:, None, None], :, row, column].exp() * unit_px
    x, y = (column + 0.5) * CELL_PX, (row + 0.5) * CELL_PX
    predicted = torch.stack([x - distance[..., 0], y - distance[..., 1], x + distance[..., 2], y + distance[..., 3]], dim=-1)
    return (1 - _overlap(predicted, boxes[sample, extent, joint][:, None, None])).mean()


def _overlap(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of boxes `(..., 4)`."""
    size = torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(first[..., :2], second[..., :2])
    common = size.clamp_min(0).prod(-1)
    areas = [(box[..., 2:] - box[..., :2]).prod(-1) for box in (first, second)]
    return common / (areas[0] + areas[1] - common)
