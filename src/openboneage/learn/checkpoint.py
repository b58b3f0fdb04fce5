"""The state of a run, and its checkpoint file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from openboneage.learn.identity import Identity, refuse_another
from openboneage.learn.schedule import Schedule


@dataclass
class TrainingState:
    """The state of a run.

    Attributes:
        network: The trained network.
        average: Moving average of its weights and statistics.
        optimizer: The optimizer with its moments.
        cycle: The learning rate over the steps.
        step: Steps done.
        seconds: Time they took.
        loss_sum: Sum of the losses since the last row of the log, a float64 scalar.
        loss_count: Number of these losses.
    """

    network: nn.Module
    average: AveragedModel
    optimizer: Optimizer
    cycle: LRScheduler
    loss_sum: Tensor
    loss_count: int = 0
    step: int = 0
    seconds: float = 0.0
    saved_step: int = field(default=0, compare=False)

    @classmethod
    def at_start(cls, network: nn.Module, schedule: Schedule) -> Self:
        """The state before the first step; the network is already on its device."""
        optimizer = schedule.optimizer(network)
        return cls(
            network=network,
            average=AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(schedule.ema_decay), use_buffers=True),
            optimizer=optimizer,
            cycle=schedule.learning_rate(optimizer),
            loss_sum=torch.zeros((), dtype=torch.float64, device=next(network.parameters()).device),
        )

    def save(self, path: Path, identity: Identity) -> None:
        """Replace the checkpoint of the run with this state."""
        state: dict[str, Any] = {name: part.state_dict() for name, part in self._parts.items()}
        draft = path.with_suffix(".part")
        numbers = {"step": self.step, "seconds": self.seconds, "loss_sum": float(self.loss_sum), "loss_count": self.loss_count}
        torch.save({"identity": identity, **numbers, **state}, draft)
        draft.replace(path)
        self.saved_step = self.step

    def resume(self, path: Path, identity: Identity) -> None:
        """Load the state of a checkpoint.

        Raises:
            InputError: The checkpoint is of another run.
        """
        state = torch.load(path, weights_only=True, map_location="cpu")
        refuse_another(path.parent, state.get("identity", {}), identity)
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        self.step = self.saved_step = state["step"]
        self.seconds = state["seconds"]
        self.loss_sum.fill_(state["loss_sum"])
        self.loss_count = state["loss_count"]

    @property
    def _parts(self) -> dict[str, Any]:
        return {"network": self.network, "average": self.average, "optimizer": self.optimizer, "cycle": self.cycle}
