"""Trains the toy of `toy_task` in one of the processes that torchrun starts: `torchrun train_toy.py RUN [--norms]`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from openboneage.learn.batches import Batch
from openboneage.learn.hardware import Device, Hardware
from openboneage.learn.loop import Task, fit
from openboneage.learn.schedule import Schedule
from tests.learn import toy_task

SCHEDULE = Schedule(steps=100, peak_lr=0.02, ema_decay=0.9, checkpoint_every=50, bf16=False)


def plain() -> nn.Module:
    """A network without random numbers or statistics, which differ between shares of a batch."""
    return nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))


def train(run: Path, norms: bool = False) -> None:
    """Train, and write which points this process saw and where its weights ended."""
    seen: list[list[int]] = []

    def loss(model: nn.Module, batch: Batch) -> Tensor:
        seen.append(batch["seed"].tolist())
        return toy_task.loss(model, batch)

    task = Task(toy_task.build if norms else plain, toy_task.ToyBatches(), loss)
    network = fit(task, SCHEDULE, run, Hardware(Device.CPU))
    weights = {name: value.tolist() for name, value in network.state_dict().items()}
    report = {"seen": seen, "weights": weights}
    (run / f"rank-{os.environ.get('RANK', '0')}.json").write_text(json.dumps(report))


if __name__ == "__main__":
    torch.set_num_threads(1)
    train(Path(sys.argv[1]), norms="--norms" in sys.argv)
