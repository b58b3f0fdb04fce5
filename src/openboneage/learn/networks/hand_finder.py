"""The hand finder: a small U-Net (Ronneberger et al. 2015) that predicts whether there is a hand, its mask and its pose."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  (torch's own convention)

from openboneage.hand.finder import COUNT_CLASSES, MAP_CHANNELS


def conv_block(channels_in: int, channels_out: int) -> nn.Sequential:
    """Two 3x3 convolutions, each with batch normalisation and ReLU."""
    layers: list[nn.Module] = []
    for channels in (channels_in, channels_out):
        layers += [
            nn.Conv2d(channels, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class HandFinder(nn.Module):
    """U-Net at a quarter of the thumbnail's size: sub-pixel maps of mask and landmarks, a head for count and polarity."""

    def __init__(self, widths: tuple[int, ...] = (64, 80, 112, 144)) -> None:
        """Build the encoder with the given widths, halving the size between them, and its mirror."""
        super().__init__()
        self.stem = nn.Conv2d(2, widths[0], 8, stride=4, padding=2)
        self.down = nn.ModuleList(conv_block(a, b) for a, b in zip((widths[0], *widths), widths, strict=False))
        self.up = nn.ModuleList(conv_block(a + b, b) for a, b in zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.maps = nn.Sequential(nn.Conv2d(widths[0], 16 * len(MAP_CHANNELS), 3, padding=1), nn.PixelShuffle(4))
        self.head = nn.Linear(widths[-1], len(COUNT_CLASSES) + 1)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Predict from thumbnails.

        Args:
            image: `(batch, 2, size, size)`, linear and equalised brightness in 0..1, 0 outside the film.

        Returns:
            Logits of the maps `(batch, 5, size, size)` and of the head `(batch, 4)`: 0, 1, 2 hands; inverted.
        """
        skips = []
        x = self.stem(image)
        for i, block in enumerate(self.down):
            x = block(x if i == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        head = self.head(x.mean(dim=(2, 3)))
        for block, skip in zip(self.up, skips[-2::-1], strict=True):
            x = block(torch.cat([F.interpolate(x, scale_factor=2.0, mode="nearest"), skip], dim=1))
        return self.maps(x), head
