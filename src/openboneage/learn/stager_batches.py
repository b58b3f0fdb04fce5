"""Batches and loss of the bone stager."""

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

from openboneage.bones.crops import CropSpec
from openboneage.bones.names import REGION_OF, RUS
from openboneage.bones.onset import level_counts
from openboneage.bones.places import SIZE_OF
from openboneage.bones.stager import stretched
from openboneage.bones.stager_card import MONTHS, STEPS
from openboneage.hand.frame import HEIGHT
from openboneage.learn.batches import Batch
from openboneage.learn.crop_variation import CropVariation, CropVariationRange, render_crop
from openboneage.learn.identity import settings_of
from openboneage.learn.stager_hands import Source, StagerHand

COARSEST_FILM_PX = 100
"""Height of the coarsest film."""
FEWEST_PX = 6
TINY = 1e-6


@dataclass(frozen=True)
class StagerVariationRange:
    """How far hands are varied.

    Attributes:
        crop: How far each crop is varied.
        log_gamma: SD of the logarithm of the gamma of a film.
        coarse: Share of hands whose film is made coarser.
        noisy: Share of hands with noise.
        noise: Largest SD of the noise, in shares of the range of a crop.
    """

    crop: CropVariationRange = field(default_factory=lambda: CropVariationRange(6.0, 0.07, 0.0, 0.0, 0.04))
    log_gamma: float = 0.25
    coarse: float = 0.35
    noisy: float = 0.25
    noise: float = 0.06


@dataclass(frozen=True)
class StagerDraw:
    """One hand of a batch: its number, a variation for each crop, and what the film is like."""

    number: int
    crops: tuple[CropVariation, ...]
    gamma: float
    noise: float
    noise_seed: int


