"""Switchable atrous convolution: Eq. 1 of precise-BAA 2022, after DetectoRS (Qiao et al., CVPR 2021)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

RATE = 3
"""Atrous rate of the second convolution, as in DetectoRS; precise-BAA prints it as `r` without a number."""


class SwitchableAtrousConv2d(nn.Module):
    """`S(x) conv(x, w, 1) + (1 - S(x)) conv(x, w + dw, r)`, with `S` a 5 x 5 mean and a 1 x 1 convolution.

    At the start `S` is 1 and `dw` is 0, so that the layer equals the convolution that it replaces, which may be pretrained.
    """

    def __init__(self, plain: nn.Conv2d, rate: int = RATE) -> None:
        """Replace a convolution with an odd kernel, padded to keep the size: `w` and the bias are its own parameters."""
        super().__init__()
        self.plain, self.rate = plain, rate
        self.delta = nn.Parameter(torch.zeros_like(plain.weight))
        self.mean = nn.AvgPool2d(5, stride=1, padding=2, count_include_pad=False)
        self.switch = nn.Conv2d(plain.in_channels, 1, 1, plain.stride)  # type: ignore[arg-type]
        nn.init.zeros_(self.switch.weight)
        nn.init.ones_(self.switch.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channels_in, h, w)` to `(batch, channels_out, h / stride, w / stride)`."""
        plain, switch = self.plain, self.switch(self.mean(x))
        padding = (plain.kernel_size[0] // 2 * self.rate, plain.kernel_size[1] // 2 * self.rate)
        near: Tensor = plain(x)
        far = F.conv2d(x, plain.weight + self.delta, plain.bias, plain.stride, padding, self.rate, plain.groups)
        mixed: Tensor = switch * near + (1 - switch) * far
        return mixed


def make_switchable(network: nn.Module) -> nn.Module:
    """Replace every 3 x 3 convolution of a network, in place, and return the network."""
    for name, part in network.named_children():
        if isinstance(part, nn.Conv2d) and part.kernel_size == (3, 3) and part.padding == (1, 1):
            setattr(network, name, SwitchableAtrousConv2d(part))
        elif not isinstance(part, SwitchableAtrousConv2d):
            make_switchable(part)
    return network
