"""Length, optimizer and learning rate of training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from torch import nn
from torch.optim import SGD, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR


@dataclass(frozen=True)
class Schedule:
    """One training stage with AdamW and a one-cycle learning rate.

    Attributes:
        steps: Optimiser steps.
        peak_lr: Learning rate at the top of the one-cycle schedule.
        weight_decay: Weight decay of matrices and kernels; none on biases and norms.
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

    def with_steps(self, steps: int) -> Self:
        """The stage with another length, and a checkpoint after half of it at the latest."""
        return replace(self, steps=steps, checkpoint_every=min(self.checkpoint_every, (steps + 1) // 2))

    def optimizer(self, network: nn.Module) -> Optimizer:
        """The optimizer of a network's weights."""
        return AdamW(_parameter_groups(network, self.weight_decay), lr=self.peak_lr)

    def learning_rate(self, optimizer: Optimizer) -> LRScheduler:
        """The learning rate over the steps."""
        return OneCycleLR(optimizer, self.peak_lr, self.steps, pct_start=self.warmup)


@dataclass(frozen=True)
class SgdSchedule(Schedule):
    """One training stage with SGD at a constant learning rate, reached linearly during the warm-up.

    Attributes:
        momentum: Share of the last update that is added to the next.
    """

    momentum: float = 0.9

    def optimizer(self, network: nn.Module) -> Optimizer:
        """SGD with momentum."""
        return SGD(_parameter_groups(network, self.weight_decay), lr=self.peak_lr, momentum=self.momentum)

    def learning_rate(self, optimizer: Optimizer) -> LRScheduler:
        """A linear warm-up, then a constant."""
        rising = max(round(self.warmup * self.steps), 1)
        return LambdaLR(optimizer, lambda step: min((step + 1) / rising, 1.0))


@dataclass(frozen=True)
class SteppedSgd(SgdSchedule):
    """One training stage with SGD whose learning rate falls to a tenth several times, after equal numbers of steps.

    Attributes:
        drops: How often it falls.
    """

    drops: int = 3

    def learning_rate(self, optimizer: Optimizer) -> LRScheduler:
        """A staircase."""
        return LambdaLR(optimizer, lambda step: 0.1 ** min(step * (self.drops + 1) // self.steps, self.drops))


def _parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}]
