"""Losses of the networks."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.learn.batches import Batch


def finder_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mask: cross-entropy and soft Dice; landmarks: weighted cross-entropy on heat maps; head: cross-entropies.

    Unknown properties of a scene do not count.
    """
    maps, head = model(batch["image"].to(memory_format=torch.channels_last))
    maps, head = maps.float(), head.float()
    known, truth = batch["maps_known"], batch["maps"]
    entropy = F.binary_cross_entropy_with_logits(maps, truth, reduction="none")
    mask_loss = _mean_known(entropy[:, 0].mean(dim=(1, 2)) + _dice_loss(maps[:, 0], truth[:, 0]), known[:, 0])
    heat = (entropy[:, 1:] * (1 + 40 * truth[:, 1:])).mean(dim=(2, 3))
    heat_loss = _mean_known(heat, known[:, 1:])
    count_loss = F.cross_entropy(head[:, :3], batch["count"].long(), label_smoothing=0.02)
    polar = F.binary_cross_entropy_with_logits(head[:, 3], batch["inverted"].clamp_min(0), reduction="none")
    return mask_loss + 4 * heat_loss + 0.5 * count_loss + 0.5 * _mean_known(polar, (batch["inverted"] >= 0).float())


def _dice_loss(logits: Tensor, truth: Tensor) -> Tensor:
    probability = logits.sigmoid()
    overlap = (probability * truth).sum(dim=(1, 2))
    return 1 - (2 * overlap + 1) / (probability.sum(dim=(1, 2)) + truth.sum(dim=(1, 2)) + 1)


def _mean_known(values: Tensor, known: Tensor) -> Tensor:
    return (values * known).sum() / known.sum().clamp_min(1)


def mean_months(logits: Tensor, sex: Tensor) -> Tensor:
    """Means of the distributions for each child's own sex, `(batch,)` months.

    Args:
        logits: `(batch, 2, months)`.
        sex: 0 for a girl, 1 for a boy, `(batch,)`.
    """
    own = logits[torch.arange(len(logits), device=logits.device), sex].float()
    months = torch.arange(own.shape[-1], dtype=torch.float32, device=own.device)
    return (F.softmax(own, dim=-1) * months).sum(-1)


@dataclass(frozen=True)
class AgeLoss:
    """Label distribution learning (Gao et al. 2017): the label is a normal distribution over months.

    Attributes:
        label_sd_months: Largest SD of the label distribution; see `label_sd`.
        mean_weight: Weight of the mean's absolute error in months against the divergence in nats.
    """

    label_sd_months: float = 5.0
    mean_weight: float = 0.06

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """Divergence from the label distribution, and absolute error of the mean, for the child's own sex."""
        logits = model(batch["image"].to(memory_format=torch.channels_last)).float()
        own = logits[torch.arange(len(logits), device=logits.device), batch["sex"]]
        months = torch.arange(own.shape[-1], dtype=torch.float32, device=own.device)
        age = batch["age_months"][:, None]
        bell = F.softmax(-((months - age) ** 2) / (2 * self.label_sd(age, own.shape[-1]) ** 2), dim=-1)
        divergence = -(bell * F.log_softmax(own, dim=-1)).sum(-1).mean()
        error = (mean_months(logits, batch["sex"]) - batch["age_months"]).abs().mean()
        return divergence + self.mean_weight * error

    def label_sd(self, age_months: Tensor, months: int) -> Tensor:
        """SD of the label distribution, narrower near the first and the last month.

        Cutting off the distribution there moves its mean by less than a month.
        """
        room = torch.minimum(age_months, months - 1 - age_months) + 4
        return (room / 4).clamp(1, self.label_sd_months)
