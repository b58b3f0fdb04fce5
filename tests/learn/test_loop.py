"""The training loop: it learns, it resumes as if it had not been stopped, and it keeps a log."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openboneage.learn.loop import Batch, Schedule, fit

TOY = Schedule(steps=120, peak_lr=0.02, ema_decay=0.9, checkpoint_every=50, bf16=False)


def build() -> nn.Module:
    """A net with what resuming could lose: norms with running averages, and dropout with its own draws."""
    return nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))


def make_batch(step: int) -> Batch:
    x = torch.randn(16, 2, generator=torch.Generator().manual_seed(step))
    return {"x": x, "y": x[:, :1] - 2 * x[:, 1:]}


def loss(model: nn.Module, batch: Batch) -> Tensor:
    return nn.functional.mse_loss(model(batch["x"]).float(), batch["y"])


def fit_stopped_at(stop: int, run: Path, schedule: Schedule = TOY) -> None:
    """Run until the batch of a step is asked for, which raises as a stop by the user does."""

    def stopping(step: int) -> Batch:
        if step == stop:
            raise KeyboardInterrupt
        return make_batch(step)

    with pytest.raises(KeyboardInterrupt):
        fit(build, stopping, loss, schedule, run)


@cache
def weights_of(schedule: Schedule, run: Path) -> dict[str, Tensor]:
    return fit(build, make_batch, loss, schedule, run).state_dict()


def log_of(run: Path) -> list[tuple[int, float, float]]:
    with (run / "log.csv").open(newline="") as file:
        return [(int(step), float(value), float(rate)) for step, value, rate in csv.reader(file)]


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    run = tmp_path_factory.mktemp("unbroken")
    weights_of(TOY, run)
    return run


def test_it_learns(tmp_path: Path) -> None:
    model = fit(build, make_batch, loss, TOY, tmp_path)

    fresh = make_batch(10_000)
    with torch.no_grad():
        assert loss(model, fresh) < 0.2 * fresh["y"].var()
    assert not model.training


@pytest.mark.parametrize("bf16", [False, True])
def test_the_log_shows_the_loss_fall_and_the_cycle(tmp_path: Path, bf16: bool) -> None:
    fit(build, make_batch, loss, replace(TOY, bf16=bf16), tmp_path)

    steps, losses, rates = zip(*log_of(tmp_path), strict=True)

    assert steps == (50, 100, 120)
    assert losses[-1] < losses[0] / 2
    assert TOY.peak_lr > rates[0] > rates[1] > rates[2] >= 0


@pytest.mark.parametrize("stop", [60, 107])
def test_a_stopped_run_ends_where_an_unbroken_one_does(unbroken: Path, tmp_path: Path, stop: int) -> None:
    fit_stopped_at(stop, tmp_path)
    torch.randn(7)  # the process that goes on has drawn other numbers

    continued = fit(build, make_batch, loss, TOY, tmp_path).state_dict()

    assert same(continued, weights_of(TOY, unbroken))
    assert log_of(tmp_path) == log_of(unbroken)


def test_a_run_stopped_before_its_first_checkpoint_starts_anew(unbroken: Path, tmp_path: Path) -> None:
    fit_stopped_at(20, tmp_path)

    assert same(fit(build, make_batch, loss, TOY, tmp_path).state_dict(), weights_of(TOY, unbroken))


def test_a_finished_run_is_not_run_again(unbroken: Path) -> None:
    def no_batch(step: int) -> Batch:
        raise AssertionError(f"step {step} of a finished run")

    assert same(fit(build, no_batch, loss, TOY, unbroken).state_dict(), weights_of(TOY, unbroken))


def test_another_schedule_starts_anew(tmp_path: Path) -> None:
    other = replace(TOY, peak_lr=0.01, steps=60)
    fit_stopped_at(107, tmp_path)

    restarted = fit(build, make_batch, loss, other, tmp_path).state_dict()

    assert same(restarted, fit(build, make_batch, loss, other, tmp_path / "fresh").state_dict())
    assert log_of(tmp_path) == log_of(tmp_path / "fresh")


def test_other_first_weights_start_anew(unbroken: Path, tmp_path: Path) -> None:
    def doubled() -> nn.Module:
        network = build()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.mul_(2)
        return network

    fit(build, make_batch, loss, TOY, tmp_path)

    restarted = fit(doubled, make_batch, loss, TOY, tmp_path).state_dict()

    assert same(restarted, fit(doubled, make_batch, loss, TOY, tmp_path / "fresh").state_dict())
    assert not same(restarted, weights_of(TOY, unbroken))


def test_another_seed_gives_another_net(unbroken: Path, tmp_path: Path) -> None:
    assert not same(weights_of(replace(TOY, seed=2), tmp_path), weights_of(TOY, unbroken))


def test_a_failing_batch_stops_the_run_with_its_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        fit(build, lambda step: make_batch(1 // (10 - step)), loss, TOY, tmp_path)
