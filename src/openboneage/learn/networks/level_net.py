"""Levels of the 13 bones from their crops: one extractor for all, self-attention across them (precise-BAA 2022, Fig. 4, 5)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class BoneAttention(nn.Module):
    """Scaled dot-product self-attention across the bones of a hand (Vaswani et al. 2017), with one head."""

    def __init__(self, features: int, inner: int) -> None:
        """Build the projections to queries and keys of `inner` features, and to values of all."""
        super().__init__()
        self.query, self.key = nn.Linear(features, inner), nn.Linear(features, inner)
        self.value = nn.Linear(features, features)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mix the features of the bones.

        Args:
            x: `(batch, bones, features)`.

        Returns:
            The mixed features `(batch, bones, features)`, and the attention map `(batch, bones, bones)`, whose rows sum to 1.
        """
        queries, keys = self.query(x), self.key(x)
        weights = torch.softmax(queries @ keys.transpose(1, 2) / queries.shape[-1] ** 0.5, dim=-1)
        return weights @ self.value(x), weights


class LevelNet(nn.Module):
    """The levels of the bones of a hand."""

    def __init__(self, extractor: nn.Module, features: int, level_counts: Sequence[int], inner: int = 64) -> None:
        """Build the network.

        Args:
            extractor: From crops `(n, 3, size, size)` to features `(n, features)`; all bones share it.
            features: Number of features.
            level_counts: Levels of each bone.
            inner: Features of queries and keys.
        """
        super().__init__()
        self.extractor = extractor
        self.attention = BoneAttention(features, inner)
        self.heads = nn.ModuleList(nn.Linear(features, count) for count in level_counts)

    def forward(self, crops: Tensor) -> tuple[list[Tensor], Tensor]:
        """Predict levels.

        Args:
            crops: `(batch, bones, 1, size, size)`, 0 to 1.

        Returns:
            Logits of the levels of each bone, `(batch, levels)`, and the attention map `(batch, bones, bones)`.
        """
        features = self.extractor(crops.flatten(0, 1).expand(-1, 3, -1, -1)).unflatten(0, crops.shape[:2])
        mixed, attention = self.attention(features)
        return [head(mixed[:, number]) for number, head in enumerate(self.heads)], attention
