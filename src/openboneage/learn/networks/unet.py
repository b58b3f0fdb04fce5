"""U-Net (Ronneberger et al., MICCAI 2015; 234-241) from a film to the logit of its hand mask."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.learn.networks.hand_finder import conv_block


class UNet(nn.Module):
    """Convolutions with padding, halvings by maxima, and transposed convolutions upwards; any number of levels."""

    def __init__(self, widths: Sequence[int]) -> None:
        """Build the levels.

        Args:
            widths: Channels of each level; the side of the image is a multiple of 2 to the power of their number less one.
        """
        super().__init__()
        self.down = nn.ModuleList(conv_block(a, b) for a, b in zip((1, *widths), widths, strict=False))
        pairs = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.widen = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairs)
        self.up = nn.ModuleList(conv_block(2 * b, b) for _, b in pairs)
        self.mask = nn.Conv2d(widths[0], 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Logits `(batch, 1, size, size)` of images of this shape."""
        *skips, x = self._levels(image)
        for widen, block, skip in zip(self.widen, self.up, reversed(skips), strict=True):
            x = block(torch.cat([skip, widen(x)], dim=1))
        logits: Tensor = self.mask(x)
        return logits

    def vector(self, image: Tensor) -> Tensor:
        """The deepest feature map, flattened: `(batch, values)`."""
        return self._levels(image)[-1].flatten(1)

    def _levels(self, image: Tensor) -> list[Tensor]:
        maps = [self.down[0](image)]
        for block in self.down[1:]:
            maps.append(block(F.max_pool2d(maps[-1], 2)))
        return maps
