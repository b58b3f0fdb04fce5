"""An ensemble of age networks: the mean of their distributions."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Ensemble(nn.Module):
    """The mean of the distributions of networks with different initialisation, whose errors partly cancel."""

    def __init__(self, networks: Iterable[nn.Module]) -> None:
        """Store the networks."""
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Logarithms of the mean distributions, `(batch, 2, 229)`, and of each network's, `(batch, networks, 2, 229)`.

        Each network gives logits `(batch, 2, 229)`.
        """
        members = torch.stack([F.log_softmax(network(image), dim=-1) for network in self.networks], dim=1)
        return torch.logsumexp(members, dim=1) - math.log(len(self.networks)), members
