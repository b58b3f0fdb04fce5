"""The training loop that every study shares: bf16, moving average of weights, checkpoints that resume.

It runs on Lightning Fabric: on a processor, on a GPU, or in the processes that `torchrun` starts. All random numbers of a step
(the batch, dropout) are functions of the seed, the step and the process, so a stopped and continued run ends with the same
weights as an uninterrupted one; on a processor bit for bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from openboneage.errors import BoneAgeError
from openboneage.learn.batches import Batch, Batches, Share, one_opencv_thread, step_loader
from openboneage.learn.checkpoint import TrainingState
from openboneage.learn.hardware import Hardware
from openboneage.learn.identity import Identity, as_identity, network_digest, settings_of
from openboneage.learn.manifest import MANIFEST, manifest, write_manifest
from openboneage.learn.paper_schedules import PlateauRate
from openboneage.learn.run_log import RunLog
from openboneage.learn.schedule import Schedule

Loss = Callable[[nn.Module, Batch], Tensor]

CHECKPOINT = "checkpoint.pt"
LOG_EVERY_STEPS = 50
LARGEST_GRADIENT = 1.0
"""Gradients with a larger norm are scaled down to it."""


class TrainingStopped(KeyboardInterrupt):
    """The user stopped a run; the text says what was saved."""


@dataclass(frozen=True)
class Validation:
    """Measurements of the moving average of the weights on films that are not used for training.

    Attributes:
        measure: Figures of a network in evaluation mode after a step, by name.
        every: Steps between measurements.
        loss: Name of the figure that a `PlateauRate` follows.
    """

    measure: Callable[[nn.Module, int], Mapping[str, float]]
    every: int = 500
    loss: str | None = None


@dataclass(frozen=True)
class Task:
    """A training task.

    Attributes:
        build: Makes the network; called after seeding.
        batches: Training data.
        loss: Scalar loss of a network on a batch.
        validation: Measurements to log during training; they affect it only where the learning rate follows them.
    """

    build: Callable[[], nn.Module]
    batches: Batches[Any]
    loss: Loss
    validation: Validation | None = None


def fit(task: Task, schedule: Schedule, run: Path, hardware: Hardware | None = None) -> nn.Module:
    """Train a network and return the moving average of its weights, on the processor and in evaluation mode.

    Args:
        task: Network, data and loss.
        schedule: Length and speed.
        run: Folder for the checkpoint, the logs and the manifest; a stopped run is continued, the result of a finished one is
            returned.
        hardware: Device and worker processes.

    Raises:
        InputError: The folder contains another run: another configuration, other data or other initial weights.
        BoneAgeError: The loss is no longer finite.
        TrainingStopped: The user stopped the run.
    """
    hardware = hardware or Hardware()
    torch.manual_seed(schedule.seed)
    network = task.build().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    settings = {
        "schedule": schedule.settings,
        "batches": task.batches.settings,
        "loss": settings_of(task.loss),
        "data": task.batches.data_digest(),
        "first weights": network_digest(network),
    }
    identity, fabric = as_identity(settings), hardware.fabric(schedule.bf16)
    state = TrainingState.at_start(fabric.to_device(network), schedule)
    if (run / CHECKPOINT).is_file():
        state.resume(run / CHECKPOINT, identity)
    if state.step < schedule.steps:
        run.mkdir(parents=True, exist_ok=True)
        _Training(task, schedule, run, identity, state, fabric).finish(hardware.workers)
    return state.average.module.cpu().eval()


@dataclass
class _Training:
    """One session of a run: from the loaded state to the last step."""

    task: Task
    schedule: Schedule
    run: Path
    identity: Identity
    state: TrainingState
    fabric: Fabric
    log: RunLog | None = None

    def finish(self, workers: int) -> None:
        """Do the remaining steps."""
        share = Share(self.fabric.global_rank, self.fabric.world_size)
        steps = range(self.state.step, self.schedule.steps)
        loader = step_loader(self.task.batches, steps, share, workers, pin_memory=self.fabric.device.type == "cuda")
        if self.fabric.is_global_zero:
            self.log = RunLog(self.run, self.state.step, self.schedule.steps)
        try:
            with self.log or nullcontext(), one_opencv_thread():
                self._do_steps(self.fabric.setup_dataloaders(loader, use_distributed_sampler=False))
        except KeyboardInterrupt as stop:
            reached = f"Stopped at step {self.state.step} of {self.schedule.steps} in {self.run}"
            raise TrainingStopped(f"{reached}; step {self.state.saved_step} is saved.") from stop
        # Batch statistics are those of the first process.
        self.state.average.load_state_dict(self.fabric.broadcast(self.state.average.state_dict()))

    def _do_steps(self, batches: Any) -> None:
        state, schedule, before = self.state, self.schedule, time.perf_counter() - self.state.seconds
        model, optimizer = self.fabric.setup(state.network, state.optimizer)
        model.train()
        for batch in batches:
            torch.manual_seed(_step_seed(schedule.seed, state.step, self.fabric.global_rank))
            value = self.task.loss(model, batch)
            optimizer.zero_grad(set_to_none=True)
            self.fabric.backward(value)
            self.fabric.clip_gradients(model, optimizer, max_norm=LARGEST_GRADIENT, error_if_nonfinite=False)
            optimizer.step()
            state.cycle.step()
            state.average.update_parameters(state.network)
            state.loss_sum += value.detach()
            state.loss_count += 1
            state.step += 1
            state.seconds = time.perf_counter() - before
            self._report()

    def _report(self) -> None:
        """Log, measure and save when due."""
        state, validation = self.state, self.task.validation
        logs, saves = self._is_due(LOG_EVERY_STEPS), self._is_due(self.schedule.checkpoint_every)
        if logs or saves:
            self._check_loss()
        if self.log and logs:
            self.log.training(state.step, float(state.loss_sum) / state.loss_count, float(state.cycle.get_last_lr()[0]))
        if logs:
            state.loss_sum.zero_()
            state.loss_count = 0
        if validation and self._is_due(validation.every):
            self._measure(validation)
        if self.log and saves:
            state.save(self.run / CHECKPOINT, self.identity)
            write_manifest(self.run / MANIFEST, manifest(self.identity, state, self.schedule.steps, self.fabric))
        if self.log:
            self.log.done(state.step)

    def _measure(self, validation: Validation) -> None:
        """The first process measures and logs; every process follows the loss, where the learning rate does."""
        figures: Mapping[str, float] = {}
        if self.log:
            figures = validation.measure(self.state.average.module.eval(), self.state.step - 1)
            self.log.validation(self.state.step, figures)
        if validation.loss and isinstance(self.state.cycle, PlateauRate):
            self.state.cycle.observe(self.fabric.broadcast(figures.get(validation.loss, 0.0)))

    def _is_due(self, every: int) -> bool:
        return self.state.step % every == 0 or self.state.step == self.schedule.steps

    def _check_loss(self) -> None:
        """Average the loss over the processes and check it, so that no diverged network is saved."""
        self.state.loss_sum.copy_(cast(Tensor, self.fabric.all_reduce(self.state.loss_sum, reduce_op="mean")))
        if not self.state.loss_sum.isfinite():
            raise BoneAgeError(
                f"The loss is no longer finite at step {self.state.step}; step {self.state.saved_step} is saved in {self.run}. "
                "Lower the learning rate, or train without bfloat16."
            )


def _step_seed(seed: int, step: int, rank: int) -> int:
    return int(np.random.SeedSequence([seed, step, rank]).generate_state(1, np.uint64)[0])
