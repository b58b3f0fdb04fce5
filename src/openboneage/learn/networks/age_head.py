"""The head of the age networks, with features by place on the hand and by sex."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

AGE_BINS = 229
"""Months 0 to 228."""
HIDDEN = 256


class AgeHead(nn.Module):
    """One distribution over months for each sex, from pooled features and from features that keep their place."""

    def __init__(self, pooled: int, channels: int, grid: tuple[int, int], placed: int, dropout: float) -> None:
        """Build the head for that many pooled features and a map of that many channels, `grid` fields high and wide.

        `placed` is the number of channels in which the map keeps its places.
        """
        super().__init__()
        self.place = nn.Conv2d(channels, placed, 1)
        self.mix = nn.Linear(pooled + placed * grid[0] * grid[1], HIDDEN)
        self.dropout = nn.Dropout(dropout)
        self.by_sex = nn.Parameter(torch.zeros(2, 2, HIDDEN))
        self.hidden = nn.Linear(HIDDEN, HIDDEN)
        self.months = nn.Linear(HIDDEN, AGE_BINS)

    def forward(self, pooled: Tensor, features: Tensor) -> Tensor:
        """Logits over months 0 to 228 for a girl and for a boy.

        Args:
            pooled: `(batch, pooled)`.
            features: `(batch, channels, height, width)` of the grid.

        Returns:
            `(batch, 2, 229)`.
        """
        all_features = torch.cat([pooled, F.relu(self.place(features)).flatten(1)], dim=1)
        h = self.dropout(F.relu(self.mix(all_features)))[:, None]
        scale, shift = self.by_sex[0], self.by_sex[1]
        logits: Tensor = self.months(F.relu(self.hidden(h * (1 + scale) + shift)))
        return logits
