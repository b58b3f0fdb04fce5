"""Length and learning rate of training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Schedule:
    """One training stage.

    Attributes:
        steps: Optimiser steps.
        peak_lr: Learning rate at the top of the one-cycle schedule.
        weight_decay: AdamW weight decay of matrices and kernels; none on biases and norms.
        warmup: Share of the steps before the peak, 0 to 1.
        ema_decay: Decay of the moving average of the weights a step.
        seed: Seed of the initial weights and of every draw.
        checkpoint_every: Steps between checkpoints.
        bf16: Whether to run the forward pass in bfloat16.
    """

    steps: int
    peak_lr: float = 2e-3
    weight_decay: float = 0.05
    warmup: float = 0.15
    ema_decay: float = 0.998
    seed: int = 1
    checkpoint_every: int = 500
    bf16: bool = True

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings on which the trained network depends."""
        return {name: value for name, value in asdict(self).items() if name != "checkpoint_every"}

    def with_steps(self, steps: int) -> Schedule:
        """The stage with another length, and a checkpoint after half of it at the latest."""
        return replace(self, steps=steps, checkpoint_every=min(self.checkpoint_every, (steps + 1) // 2))
