"""Batches for the level model of precise-BAA 2022: 13 crops a hand, rotated, scaled and changed in tone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.bones.onset import level_counts
from openboneage.datasets.graded_hands import GradedHand, HandCrops
from openboneage.learn.batches import Batch, epoch_indices
from openboneage.learn.crop_variation import CropVariation, CropVariationRange, render_crop
from openboneage.learn.identity import settings_of


@dataclass(frozen=True)
class HandDraw:
    """One hand of a batch: its number, and a variation for each crop."""

    number: int
    variations: tuple[CropVariation, ...]


@dataclass(frozen=True, eq=False)
class LevelBatches:
    """Batches of graded hands; every epoch has each hand once.

    Attributes:
        hands: Training hands.
        batch_size: Hands a step.
        seed: Seed of order and variations.
        variation: How far crops are varied.
    """

    hands: Sequence[GradedHand]
    batch_size: int
    seed: int
    variation: CropVariationRange = field(default_factory=CropVariationRange)

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the hands."""
        return {"batch_size": self.batch_size, "variation": settings_of(self.variation)}

    def data_digest(self) -> str:
        """sha256 of the hands, in their order."""
        digest = hashlib.sha256()
        for hand in self.hands:
            digest.update(repr((hand.id, hand.levels.tolist())).encode() + hand.crops.tobytes())
        return digest.hexdigest()

    def draw(self, step: int) -> Sequence[HandDraw]:
        """Hands, and the variations of their crops."""
        rng = np.random.default_rng([self.seed, 104729, step])
        return [
            HandDraw(number, tuple(self.variation.draw(rng) for _ in self.hands[number].crops))
            for number in epoch_indices(len(self.hands), self.batch_size, step, self.seed)
        ]

    def render(self, draws: Sequence[HandDraw]) -> Batch:
        """`crops` `(batch, 13, 1, size, size)`, 0 to 1; `levels` `(batch, 13)`."""
        crops = [
            np.stack([render_crop(crop, each) for crop, each in zip(self.hands[d.number].crops, d.variations, strict=True)])
            for d in draws
        ]
        return {
            "crops": torch.from_numpy(np.stack(crops))[:, :, None],
            "levels": torch.from_numpy(np.stack([self.hands[d.number].levels for d in draws])),
        }


@dataclass(frozen=True)
class LevelLoss:
    """Cross-entropy of the levels, the mean over the bones.

    Attributes:
        class_weights: Weight of each level of each bone.
    """

    class_weights: tuple[tuple[float, ...], ...]

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss of a `LevelNet` on a batch."""
        logits, _ = model(batch["crops"])
        losses = [
            F.cross_entropy(each.float(), batch["levels"][:, number], each.new_tensor(self.class_weights[number]).float())
            for number, each in enumerate(logits)
        ]
        return torch.stack(losses).mean()


def balanced_loss(hands: Sequence[GradedHand]) -> LevelLoss:
    """The loss in which all levels of a bone that occur have the same total weight; the mean weight of a hand is 1."""
    levels = np.stack([hand.levels for hand in hands])
    weights = []
    for own, count in zip(levels.T, level_counts(), strict=True):
        frequency = np.bincount(own, minlength=count)
        balanced = len(hands) / (np.count_nonzero(frequency) * np.maximum(frequency, 1))
        weights.append(tuple(float(weight) for weight in balanced))
    return LevelLoss(tuple(weights))


@dataclass(frozen=True, eq=False)
class GradedAnswer:
    """Predictions of a level model for some hands.

    Attributes:
        probabilities: Of the levels of each bone, `(hands, levels)` each.
        attention: Attention maps, `(hands, 13, 13)`.
    """

    probabilities: tuple[NDArray[np.float64], ...]
    attention: NDArray[np.float64]

    @property
    def levels(self) -> NDArray[np.int64]:
        """The most probable levels, `(hands, 13)`."""
        return np.stack([each.argmax(axis=1) for each in self.probabilities], axis=1)


def grade(network: nn.Module, hands: Sequence[HandCrops], batch_size: int) -> GradedAnswer:
    """Run a level model on hands whose crops are not varied."""
    network, device = network.eval(), next(network.parameters()).device
    probabilities, attention = [], []
    with torch.no_grad():
        for start in range(0, len(hands), batch_size):
            crops = np.stack([hand.crops for hand in hands[start : start + batch_size]])
            logits, weights = network(torch.from_numpy(crops)[:, :, None].to(device) / 255)
            probabilities.append([each.double().softmax(-1).cpu().numpy() for each in logits])
            attention.append(weights.double().cpu().numpy())
    by_bone = tuple(np.concatenate(each) for each in zip(*probabilities, strict=True))
    return GradedAnswer(by_bone, np.concatenate(attention))
