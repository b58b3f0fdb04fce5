"""Learning rates of the papers: they fall when and by how much the paper says, also after a stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from openboneage.learn.loop import Validation, fit
from openboneage.learn.paper_schedules import AdamPlateau, PlateauRate, SgdDecay, SgdThirds
from openboneage.learn.schedule import Schedule
from tests.learn.toy_task import TASK


def rates(schedule: Schedule) -> list[float]:
    optimizer = schedule.optimizer(nn.Linear(2, 1))
    rate, found = schedule.learning_rate(optimizer), []
    for _ in range(schedule.steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        rate.step()
    return found


def test_thirds() -> None:
    found = rates(SgdThirds(9, peak_lr=0.01, gamma=0.5))

    assert found == pytest.approx([0.01] * 3 + [0.005] * 3 + [0.0025] * 3)


def test_decay() -> None:
    assert rates(SgdDecay(3, peak_lr=0.002, decay=0.5)) == pytest.approx([0.002, 0.002 / 1.5, 0.001])


def test_the_rate_falls_after_patience_and_not_by_steps() -> None:
    optimizer = torch.optim.Adam(nn.Linear(2, 1).parameters(), lr=1.0)
    rate = PlateauRate(optimizer, factor=0.8, patience=3)

    for loss in (5.0, 4.0, 4.0, 4.0, 4.0):
        optimizer.step()
        rate.step()
        rate.observe(loss)
    before = rate.get_last_lr()
    rate.observe(4.0)

    assert before == [1.0]
    assert rate.get_last_lr() == pytest.approx([0.8])


def test_a_stopped_run_keeps_the_rate(tmp_path: Path) -> None:
    def measure(_: nn.Module, __: int) -> Mapping[str, float]:
        return {"mse": 1.0}

    task = replace(TASK, validation=Validation(measure, every=1, loss="mse"))
    schedule = AdamPlateau(12, peak_lr=0.01, patience=2, ema_decay=0.0, bf16=False, checkpoint_every=4)

    network = fit(task, schedule, tmp_path / "one", None)
    saved = torch.load(tmp_path / "one" / "checkpoint.pt", weights_only=True)["cycle"]

    assert saved["plateau"]["best"] == 1.0
    assert saved["_last_lr"] == pytest.approx([0.01 * 0.8**3])
    again = fit(task, schedule, tmp_path / "one", None)
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=True))
