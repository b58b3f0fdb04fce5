"""The recursive feature pyramid of precise-BAA 2022, after DetectoRS (Qiao et al., CVPR 2021), unrolled to two passes.

The backbone and its feature pyramid see the image, then once more with the features of the first pass added to the input of
each stage through atrous spatial pyramid pooling (ASPP). A learned weight at every place mixes the features of both passes.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

ATROUS_RATES = (1, 3, 6)
"""Rates of the convolutions of ASPP, as in DetectoRS."""


class AtrousPooling(nn.Module):
    """ASPP: convolutions at several rates and the mean of the whole map, side by side."""

    def __init__(self, channels: int) -> None:
        """Build the branches, each for a quarter of the channels."""
        super().__init__()
        quarter = channels // (len(ATROUS_RATES) + 1)
        self.branches = nn.ModuleList(
            nn.Conv2d(channels, quarter, 1 if rate == 1 else 3, padding=0 if rate == 1 else rate, dilation=rate)
            for rate in ATROUS_RATES
        )
        self.whole = nn.Conv2d(channels, channels - quarter * len(ATROUS_RATES), 1)

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channels, h, w)` to the same shape."""
        whole = self.whole(F.adaptive_avg_pool2d(x, 1)).expand(-1, -1, *x.shape[2:])
        return torch.cat([*(F.relu(branch(x)) for branch in self.branches), F.relu(whole)], dim=1)


class FeaturePyramid(nn.Module):
    """Feature pyramid network (Lin et al. 2017): each level is added to the next finer one."""

    def __init__(self, channels_in: Sequence[int], channels: int) -> None:
        """Build the levels for the maps of the stages, fine to coarse."""
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(each, channels, 1) for each in channels_in)
        self.smooth = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in channels_in)

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Maps of the stages, fine to coarse, to maps of the same sizes with the channels of the pyramid."""
        levels = [lateral(each) for lateral, each in zip(self.lateral, maps, strict=True)]
        for finer in range(len(levels) - 2, -1, -1):
            levels[finer] = levels[finer] + F.interpolate(levels[finer + 1], size=levels[finer].shape[2:], mode="nearest")
        return [smooth(each) for smooth, each in zip(self.smooth, levels, strict=True)]


class RecursivePyramid(nn.Module):
    """A backbone under a feature pyramid whose features return to the backbone once."""

    def __init__(self, stem: nn.Module, stages: Sequence[nn.Module], channels_in: Sequence[int], channels: int) -> None:
        """Build the pyramid.

        Args:
            stem: From the image to the input of the first stage.
            stages: Stages of the backbone, fine to coarse.
            channels_in: Channels of the output of each stage.
            channels: Channels of the pyramid.
        """
        super().__init__()
        self.stem, self.stages = stem, nn.ModuleList(stages)
        self.pyramid = FeaturePyramid(channels_in, channels)
        self.pooling = nn.ModuleList(AtrousPooling(channels) for _ in stages)
        self.feedback = nn.ModuleList(nn.Conv2d(channels, each, 1) for each in channels_in)
        self.fusion = nn.Conv2d(channels, 1, 1)
        for part in (*self.feedback, self.fusion):  # the first step equals a plain pyramid
            nn.init.zeros_(part.weight)
            nn.init.zeros_(part.bias)

    def forward(self, image: Tensor) -> list[Tensor]:
        """`(batch, channels, height, width)` to the maps of the pyramid, fine to coarse."""
        start = self.stem(image)
        first = self.pyramid(self._stages(start, None))
        second = self.pyramid(self._stages(start, first))
        weights = [torch.sigmoid(self.fusion(level)) for level in second]
        return [weight * new + (1 - weight) * old for weight, new, old in zip(weights, second, first, strict=True)]

    def _stages(self, x: Tensor, levels: Sequence[Tensor] | None) -> list[Tensor]:
        """Outputs of the stages; from the second pass on, the transformed features of the pass before are added to each."""
        maps = []
        for number, stage in enumerate(self.stages):
            x = stage(x)
            if levels is not None:
                x = x + self.feedback[number](self.pooling[number](levels[number]))
            maps.append(x)
        return maps
