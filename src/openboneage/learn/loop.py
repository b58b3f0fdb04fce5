"""The training loop that every study shares: one-cycle AdamW, bf16, moving average of weights, checkpoints that resume."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

Batch = dict[str, Tensor]
MakeBatch = Callable[[int], Batch]
Loss = Callable[[nn.Module, Batch], Tensor]

LOG_EVERY_STEPS = 50


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn.

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


def fit(build: Callable[[], nn.Module], make_batch: MakeBatch, loss: Loss, schedule: Schedule, run: Path) -> nn.Module:
    """Train a network and return the moving average of its weights, in evaluation mode.

    Batches are a pure function of the step, and a checkpoint holds the state of torch's own draws (dropout), so a run that was
    stopped and continued ends where an unbroken run ends.

    Args:
        build: Makes the network; called after seeding.
        make_batch: Makes the batch of a step; it runs one step ahead in another thread.
        loss: Scalar loss of a network on a batch.
        schedule: Length and speed.
        run: Folder for `checkpoint.pt` and `log.csv`; a checkpoint there of the same schedule and the same first weights is
            continued.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    model = build().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(schedule.ema_decay), use_buffers=True)
    optimizer = torch.optim.AdamW(_parameter_groups(model, schedule.weight_decay), lr=schedule.peak_lr)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, schedule.peak_lr, schedule.steps, pct_start=schedule.warmup)
    parts = {"model": model, "average": average, "optimizer": optimizer, "cycle": cycle}
    origin = {"schedule": asdict(schedule), "first_weights": _digest(model)}
    start = _resume(parts, run / "checkpoint.pt", origin)
    if start < schedule.steps:
        _cut_log(run / "log.csv", start)
        model.train()
        _run_steps(parts, make_batch, loss, schedule, origin, run, start)
    return average.module.eval()


def _digest(model: nn.Module) -> str:
    """sha256 of the weights, so that a run is not continued from where another network began."""
    digest = hashlib.sha256()
    for name, value in model.state_dict().items():
        digest.update(name.encode() + value.contiguous().numpy().tobytes())
    return digest.hexdigest()


def _run_steps(
    parts: dict[str, Any],
    make_batch: MakeBatch,
    loss: Loss,
    schedule: Schedule,
    origin: dict[str, Any],
    run: Path,
    start: int,
) -> None:
    model, optimizer, cycle = parts["model"], parts["optimizer"], parts["cycle"]
    recent: list[float] = []
    with _progress() as progress, ThreadPoolExecutor(1) as pool:
        task = progress.add_task(run.name, total=schedule.steps, completed=start, loss=float("nan"))
        coming = pool.submit(make_batch, start)
        for step in range(start, schedule.steps):
            batch = coming.result()
            if step + 1 < schedule.steps:
                coming = pool.submit(make_batch, step + 1)
            with torch.autocast("cpu", torch.bfloat16) if schedule.bf16 else nullcontext():
                value = loss(model, batch)
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            cycle.step()
            parts["average"].update_parameters(model)
            recent.append(float(value.detach()))
            if (step + 1) % LOG_EVERY_STEPS == 0 or step + 1 == schedule.steps:
                mean, recent = sum(recent) / len(recent), []
                with (run / "log.csv").open("a") as log:
                    log.write(f"{step + 1},{mean:.5f},{cycle.get_last_lr()[0]:.6f}\n")
                progress.update(task, loss=mean)
            progress.update(task, completed=step + 1)
            if (step + 1) % schedule.checkpoint_every == 0 or step + 1 == schedule.steps:
                _save(parts, run / "checkpoint.pt", origin, step + 1)


def _parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}]


def _save(parts: dict[str, Any], path: Path, origin: dict[str, Any], step: int) -> None:
    state = {name: part.state_dict() for name, part in parts.items()}
    draft = path.with_suffix(".part")
    torch.save({**origin, "step": step, "draws": torch.get_rng_state(), **state}, draft)
    draft.replace(path)


def _resume(parts: dict[str, Any], path: Path, origin: dict[str, Any]) -> int:
    if not path.is_file():
        return 0
    state = torch.load(path, weights_only=True)
    if any(state.get(key) != value for key, value in origin.items()):
        return 0
    for name, part in parts.items():
        part.load_state_dict(state[name])
    torch.set_rng_state(state["draws"])
    return int(state["step"])


def _cut_log(path: Path, start: int) -> None:
    """Leave out the rows of steps that come again, or that another schedule wrote."""
    if path.is_file():
        rows = path.read_text().splitlines(keepends=True)
        path.write_text("".join(row for row in rows if int(row.partition(",")[0]) <= start))


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
