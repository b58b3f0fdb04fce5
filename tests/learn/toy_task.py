"""A regression small enough to train in a second, with all state that resuming could lose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import torch
from torch import Tensor, nn

from openboneage.learn.batches import Batch
from openboneage.learn.loop import Task


def build(dropout: float = 0.2) -> nn.Module:
    """A network with running statistics and with random numbers of its own (dropout)."""
    return nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(dropout), nn.Linear(16, 1))


def loss(model: nn.Module, batch: Batch) -> Tensor:
    return nn.functional.mse_loss(model(batch["x"]).float(), batch["y"])


class Kind(StrEnum):
    """A setting that JSON knows only as text."""

    POINTS = "points"


@dataclass(frozen=True)
class ToyBatches:
    """Points of the function x - 2y; a draw is the seed of a point.

    Attributes:
        size: Points a step.
        data: Stands for the data.
        before: Called with each step that is drawn.
    """

    size: int = 16
    data: str = "0" * 64
    before: Callable[[int], object] = int

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"size": self.size, "kind": Kind.POINTS, "range": (0, 1)}

    def data_digest(self) -> str:
        return self.data

    def draw(self, step: int) -> Sequence[int]:
        self.before(step)
        return range(step * self.size, (step + 1) * self.size)

    def render(self, draws: Sequence[int]) -> Batch:
        x = torch.stack([torch.randn(2, generator=torch.Generator().manual_seed(seed)) for seed in draws])
        return {"x": x, "y": x[:, :1] - 2 * x[:, 1:], "seed": torch.tensor(draws)}


TASK = Task(build, ToyBatches(), loss)
