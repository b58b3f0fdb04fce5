"""LeNet-5 (LeCun et al., Proc IEEE 1998; 86:2278-2324) for patches, as a fully convolutional network."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

PATCH_STEP_PX = 4
"""Patches seen in one pass are this far apart: the two poolings."""


class LeNet5(nn.Module):
    """Two convolutions of 5 x 5 with pooling, then fully connected layers as convolutions, without padding.

    An image of the size of a patch gives one answer. A larger one gives that of every patch at a step of `PATCH_STEP_PX`, or of
    a multiple: equal to the network on each patch.
    """

    def __init__(self, patch_px: int, classes: int) -> None:
        """Build for patches of a side that is a multiple of 8, at least 16.

        Args:
            patch_px: Side of a patch.
            classes: Number of classes.
        """
        super().__init__()
        self.patch_px = patch_px
        self.first, self.second = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.third = nn.Conv2d(16, 120, patch_px // PATCH_STEP_PX - 3)
        self.fourth, self.last = nn.Conv2d(120, 84, 1), nn.Conv2d(84, classes, 1)

    def forward(self, image: Tensor, every: int = 1) -> Tensor:
        """Logits `(batch, classes, rows, columns)` of every patch of an image `(batch, 1, height, width)`.

        Args:
            image: The image.
            every: Only every so many patches of a row and of a column, so that they are `every * PATCH_STEP_PX` apart.
        """
        x = F.max_pool2d(self.first(image).relu(), 2)
        x = F.max_pool2d(self.second(x).relu(), 2)
        x = F.conv2d(x, self.third.weight, self.third.bias, stride=every).relu()
        logits: Tensor = self.last(self.fourth(x).relu())
        return logits
