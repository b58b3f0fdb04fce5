"""Several age networks as one: the mean of their distributions."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Ensemble(nn.Module):
    """The mean of the distributions of networks with different starts, whose errors partly cancel."""

    def __init__(self, networks: Iterable[nn.Module]) -> None:
        """Take the networks as they are."""
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, image: Tensor) -> Tensor:
        """Logarithms of the mean distributions, `(batch, 2, 229)`, where each network gives logits of that shape."""
        answers = torch.stack([F.log_softmax(network(image), dim=-1) for network in self.networks])
        return torch.logsumexp(answers, dim=0) - math.log(len(self.networks))
