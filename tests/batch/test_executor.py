"""Every executor gives each item exactly one outcome, also when a worker is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from openboneage.batch.choice import executor_of
from openboneage.batch.executor import Executor, InProcess, map_chunks
from openboneage.batch.pool import ProcessPool
from openboneage.errors import InputError, RefusedError, WorkerLostError

EXECUTORS = {"in process": (1, None), "pool": (2, None), "dask": (2, "local")}


@pytest.fixture(params=EXECUTORS)
def executor(request: pytest.FixtureRequest) -> Executor:
    """Each kind of executor."""
    return executor_of(*EXECUTORS[request.param])


def double(number: int) -> int:
    return 2 * number


def doubles(numbers: Sequence[int]) -> list[int]:
    return [2 * number for number in numbers]


def refuse(number: int) -> int:
    if number == 3:
        raise RefusedError("Three is refused.")
    return number


def kill_oneself_once(marks: Path, number: int) -> int:
    """Kill the worker on the first attempt at the number 3."""
    if number == 3:
        try:
            (marks / "killed").touch(exist_ok=False)
        except FileExistsError:
            return number
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def kill_oneself(number: int) -> int:
    """Kill every worker that takes the number 3."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def kill_oneself_in_chunk(numbers: Sequence[int]) -> list[int]:
    return [kill_oneself(number) for number in numbers]


def import_nothing(_: int) -> None:
    raise ModuleNotFoundError("No module named 'openboneage'")


def threads_of_opencv(_: int) -> int:
    import cv2

    return int(cv2.getNumThreads())


def unpicklable(_: int) -> object:
    return lambda: None


def note_process(marks: Path, number: int) -> int:
    (marks / str(os.getpid())).touch()
    time.sleep(0.05 if number else 60)
    return number


def test_every_item_has_one_outcome(executor: Executor) -> None:
    outcomes = list(executor.run(double, range(40)))

    assert sorted((outcome.index, outcome.item, outcome.result) for outcome in outcomes) == [(i, i, 2 * i) for i in range(40)]


def test_no_items_have_no_outcome(executor: Executor) -> None:
    assert list(executor.run(double, [])) == []


def test_an_error_ends_the_run(executor: Executor) -> None:
    with pytest.raises(RefusedError, match="Three is refused"):
        list(executor.run(refuse, range(40)))


@pytest.mark.parametrize("kind", ["in process", "pool"])
def test_an_endless_stream_begins_at_once(kind: str) -> None:
    drawn = 0

    def numbers() -> Iterator[int]:
        nonlocal drawn
        while True:
            yield drawn
            drawn += 1

    run = executor_of(*EXECUTORS[kind]).run(double, numbers())

    assert {next(run).item for _ in range(3)} <= {0, 1, 2, 3}
    assert drawn < 10
    run.close()


@pytest.mark.parametrize("kind", ["pool", "dask"])
def test_a_killed_worker_costs_no_item(kind: str, tmp_path: Path) -> None:
    outcomes = executor_of(*EXECUTORS[kind]).run(partial(kill_oneself_once, tmp_path), range(20))

    assert sorted((outcome.item, outcome.result) for outcome in outcomes) == [(number, number) for number in range(20)]
    assert (tmp_path / "killed").exists()


def test_an_item_that_kills_its_workers_is_one_failed_item() -> None:
    outcomes = {outcome.item: outcome.result for outcome in ProcessPool(2).run(kill_oneself, range(20))}

    lost = outcomes.pop(3)
    assert isinstance(lost, WorkerLostError)
    assert "ended 2 times (killed by SIGKILL)" in str(lost)
    assert outcomes == {number: number for number in range(20) if number != 3}


@pytest.mark.slow
def test_an_item_that_kills_the_workers_of_a_cluster_is_one_failed_item() -> None:
    outcomes = {outcome.item: outcome.result for outcome in executor_of(1, "local").run(kill_oneself, [3])}

    assert isinstance(outcomes[3], WorkerLostError)
    assert "Dask lost 4 workers on it" in str(outcomes[3])


def test_workers_without_the_package_are_named() -> None:
    with pytest.raises(InputError, match="workers of the Dask cluster need this package"):
        list(executor_of(1, "local").run(import_nothing, [0]))


def test_a_lost_chunk_is_an_error() -> None:
    with pytest.raises(WorkerLostError, match="ended 2 times"):
        map_chunks(kill_oneself_in_chunk, [3], ProcessPool(1), "numbers")


def test_workers_use_one_thread_of_opencv() -> None:
    assert [outcome.result for outcome in ProcessPool(1).run(threads_of_opencv, [0])] == [1]
    assert (InProcess.threads, ProcessPool.threads) == (0, 1)


def test_a_result_that_cannot_travel_is_an_error() -> None:
    with pytest.raises(Exception, match="pickle"):
        list(ProcessPool(1).run(unpicklable, [0]))


def test_a_pool_that_cannot_start_raises_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.spawn._python_exe", os.fsencode(shutil.which("false") or ""))

    with pytest.raises(WorkerLostError, match="end before they can start: exit code 1"):
        list(ProcessPool(1).run(double, range(5)))


def test_closing_a_run_ends_its_workers(tmp_path: Path) -> None:
    run = ProcessPool(2).run(partial(note_process, tmp_path), [0, 1, 2, 3])
    next(run)
    start = time.monotonic()

    run.close()

    assert time.monotonic() - start < 5
    assert not any(is_running(int(path.name)) for path in tmp_path.iterdir())


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "from functools import partial; from pathlib import Path; from tests.batch.test_executor import note_process;"
        "from openboneage.batch.pool import ProcessPool;"
        f"list(ProcessPool(2).run(partial(note_process, Path({str(tmp_path)!r})), [0, 0]))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2)

    parent.kill()
    parent.wait()

    wait_until(lambda: not any(is_running(int(path.name)) for path in tmp_path.iterdir()))


def test_chunks_come_back_in_order(executor: Executor) -> None:
    assert map_chunks(doubles, list(range(130)), executor, "numbers") == [2 * number for number in range(130)]


def test_a_scheduler_that_does_not_answer_is_an_input_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openboneage.batch.dask.CONNECT_SECONDS", 1)

    with pytest.raises(InputError, match=r"Expected a Dask scheduler at tcp://127\.0\.0\.1:1, such as"):
        list(executor_of(1, "tcp://127.0.0.1:1").run(double, [1]))


def test_missing_dask_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(InputError, match=r"pip install openboneage\[cluster\]"):
        executor_of(2, "local")


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(done: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
