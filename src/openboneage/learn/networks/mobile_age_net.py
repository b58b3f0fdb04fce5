"""The whole-hand age network that is initialised with weights pretrained on ImageNet: a MobileNetV2 (Sandler et al. 2018)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.learn.networks.age_head import AgeHead
from openboneage.learn.networks.drop_path import drop_path

STEM_CHANNELS = 32
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion, channels, blocks and stride of the first block (Sandler et al. 2018, table 2)."""
TOP_CHANNELS = 1280
NORM_EPSILON = 1e-3
"""As in the Keras model that the pretrained weights come from."""


class NormedConvolution(nn.Module):
    """A convolution, a normalisation and, unless the result is summed, ReLU6; padded as TensorFlow pads."""

    def __init__(
        self, channels_in: int, channels_out: int, size: int, stride: int = 1, groups: int = 1, active: bool = True
    ) -> None:
        """Build the layer."""
        super().__init__()
        padding = size // 2 if stride == 1 else 0
        self.conv = nn.Conv2d(channels_in, channels_out, size, stride, padding, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(channels_out, eps=NORM_EPSILON)
        self.stride = stride
        self.active = active

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channels_in, h, w)` to `(batch, channels_out, ceil(h / stride), ceil(w / stride))`."""
        if self.stride == 2:
            x = F.pad(x, (x.shape[3] % 2, 1, x.shape[2] % 2, 1))
        x = self.norm(self.conv(x))
        return F.relu6(x) if self.active else x


class InvertedResidual(nn.Module):
    """Expands the channels, convolves each by itself and narrows them again; dropped at random while training."""

    def __init__(self, channels_in: int, channels_out: int, expansion: int, stride: int, drop: float) -> None:
        """Build the block."""
        super().__init__()
        wide = channels_in * expansion
        expand = [NormedConvolution(channels_in, wide, 1)] if expansion > 1 else []
        self.body = nn.Sequential(
            *expand,
            NormedConvolution(wide, wide, 3, stride, groups=wide),
            NormedConvolution(wide, channels_out, 1, active=False),
        )
        self.has_shortcut = stride == 1 and channels_in == channels_out
        self.drop = drop

    def extra_repr(self) -> str:
        """The setting that is not visible in the layers."""
        return f"drop={self.drop}"

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channels_in, h, w)` to `(batch, channels_out, ceil(h / stride), ceil(w / stride))`."""
        y: Tensor = self.body(x)
        if not self.has_shortcut:
            return y
        return x + drop_path(y, self.drop, self.training)


class MobileAgeNet(nn.Module):
    """MobileNetV2's layers under the age head."""

    def __init__(self, drop_path: float = 0.05, dropout: float = 0.2) -> None:
        """Build the network."""
        super().__init__()
        self.stem = NormedConvolution(3, STEM_CHANNELS, 3, stride=2)
        blocks: list[nn.Module] = []
        channels = STEM_CHANNELS
        last = sum(count for _, _, count, _ in STAGES) - 1
        for expansion, width, count, stride in STAGES:
            for i in range(count):
                rate = drop_path * len(blocks) / last
                blocks.append(InvertedResidual(channels, width, expansion, stride if i == 0 else 1, rate))
                channels = width
        self.trunk = nn.Sequential(*blocks)
        self.top = NormedConvolution(channels, TOP_CHANNELS, 1)
        self.head = AgeHead(TOP_CHANNELS, channels, dropout)

    @property
    def layers(self) -> tuple[NormedConvolution, ...]:
        """The layers that MobileNetV2 has, in order."""
        return tuple(module for module in self.modules() if isinstance(module, NormedConvolution))

    def forward(self, image: Tensor) -> Tensor:
        """Logits over months 0 to 228 for a girl and for a boy.

        Args:
            image: `(batch, 1, height, width)`, 0 to 1.

        Returns:
            `(batch, 2, 229)`.
        """
        photograph = torch.cat([image, image, image], dim=1) * 2 - 1
        x = self.trunk(self.stem(photograph))
        answer: Tensor = self.head(self.top(x).mean(dim=(2, 3)), x)
        return answer
