"""Training in several processes, which `torchrun` starts: the data and nearly the losses of one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from openboneage.errors import InputError
from openboneage.learn.batches import Share
from tests.learn.test_loop import log_of
from tests.learn.train_toy import SCHEDULE, train

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("train_toy.py")


def train_in_two(run: Path, *words: str) -> list[dict[str, Any]]:
    """Train in two processes; returns the report of each."""
    run.mkdir(exist_ok=True)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command = [*torchrun, str(SCRIPT), str(run), *words]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    environment = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    return [json.loads((run / f"rank-{rank}.json").read_text()) for rank in range(2)]


@pytest.mark.slow
def test_two_processes_see_the_batches_of_one_and_end_near_it(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    train(tmp_path / "one")
    one = json.loads((tmp_path / "one" / "rank-0.json").read_text())

    first, second = train_in_two(tmp_path / "two")

    assert [a + b for a, b in zip(first["seen"], second["seen"], strict=True)] == one["seen"]
    assert first["weights"] == second["weights"]
    for name, value in one["weights"].items():
        torch.testing.assert_close(torch.tensor(first["weights"][name]), torch.tensor(value), atol=1e-4, rtol=1e-3)
    for ours, theirs in zip(log_of(tmp_path / "two"), log_of(tmp_path / "one"), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-3)
    assert json.loads((tmp_path / "two" / "manifest.json").read_text())["processes"] == 2


@pytest.mark.slow
def test_two_processes_end_with_the_same_statistics_and_resume(tmp_path: Path) -> None:
    first, second = train_in_two(tmp_path, "--norms")
    again, _ = train_in_two(tmp_path, "--norms")

    assert first["weights"] == second["weights"] == again["weights"]
    assert len(first["seen"]) == SCHEDULE.steps
    assert again["seen"] == []


def test_shares_make_up_the_batch() -> None:
    draws = list(range(12))

    shares = [Share(rank, 3).of(draws) for rank in range(3)]

    assert [len(share) for share in shares] == [4, 4, 4]
    assert [draw for share in shares for draw in share] == draws


def test_a_batch_that_cannot_be_divided_is_refused() -> None:
    with pytest.raises(InputError, match="3 processes divide evenly, got 16"):
        Share(0, 3).of(list(range(16)))
