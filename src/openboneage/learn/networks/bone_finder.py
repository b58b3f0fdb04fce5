"""The bone finder: a U-Net (Ronneberger et al. 2015) that predicts the class of each pixel, and joints with their boxes."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  (torch's own convention)

from openboneage.bones.maps import BOX_CHANNELS, CELL_PX, CLASSES
from openboneage.bones.names import JOINTS
from openboneage.learn.networks.hand_finder import conv_block

RARE = -4.0
"""Initial logit of joints: few cells show one."""


class BoneFinder(nn.Module):
    """U-Net at a quarter of the picture's size; the maps of the classes have 4 x 4 pixels a cell.

    Skips are added after a 1x1 convolution instead of concatenated, which halves the cost of the decoder.
    """

    def __init__(self, widths: tuple[int, ...] = (40, 64, 96, 128)) -> None:
        """Build the encoder with the given widths, halving the size between them, and its mirror."""
        super().__init__()
        self.stem = nn.Conv2d(1, widths[0], 2 * CELL_PX, stride=CELL_PX, padding=CELL_PX // 2)
        self.down = nn.ModuleList(conv_block(a, b) for a, b in zip((widths[0], *widths), widths, strict=False))
        self.narrow = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(widths))
        self.up = nn.ModuleList(conv_block(a, a) for a in widths[:-1])
        self.classes = nn.Conv2d(widths[0], CELL_PX**2 * len(CLASSES), 1)
        self.joints = nn.Conv2d(widths[0], len(JOINTS), 1)
        self.boxes = nn.Conv2d(widths[0], len(BOX_CHANNELS), 1)
        nn.init.constant_(self.joints.bias, RARE)  # type: ignore[arg-type]

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Predict from pictures of hands.

        Args:
            image: `(batch, 1, height, width)`, sides multiples of 32.

        Returns:
            Maps of `height / 4` by `width / 4` cells, with the channels of `bones.maps`: classes `(batch, 144, ...)`, joints
            `(batch, 18, ...)` and boxes `(batch, 8, ...)`.
        """
        x = F.relu(self.stem(image))
        skips = []
        for i, block in enumerate(self.down):
            x = block(x if i == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        for narrow, block, skip in zip(reversed(self.narrow), reversed(self.up), skips[-2::-1], strict=True):
            x = block(F.interpolate(narrow(x), size=skip.shape[-2:], mode="nearest") + skip)
        return self.classes(x), self.joints(x), self.boxes(x)
