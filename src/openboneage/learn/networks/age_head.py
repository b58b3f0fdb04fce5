"""The head of the age networks: pooled and attention-weighted features, for each sex and any input size."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

AGE_BINS = 229
"""Months 0 to 228."""
HIDDEN = 256
LOOKS = 8
"""Attention maps, each a weighted mean over the hand."""


class AgeHead(nn.Module):
    """One distribution over months for each sex, from pooled features and from attention-weighted ones."""

    def __init__(self, pooled: int, channels: int, dropout: float) -> None:
        """Build the head for that many pooled features and a map of that many channels."""
        super().__init__()
        self.look = nn.Conv2d(channels, LOOKS, 1)
        self.dropout = nn.Dropout(dropout)
        self.mix = nn.Linear(pooled + LOOKS * channels, HIDDEN)
        self.by_sex = nn.Parameter(torch.zeros(2, 2, HIDDEN))
        self.hidden = nn.Linear(HIDDEN, HIDDEN)
        self.months = nn.Linear(HIDDEN, AGE_BINS)

    def forward(self, pooled: Tensor, features: Tensor) -> Tensor:
        """Logits over months 0 to 228 for a girl and for a boy.

        Args:
            pooled: `(batch, pooled)`.
            features: `(batch, channels, height, width)`.

        Returns:
            `(batch, 2, 229)`.
        """
        weights = F.softmax(self.look(features).flatten(2), dim=-1)
        seen = torch.matmul(weights, features.flatten(2).transpose(1, 2)).flatten(1)
        h = F.relu(self.mix(self.dropout(torch.cat([pooled, seen], dim=1))))[:, None]
        scale, shift = self.by_sex[0], self.by_sex[1]
        logits: Tensor = self.months(F.relu(self.hidden(h * (1 + scale) + shift)))
        return logits
