"""The training loop: it trains, resumes exactly, keeps every finished run, and logs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import Tensor, nn

from openboneage.errors import BoneAgeError, InputError
from openboneage.learn.batches import Batch, batch_at
from openboneage.learn.hardware import Device, Hardware
from openboneage.learn.loop import Task, TrainingStopped, Validation, fit
from openboneage.learn.schedule import Schedule, SgdSchedule
from tests.learn.toy_task import TASK, ToyBatches, build, loss

TOY = Schedule(steps=120, peak_lr=0.02, ema_decay=0.9, checkpoint_every=50, bf16=False)


def at_step(step: int, action: Callable[[], None]) -> Task:
    """The toy task, in which something happens as the batch of a step is drawn."""
    return replace(TASK, batches=ToyBatches(before=lambda drawn: action() if drawn == step else None))


def stop() -> None:
    raise KeyboardInterrupt


def fit_stopped_at(step: int, run: Path, schedule: Schedule = TOY) -> str:
    """Train until the user stops the run; returns the message to the user."""
    with pytest.raises(TrainingStopped) as stopped:
        fit(at_step(step, stop), schedule, run)
    return str(stopped.value)


@cache
def weights_of(schedule: Schedule, run: Path) -> dict[str, Tensor]:
    return fit(TASK, schedule, run).state_dict()


def log_of(run: Path, name: str = "log.csv") -> list[dict[str, float]]:
    with (run / name).open(newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    run = tmp_path_factory.mktemp("uninterrupted")
    weights_of(TOY, run)
    return run


def test_it_learns(tmp_path: Path) -> None:
    model = fit(TASK, TOY, tmp_path)

    fresh = batch_at(ToyBatches(), 10_000)
    with torch.no_grad():
        assert loss(model, fresh) < 0.2 * fresh["y"].var()
    assert not model.training


@pytest.mark.parametrize("bf16", [False, True])
def test_the_log_shows_the_loss_fall_and_the_cycle(tmp_path: Path, bf16: bool) -> None:
    fit(TASK, replace(TOY, bf16=bf16), tmp_path)

    steps, losses, rates = zip(*(row.values() for row in log_of(tmp_path)), strict=True)

    assert steps == (50, 100, 120)
    assert losses[-1] < losses[0] / 2
    assert TOY.peak_lr > rates[0] > rates[1] > rates[2] >= 0


def events_of(run: Path, tag: str) -> list[tuple[int, float]]:
    events = EventAccumulator(str(run / "tensorboard"))
    events.Reload()
    return [(event.step, event.value) for event in events.Scalars(tag)]


def test_tensorboard_has_the_curve_of_the_log_also_after_a_stop(tmp_path: Path) -> None:
    fit_stopped_at(107, tmp_path, replace(TOY, checkpoint_every=60))
    fit(TASK, replace(TOY, checkpoint_every=60), tmp_path)

    events = events_of(tmp_path, "training/loss")

    assert events == [(row["step"], pytest.approx(row["loss"], abs=1e-5)) for row in log_of(tmp_path)]


@pytest.mark.parametrize("checkpoint_every", [50, 35])
@pytest.mark.parametrize("step", [60, 107])
def test_a_stopped_run_ends_like_an_uninterrupted_one(
    uninterrupted: Path, tmp_path: Path, step: int, checkpoint_every: int
) -> None:
    schedule = replace(TOY, checkpoint_every=checkpoint_every)
    fit_stopped_at(step, tmp_path, schedule)
    torch.randn(7)  # the process that continues has drawn other numbers

    continued = fit(TASK, schedule, tmp_path).state_dict()

    assert same(continued, weights_of(TOY, uninterrupted))
    assert log_of(tmp_path) == log_of(uninterrupted)


def test_worker_processes_change_nothing(uninterrupted: Path, tmp_path: Path) -> None:
    cv2.setNumThreads(2)
    cv2.GaussianBlur(np.zeros((2000, 2000), np.float32), (0, 0), 5)  # starts threads, for which a forked worker would wait

    in_workers = fit(TASK, TOY, tmp_path, Hardware(workers=2)).state_dict()

    assert same(in_workers, weights_of(TOY, uninterrupted))


def test_a_stop_reports_what_was_saved(tmp_path: Path) -> None:
    assert fit_stopped_at(107, tmp_path) == f"Stopped at step 107 of 120 in {tmp_path}; step 100 is saved."


def test_a_run_stopped_before_its_first_checkpoint_starts_again(uninterrupted: Path, tmp_path: Path) -> None:
    fit_stopped_at(20, tmp_path)

    assert same(fit(TASK, TOY, tmp_path).state_dict(), weights_of(TOY, uninterrupted))


def test_a_finished_run_is_not_run_again(uninterrupted: Path) -> None:
    def fail() -> None:
        raise AssertionError("a step of a finished run")

    assert same(fit(at_step(0, fail), TOY, uninterrupted).state_dict(), weights_of(TOY, uninterrupted))


def doubled() -> nn.Module:
    network = build()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2)
    return network


def other_loss(model: nn.Module, batch: Batch) -> Tensor:
    return nn.functional.l1_loss(model(batch["x"]), batch["y"])


@pytest.mark.parametrize(
    ("task", "schedule", "difference"),
    [
        (TASK, replace(TOY, peak_lr=0.01), "schedule.peak_lr (0.02 there, 0.01 here)"),
        (TASK, replace(TOY, steps=60), "schedule.steps (120 there, 60 here)"),
        (TASK, replace(TOY, seed=2), "first weights; schedule.seed (1 there, 2 here)"),
        (replace(TASK, loss=other_loss), TOY, "loss.name (loss there, other_loss here)"),
        (replace(TASK, batches=ToyBatches(data="1" * 64)), TOY, "data"),
        (replace(TASK, batches=ToyBatches(size=8)), TOY, "batches.size (16 there, 8 here)"),
        (replace(TASK, build=doubled), TOY, "first weights"),
        (replace(TASK, build=partial(build, dropout=0.1)), TOY, "first weights"),
    ],
)
def test_another_run_in_the_same_folder_is_refused_and_the_first_one_kept(
    uninterrupted: Path, task: Task, schedule: Schedule, difference: str
) -> None:
    before = (uninterrupted / "checkpoint.pt").read_bytes(), (uninterrupted / "log.csv").read_bytes()

    with pytest.raises(InputError) as refused:
        fit(task, schedule, uninterrupted)

    assert f"Differences: {difference}. " in str(refused.value)
    assert str(uninterrupted) in str(refused.value)
    assert ((uninterrupted / "checkpoint.pt").read_bytes(), (uninterrupted / "log.csv").read_bytes()) == before


def test_how_often_a_run_is_saved_does_not_make_it_another(uninterrupted: Path) -> None:
    assert same(fit(TASK, replace(TOY, checkpoint_every=7), uninterrupted).state_dict(), weights_of(TOY, uninterrupted))


def test_another_seed_gives_another_net(uninterrupted: Path, tmp_path: Path) -> None:
    assert not same(weights_of(replace(TOY, seed=2), tmp_path), weights_of(TOY, uninterrupted))


def test_a_failing_batch_stops_the_run_with_its_error(tmp_path: Path) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fit(at_step(10, fail), TOY, tmp_path)


def test_a_loss_that_is_not_finite_ends_the_run_and_saves_nothing(tmp_path: Path) -> None:
    def overflow(model: nn.Module, batch: Batch) -> Tensor:
        return loss(model, batch) * (float("inf") if int(batch["seed"][0]) >= 70 * 16 else 1.0)

    with pytest.raises(BoneAgeError, match=r"no longer finite at step 100; step 50 is saved"):
        fit(replace(TASK, loss=overflow), TOY, tmp_path)


def test_validation_is_logged_and_changes_nothing(uninterrupted: Path, tmp_path: Path) -> None:
    def measure(network: nn.Module, step: int) -> Mapping[str, float]:
        torch.randn(3)
        value = loss(network, batch_at(ToyBatches(), 10_000)).detach()
        return {"loss": float(value), "trains": float(network.training), "last": step}

    validated = fit(replace(TASK, validation=Validation(measure, every=40)), TOY, tmp_path)

    rows = log_of(tmp_path, "validation.csv")
    assert [row["step"] for row in rows] == [40, 80, 120]
    assert [row["last"] for row in rows] == [39, 79, 119]
    assert rows[-1]["loss"] < rows[0]["loss"]
    assert not any(row["trains"] for row in rows)
    assert [step for step, _ in events_of(tmp_path, "validation/loss")] == [40, 80, 120]
    assert same(validated.state_dict(), weights_of(TOY, uninterrupted))


def test_the_manifest_names_configuration_and_device(uninterrupted: Path) -> None:
    content: dict[str, Any] = json.loads((uninterrupted / "manifest.json").read_text())

    assert (content["step"], content["steps"], content["processes"]) == (120, 120, 1)
    assert content["identity"]["schedule"] == dict(TOY.settings)
    assert content["identity"]["data"] == "0" * 64
    assert content["versions"]["torch"] == str(torch.__version__)
    assert content["seconds"] > 0
    assert len(content["run"]) == 64


def test_sgd_warms_up_to_a_constant_rate_and_resumes(tmp_path: Path) -> None:
    schedule = SgdSchedule(120, peak_lr=0.02, warmup=0.5, ema_decay=0.9, checkpoint_every=50, bf16=False)
    whole = fit(TASK, schedule, tmp_path / "whole").state_dict()
    fit_stopped_at(55, tmp_path / "stopped", schedule)

    assert same(fit(TASK, schedule, tmp_path / "stopped").state_dict(), whole)
    rates = [row["learning_rate"] for row in log_of(tmp_path / "whole")]
    assert rates == [pytest.approx(0.02 * share, abs=1e-6) for share in (51 / 60, 1, 1)]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found none; train with the device cpu or auto"):
        fit(TASK, TOY, tmp_path, Hardware(Device.CUDA))
