"""The log of a run: `log.csv`, `validation.csv`, TensorBoard events and a progress bar with the remaining time."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch.utils.tensorboard import SummaryWriter


class RunLog:
    """Writes the curves of a run from a step on; used in a `with` block. Only the first of several processes has one."""

    def __init__(self, run: Path, start: int, steps: int) -> None:
        """Open the log of the run in a folder; rows and events after the step `start` are dropped, since they are repeated."""
        self._run = run
        for name in ("log.csv", "validation.csv"):
            _cut(run / name, start)
        self._events = SummaryWriter(str(run / "tensorboard"), purge_step=start + 1)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[shown]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task("/".join(run.parts[-2:]), total=steps, completed=start, shown="")

    def __enter__(self) -> Self:
        """Show the progress bar."""
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the files."""
        self._progress.stop()
        self._events.close()

    def training(self, step: int, loss: float, learning_rate: float) -> None:
        """Log the mean loss since the last row."""
        self._write("log.csv", step, {"loss": f"{loss:.5f}", "learning_rate": f"{learning_rate:.6f}"})
        self._events.add_scalar("training/loss", loss, step)
        self._events.add_scalar("training/learning_rate", learning_rate, step)
        self._progress.update(self._task, shown=f"loss {loss:.4f}")

    def validation(self, step: int, figures: Mapping[str, float]) -> None:
        """Log measurements on films that are not used for training."""
        self._write("validation.csv", step, {name: f"{value:.5f}" for name, value in figures.items()})
        for name, value in figures.items():
            self._events.add_scalar(f"validation/{name}", value, step)

    def done(self, step: int) -> None:
        """Move the progress bar."""
        self._progress.update(self._task, completed=step)

    def _write(self, name: str, step: int, values: Mapping[str, str]) -> None:
        path = self._run / name
        is_new = not path.is_file()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(("step", *values))
            writer.writerow((step, *values.values()))


def _cut(path: Path, start: int) -> None:
    if not path.is_file():
        return
    header, *rows = path.read_text().splitlines(keepends=True)
    path.write_text("".join([header, *(row for row in rows if int(row.partition(",")[0]) <= start)]))
