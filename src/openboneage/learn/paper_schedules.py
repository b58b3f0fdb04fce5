"""Learning rates of published papers, as schedules of the training loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau

from openboneage.learn.schedule import Schedule, SgdSchedule


class PlateauRate(LRScheduler):
    """A learning rate that falls when a measurement on validation data no longer does.

    The training loop calls `observe` after each measurement; steps of the optimizer change nothing.
    """

    def __init__(self, optimizer: Optimizer, factor: float, patience: int) -> None:
        """Start with the optimizer's learning rate.

        Args:
            optimizer: Its rate is changed.
            factor: Factor of the rate.
            patience: Measurements without an improvement after which the next one lowers the rate.
        """
        self._plateau = ReduceLROnPlateau(optimizer, factor=factor, patience=patience)
        super().__init__(optimizer)

    def get_lr(self) -> list[float | Tensor]:
        """The rates as they are."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def observe(self, loss: float) -> None:
        """Take a measurement, and lower the rate if it is due."""
        self._plateau.step(loss)
        self._last_lr = self.get_lr()

    def state_dict(self) -> dict[str, Any]:
        """The state, with that of the plateau."""
        return {"last_epoch": self.last_epoch, "_last_lr": self._last_lr, "plateau": self._plateau.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from a state."""
        self._plateau.load_state_dict(state_dict["plateau"])
        self.last_epoch, self._last_lr = state_dict["last_epoch"], state_dict["_last_lr"]


@dataclass(frozen=True)
class AdamPlateau(Schedule):
    """Adam whose learning rate falls when the validation loss does not (RidgeNet 2021).

    Attributes:
        factor: Factor of the rate.
        patience: Measurements without an improvement that are tolerated.
    """

    factor: float = 0.8
    patience: int = 3

    def optimizer(self, network: nn.Module) -> Optimizer:
        """Adam without weight decay."""
        return Adam(network.parameters(), lr=self.peak_lr)

    def learning_rate(self, optimizer: Optimizer) -> LRScheduler:
        """A rate that follows the validation loss."""
        return PlateauRate(optimizer, self.factor, self.patience)


@dataclass(frozen=True)
class SgdThirds(SgdSchedule):
    """SGD whose rate is multiplied by `gamma` after each third of the steps (Lee 2017, in the way of NVIDIA DIGITS).

    Attributes:
        gamma: Factor of the rate.
    """

    gamma: float = 0.1

    def learning_rate(self, optimizer: Optimizer) -> LRScheduler:
        """The rate in three stairs."""
        return LambdaLR(optimizer, lambda step: self.gamma ** (3 * step // self.steps))


@dataclass(frozen=True)
class SgdDecay(SgdSchedule):
    """SGD whose rate is divided by `1 + decay * step` (Spampinato 2017, in the way of Torch7).

    Attributes:
        decay: Growth of the divisor a step.
    """

    decay: float = 2e-4

    def learning_rate(self, optimizer: Optimizer) -> LRScheduler:
        """The falling rate."""
        return LambdaLR(optimizer, lambda step: 1 / (1 + self.decay * step))