@dataclass(frozen=True, eq=False)
class StagerBatches:
    """Batches of varied hands.

    Attributes:
        hands: Training hands.
        shares: Share of each source among the samples; sources without hands are left out.
        spec: Crops of the network.
        training_spec: Crops of the hands.
        batch_size: Hands a step.
        seed: Seed of choice and variations.
        variation: How far hands are varied.
    """

    hands: Sequence[StagerHand]
    shares: Mapping[Source, float]
    spec: CropSpec
    training_spec: CropSpec
    batch_size: int
    seed: int
    variation: StagerVariationRange = field(default_factory=StagerVariationRange)

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the hands."""
        return {
            "shares": {str(source): share for source, share in self.shares.items()},
            "crops": settings_of(self.spec),
            "training_crops": settings_of(self.training_spec),
            "batch_size": self.batch_size,
            "variation": settings_of(self.variation),
        }

    def data_digest(self) -> str:
        """sha256 of the hands, in their order."""
        digest = hashlib.sha256()
        for hand in self.hands:
            hand.update(digest)
        return digest.hexdigest()

    def draw(self, step: int) -> Sequence[StagerDraw]:
        """Numbers of hands, and their variations."""
        rng = np.random.default_rng([self.seed, step])
        sources = np.array([str(hand.source) for hand in self.hands])
        there = {source: np.flatnonzero(sources == source) for source in self.shares}
        names = [source for source in self.shares if len(there[source])]
        shares = np.array([self.shares[source] for source in names])
        chosen = rng.choice(len(names), self.batch_size, p=shares / shares.sum())
        return [self._vary(int(rng.choice(there[names[each]])), rng) for each in chosen]

    def _vary(self, number: int, rng: np.random.Generator) -> StagerDraw:
        how, own = self.variation, self.hands[number].cropped.px_per_unit
        px_per_unit = None
        if rng.random() < how.coarse:
            coarsest = min(COARSEST_FILM_PX / HEIGHT, own)
            px_per_unit = float(np.exp(rng.uniform(np.log(coarsest), np.log(own))))
        return StagerDraw(
            number,
            tuple(how.crop.draw(rng, self._reduced_px(bone, px_per_unit)) for bone in RUS),
            gamma=float(np.exp(rng.normal(0, how.log_gamma))),
            noise=float(rng.uniform(0, how.noise)) if rng.random() < how.noisy else 0.0,
            noise_seed=int(rng.integers(2**31)),
        )

    def _reduced_px(self, bone: str, px_per_unit: float | None) -> int | None:
        """Side of a training crop on a film of that resolution."""
        if px_per_unit is None:
            return None
        side_units = self.training_spec.margin * max(SIZE_OF[REGION_OF[bone]])
        return max(round(px_per_unit * side_units), FEWEST_PX)

    def render(self, draws: Sequence[StagerDraw]) -> Batch:
        """Crops and labels.

        Returns:
            `crops` `(batch, 13, size, size)`; `found` `(batch, 13)`; `age_months`, NaN where it does not count, and `sex`
            `(batch,)`; `levels` and `age_given_level` `(batch, 13, 15)`; `known` `(batch, 13)`.
        """
        hands = [self.hands[draw.number] for draw in draws]
        ages = [np.nan if hand.age_months is None else hand.age_months for hand in hands]
        targets = {
            name: torch.from_numpy(np.stack([getattr(hand.targets, name) for hand in hands]))
            for name in ("levels", "known", "age_given_level")
        }
        return {
            "crops": torch.from_numpy(np.stack([self._render(draw) for draw in draws])),
            "found": torch.from_numpy(np.stack([hand.cropped.found for hand in hands])),
            "age_months": torch.tensor(ages, dtype=torch.float32),
            "sex": torch.tensor([hand.sex for hand in hands]),
            **targets,
        }

    def _render(self, draw: StagerDraw) -> NDArray[np.float32]:
        crops = self.hands[draw.number].cropped.crops
        placed = [render_crop(crop, change, self.spec.crop_px) for crop, change in zip(crops, draw.crops, strict=True)]
        values = stretched(np.stack(placed))
        if draw.noise:
            noise = np.random.default_rng(draw.noise_seed).standard_normal(values.shape, np.float32)
            values = np.clip(values + np.float32(draw.noise) * noise, 0, 1)
        return np.asarray(values**draw.gamma, np.float32)


@dataclass(frozen=True)
class StagerLoss:
    """The loss of levels and ages.

    Attributes:
        age_evidence: Weight of the bone age as evidence of a level, against a level that is known.
        label_sd_months: SD of the label distribution of an age.
        bone_weight: Weight of the mean absolute error of the ages of bones, in months, against a divergence in nats.
        hand_weight: Weight of the absolute error of the mean age of a hand's bones. The ages of single bones lean to the
            middle; this keeps their mean from it.
    """

    age_evidence: float = 0.5
    label_sd_months: float = 6.0
    bone_weight: float = 0.03
    hand_weight: float = 0.08

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss of a `BoneStager` on a batch."""
        levels, ages = model(batch["crops"])
        found = batch["found"].float()
        return self._levels(levels.float(), batch, found) + self._ages(ages.float(), batch, found)

    def _levels(self, logits: Tensor, batch: Batch, found: Tensor) -> Tensor:
        shares = level_shares_of(logits).clamp_min(TINY)
        divergence = -(batch["levels"] * shares.log()).sum(-1)
        evidence = -(shares * batch["age_given_level"]).sum(-1).clamp_min(TINY).log()
        values = torch.where(batch["known"], divergence, self.age_evidence * evidence)
        return (values * found).sum() / found.sum().clamp_min(1)

    def _ages(self, logits: Tensor, batch: Batch, found: Tensor) -> Tensor:
        rows = torch.arange(len(logits), device=logits.device)
        own = logits[rows, :, batch["sex"]]  # (batch, 13, ages)
        has_age = ~batch["age_months"].isnan()
        age = batch["age_months"].nan_to_num(0.0)
        found = found * has_age[:, None]
        months = torch.tensor(MONTHS, dtype=torch.float32, device=logits.device)
        bell = F.softmax(-((months - age[:, None]) ** 2) / (2 * self.label_sd_months**2), dim=-1)
        divergence = -(bell[:, None] * F.log_softmax(own, dim=-1)).sum(-1)
        means = (F.softmax(own, dim=-1) * months).sum(-1)
        error = (means - age[:, None]).abs()
        of_bones = ((divergence + self.bone_weight * error) * found).sum() / found.sum().clamp_min(1)
        count = found.sum(1)
        middle = (means * found).sum(1) / count.clamp_min(1)
        of_hands = ((middle - age).abs() * (count > 0)).sum() / (count > 0).sum().clamp_min(1)
        return of_bones + self.hand_weight * of_hands


def level_shares_of(logits: Tensor) -> Tensor:
    """Probability of each level of each bone, `(batch, 13, 15)`, from the logits of the steps `(batch, 13, 14)`.

    Levels that a bone does not have are 0.
    """
    steps = torch.tensor([count - 1 for count in level_counts()], device=logits.device)
    there = torch.arange(STEPS, device=logits.device) < steps[:, None]
    reached = F.pad(logits.sigmoid() * there, (1, 0), value=1.0)
    return reached - F.pad(reached[..., 1:], (0, 1))
