"""The whole-hand age network that is trained from scratch: a plain residual net (He et al. 2016)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.learn.networks.age_head import AgeHead
from openboneage.learn.networks.drop_path import drop_path


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around a shortcut, dropped at random while training."""

    def __init__(self, channels_in: int, channels_out: int, stride: int, drop: float) -> None:
        """Build the block."""
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
        same = stride == 1 and channels_in == channels_out
        self.shortcut = (
            nn.Identity()
            if same
            else nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False), nn.Conv2d(channels_in, channels_out, 1)
            )
        )
        self.drop = drop

    def extra_repr(self) -> str:
        """The setting that is not visible in the layers."""
        return f"drop={self.drop}"

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channels_in, h, w)` to `(batch, channels_out, ceil(h / stride), ceil(w / stride))`."""
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(self.shortcut(x) + drop_path(y, self.drop, self.training))


class AgeNet(nn.Module):
    """A residual trunk under the age head."""

    def __init__(
        self,
        widths: tuple[int, ...] = (32, 64, 112, 176),
        depths: tuple[int, ...] = (1, 2, 3, 2),
        drop_path: float = 0.1,
        dropout: float = 0.25,
    ) -> None:
        """Build the network; every stage halves the size, as the stem does."""
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 5, 2, 2, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU(inplace=True)
        )
        blocks: list[nn.Module] = []
        channels = widths[0]
        for width, depth in zip(widths, depths, strict=True):
            for i in range(depth):
                rate = drop_path * len(blocks) / (sum(depths) - 1)
                blocks.append(ResidualBlock(channels, width, 2 if i == 0 else 1, rate))
                channels = width
        self.trunk = nn.Sequential(*blocks)
        self.head = AgeHead(channels, channels, dropout)

    def forward(self, image: Tensor) -> Tensor:
        """Logits over months 0 to 228 for a girl and for a boy.

        Args:
            image: `(batch, 1, height, width)`.

        Returns:
            `(batch, 2, 229)`.
        """
        x = self.trunk(self.stem(image))
        answer: Tensor = self.head(x.mean(dim=(2, 3)), x)
        return answer
