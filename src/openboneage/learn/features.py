"""Features of pictures from a network, computed once and kept by the content of both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from openboneage.learn.batches import Batch, epoch_indices
from openboneage.learn.identity import network_digest
from openboneage.learn.pictures import Pictures, outputs_of

Features = NDArray[np.float64]
"""`(films, features)`."""


@dataclass(frozen=True, eq=False)
class FeatureBatches:
    """Batches of features, for networks on top of others; every epoch has each film once.

    Attributes:
        features: Standardised features, `(n, features)`.
        age_months: Labels, `(n,)`.
        batch_size: Films a step.
        seed: Seed of the order.
    """

    features: Features
    age_months: NDArray[np.float32]
    batch_size: int
    seed: int

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the features."""
        return {"batch_size": self.batch_size}

    def data_digest(self) -> str:
        """sha256 of features and labels."""
        return hashlib.sha256(self.features.tobytes() + self.age_months.tobytes()).hexdigest()

    def draw(self, step: int) -> Sequence[int]:
        """Numbers of films."""
        return epoch_indices(len(self.features), self.batch_size, step, self.seed)

    def render(self, draws: Sequence[int]) -> Batch:
        """`image`, the features `(batch, features)`, and `age_months` `(batch,)`."""
        chosen = list(draws)
        return {
            "image": torch.from_numpy(self.features[chosen].astype(np.float32)),
            "age_months": torch.from_numpy(self.age_months[chosen]),
        }


def features_of(network: nn.Module, pictures: Pictures, cache: Path) -> Features:
    """Features of unchanged pictures, `(n, features)`: read from their file, or computed and written.

    The file's name is the hash of the pictures, the layers and the weights, so that a change of any gives another file.

    Args:
        network: Gives `(batch, features)`.
        pictures: The pictures.
        cache: Folder of the files.
    """
    key = hashlib.sha256(f"{network_digest(network)} {pictures.digest()}".encode()).hexdigest()
    path = cache / f"{key}.npy"
    if path.is_file():
        return np.asarray(np.load(path, allow_pickle=False), np.float64)
    found = outputs_of(network.eval(), pictures).numpy()
    cache.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part.npy")
    np.save(draft, found)
    draft.replace(path)
    return np.asarray(found, np.float64)
