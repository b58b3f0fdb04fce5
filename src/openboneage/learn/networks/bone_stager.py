"""The bone stager: level and age of each of the 13 bones, each from its own crop, by one trunk for all bones."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  (torch's own convention)

from openboneage.bones.names import RUS
from openboneage.bones.stager_card import MONTHS, SEXES, STEPS
from openboneage.learn.networks.age_net import ResidualBlock

BONES = len(RUS)
LEAST_CONTRAST = 0.02
"""Added to the standard deviation of a crop, so that an empty one remains finite."""
LOOK_CHANNELS = 24
"""Channels of the map that the head reads with its places; the others are averaged."""
FEATURES, HIDDEN = 128, 64
LARGEST_LOG_SPREAD = 2.5


class BoneScale(nn.Module):
    """Scale and shift of each channel, for each bone (FiLM; Perez et al. 2018)."""

    def __init__(self, channels: int) -> None:
        """Start without effect."""
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(BONES, channels, 1, 1))
        self.shift = nn.Parameter(torch.zeros(BONES, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """`(hands * bones, channels, h, w)` to the same."""
        by_bone = x.unflatten(0, (-1, BONES))
        scaled: Tensor = (by_bone * (1 + self.scale) + self.shift).flatten(0, 1)
        return scaled


class ByBone(nn.Module):
    """A linear layer with weights of its own for each bone."""

    def __init__(self, features_in: int, features_out: int) -> None:
        """Build the layer."""
        super().__init__()
        bound = features_in**-0.5
        self.weight = nn.Parameter(torch.empty(BONES, features_in, features_out).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(BONES, 1, features_out))

    def forward(self, x: Tensor) -> Tensor:
        """`(hands, bones, features_in)` to `(hands, bones, features_out)`."""
        return (x.transpose(0, 1) @ self.weight + self.bias).transpose(0, 1)


class BoneStager(nn.Module):
    """A residual trunk that knows the bone, with a head for levels and one for ages.

    The head for levels gives a place on the axis of levels and a spread; the logit of a step is the distance of the place from
    the threshold of the step over the spread. Thresholds rise, so the levels are ordered.
    """

    def __init__(
        self,
        crop_px: int = 64,
        widths: tuple[int, ...] = (16, 32, 64, 128),
        depths: tuple[int, ...] = (1, 2, 2, 2),
        drop_path: float = 0.05,
        dropout: float = 0.15,
    ) -> None:
        """Build the network; every stage halves the size, as the stem does."""
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 5, 2, 2, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU(inplace=True)
        )
        stages: list[nn.Module] = []
        channels, number = widths[0], 0
        for place, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            for i in range(depth):
                rate = drop_path * number / (sum(depths) - 1)
                stages.append(ResidualBlock(channels, width, 2 if i == 0 and place else 1, rate))
                channels, number = width, number + 1
            stages.append(BoneScale(width))
        self.trunk = nn.Sequential(*stages)
        cells = (crop_px // 2 ** len(widths)) ** 2
        self.look = nn.Conv2d(channels, LOOK_CHANNELS, 1)
        self.mix = nn.Linear(LOOK_CHANNELS * cells + channels, FEATURES)
        self.dropout = nn.Dropout(dropout)
        self.staging, self.place = ByBone(FEATURES, HIDDEN), ByBone(HIDDEN, 2)
        self.thresholds = nn.Parameter(torch.zeros(BONES, STEPS))
        self.ageing, self.months = ByBone(FEATURES, HIDDEN), nn.Linear(HIDDEN, len(MONTHS))
        self.by_sex = nn.Parameter(torch.zeros(2, BONES, len(SEXES), HIDDEN))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Read the bones of hands.

        Args:
            crops: `(batch, 13, crop_px, crop_px)`, 0 to 1.

        Returns:
            Logits that a bone has at least level 1, 2, ..., `(batch, 13, steps)`, and of its ages for each sex,
            `(batch, 13, 2, ages)`.
        """
        spread, mean = torch.std_mean(crops, dim=(2, 3), keepdim=True)
        x = self.trunk(self.stem(((crops - mean) / (spread + LEAST_CONTRAST)).flatten(0, 1)[:, None]))
        seen = torch.cat([self.look(x).flatten(1), x.mean(dim=(2, 3))], dim=1)
        features = self.dropout(F.relu(self.mix(seen))).unflatten(0, (-1, BONES))
        return self._levels(features), self._ages(features)

    def _levels(self, features: Tensor) -> Tensor:
        place, log_spread = self.place(F.relu(self.staging(features))).float().unbind(-1)
        thresholds = torch.cumsum(F.softplus(self.thresholds) + 0.1, dim=1)
        spread = torch.exp(LARGEST_LOG_SPREAD * torch.tanh(log_spread / LARGEST_LOG_SPREAD))
        logits: Tensor = (STEPS / 2 + 4 * place[..., None] - thresholds) / spread[..., None]
        return logits

    def _ages(self, features: Tensor) -> Tensor:
        scale, shift = self.by_sex[0], self.by_sex[1]
        hidden = F.relu(self.ageing(features))[:, :, None] * (1 + scale) + shift
        logits: Tensor = self.months(F.relu(hidden))
        return logits
