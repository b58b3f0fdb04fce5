"""A batch assesses every film exactly once, whatever happens to its workers."""

from __future__ import annotations

import csv
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from distributed import Client, LocalCluster

from openboneage.batch.answer import Answer
from openboneage.batch.cases import Case, UnusableCase
from openboneage.batch.dask import DaskCluster
from openboneage.batch.executor import Executor, InProcess, Item, Outcome, Result
from openboneage.batch.films import Method, Skipped, assess_films
from openboneage.batch.pool import ProcessPool
from openboneage.batch.results import open_results
from openboneage.errors import WorkerLostError
from openboneage.weights.registry import ModelSet
from tests import hands

FILMS = 12


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder of different films that show no hand, so that each takes little time."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(FILMS):
        pixels = hands.not_hand("noise").copy()
        pixels[0, 0] = number
        (folder / f"{number:02d}.png").write_bytes(hands.png(pixels))
    return folder


def cases_of(folder: Path) -> list[Case]:
    return [Case(path, path.name) for path in sorted(folder.iterdir())]


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def assess(archive: Path, table: Path, executor: Executor, kill: Callable[[], None]) -> list[Answer | Skipped]:
    """Assess an archive, and kill a worker after the third film."""
    method = Method(ModelSet.find())
    answers = []
    with open_results(table, method.models) as results:
        for answer in assess_films(cases_of(archive), method, executor, results):
            answers.append(answer)
            if len(answers) == 3:
                kill()
    return answers


def check_every_film_once(archive: Path, table: Path, answers: list[Answer | Skipped]) -> None:
    names = [path.name for path in sorted(archive.iterdir())]
    assert sorted(row["path"] for row in rows_of(table)) == names
    assert {row["status"] for row in rows_of(table)} == {"reject"}
    assert sorted(answer.row.path for answer in answers if isinstance(answer, Answer)) == names


def test_a_killed_worker_of_the_pool_loses_no_film(archive: Path, tmp_path: Path) -> None:
    def kill() -> None:
        multiprocessing.active_children()[0].kill()

    check_every_film_once(archive, tmp_path / "out.csv", assess(archive, tmp_path / "out.csv", ProcessPool(2), kill))


@pytest.mark.slow
def test_a_killed_worker_of_a_dask_cluster_loses_no_film(archive: Path, tmp_path: Path) -> None:
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):

        def kill() -> None:
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)

        answers = assess(archive, tmp_path / "out.csv", DaskCluster(address=cluster.scheduler_address), kill)

    check_every_film_once(archive, tmp_path / "out.csv", answers)


@pytest.mark.slow
def test_a_killed_run_is_continued(archive: Path, tmp_path: Path) -> None:
    table = tmp_path / "out.csv"
    command: list[str | Path] = [sys.executable, "-c", "from openboneage.cli import main; main()"]
    command += ["assess", archive, "--jobs", "2", "--csv", table]
    run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while not table.exists() or table.read_bytes().count(b"\n") < 4:
        assert run.poll() is None, "the run ended before it could be killed"
        time.sleep(0.01)

    run.kill()
    run.wait()

    finished = table.read_bytes()
    assert subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 3
    assert table.read_bytes().startswith(finished[: finished.rindex(b"\n") + 1])
    assert sorted(Path(row["path"]).name for row in rows_of(table)) == [f"{number:02d}.png" for number in range(FILMS)]


class LosingExecutor:
    """An executor whose workers all end before they are done."""

    threads: ClassVar[int] = 1
    disposable: ClassVar[bool] = False

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Outcome[Item, Result], None, None]:
        del function
        for index, item in enumerate(items):
            yield Outcome(index, item, WorkerLostError("The worker process ended."))


def test_a_film_that_ends_its_workers_is_a_failed_film(archive: Path) -> None:
    answers = list(assess_films(cases_of(archive)[:2], Method(ModelSet.find()), LosingExecutor()))

    assert [answer.json for answer in answers if isinstance(answer, Answer)] == [
        {
            "schema_version": 2,
            "path": name,
            "error": {"type": "UnreadableError", "message": "The worker process ended."},
        }
        for name in ("00.png", "01.png")
    ]


def test_a_folder_that_cannot_be_read_is_a_failed_film() -> None:
    (answer,) = assess_films([UnusableCase("films/b", "It could not be read.")], Method(ModelSet.find()), InProcess())

    assert isinstance(answer, Answer)
    assert (answer.row.path, answer.row.status, answer.exit_code) == ("films/b", "unreadable", 2)


def test_films_are_drawn_as_they_are_assessed(archive: Path) -> None:
    drawn = []

    def draw() -> Iterator[Case]:
        for case in cases_of(archive):
            drawn.append(case)
            yield case

    next(assess_films(draw(), Method(ModelSet.find()), InProcess()))

    assert len(drawn) == 1
