"""A film that takes too much memory or time costs one item; the limits allow the largest films."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from openboneage.assess.assessor import Assessor
from openboneage.batch.answer import Answer
from openboneage.batch.cases import Case
from openboneage.batch.executor import InProcess, map_chunks
from openboneage.batch.films import Method, assess_films
from openboneage.batch.limits import Limits, limited_memory, limited_time, within_limits
from openboneage.batch.pool import ProcessPool
from openboneage.errors import UnreadableError, WorkerLostError
from openboneage.reading.bounds import MAX_PIXELS
from openboneage.weights.registry import ModelSet
from tests.reading.films import film_file

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux limits memory")
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit time")


def allocate(gigabytes: int) -> str:
    try:
        return f"{len(np.empty(gigabytes * 10**9, np.uint8)) // 10**9} GB"
    except MemoryError:
        return "too much"


def loop_for_ever_on_1(number: int) -> int:
    while number == 1:
        pass
    return number


def loop_on_3(numbers: Sequence[int]) -> Sequence[int]:
    while 3 in numbers:
        pass
    return numbers


def allocate_each(gigabytes: Sequence[int]) -> list[str]:
    return [allocate(each) for each in gigabytes]


def spend(seconds: float) -> None:
    """Spend processor time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def first_of(film: Path, executor: InProcess | ProcessPool) -> Answer:
    answer = next(assess_films([Case(film, film.name)], Method(ModelSet.find(None)), executor))
    assert isinstance(answer, Answer)
    return answer


@linux
def test_memory_beyond_the_limit_is_refused_and_the_limit_lifted() -> None:
    with limited_memory(Limits()):
        assert [allocate(1), allocate(5)] == ["1 GB", "too much"]
    assert allocate(5) == "5 GB"


@linux
def test_memory_held_before_the_film_does_not_count() -> None:
    held = np.empty(5 * 10**9, np.uint8)
    with limited_memory(Limits()):
        assert [allocate(1), allocate(5)] == ["1 GB", "too much"]
    assert held.nbytes == 5 * 10**9


@linux
def test_each_item_of_a_pool_has_the_limit() -> None:
    outcomes = ProcessPool(2).run(partial(within_limits, Limits(), allocate), [1, 5, 1, 5])

    assert sorted(str(outcome.result) for outcome in outcomes) == ["1 GB", "1 GB", "too much", "too much"]


@posix
def test_time_beyond_the_limit_costs_one_item() -> None:
    outcomes = ProcessPool(2).run(partial(within_limits, Limits(cpu_seconds=1), loop_for_ever_on_1), [0, 1, 2])

    results = {outcome.item: outcome.result for outcome in outcomes}
    assert (results[0], results[2]) == (0, 2)
    assert isinstance(results[1], WorkerLostError)
    assert "SIGXCPU" in str(results[1])


@posix
def test_each_chunk_of_a_measurement_has_the_time_of_its_films(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openboneage.batch.executor.Limits", partial(Limits, cpu_seconds=1))

    assert map_chunks(loop_on_3, [1, 2], ProcessPool(2), "numbers") == [1, 2]
    with pytest.raises(WorkerLostError, match="SIGXCPU"):
        map_chunks(loop_on_3, [1, 2, 3], ProcessPool(2), "numbers")


@linux
def test_each_chunk_of_a_measurement_has_the_memory_of_a_film() -> None:
    assert map_chunks(allocate_each, [1, 5], ProcessPool(2), "arrays") == ["1 GB", "too much"]


def test_the_limits_of_several_films_have_more_time() -> None:
    assert Limits(cpu_seconds=300).for_films(5) == Limits(cpu_seconds=1500)


def test_a_film_that_takes_too_long_is_named() -> None:
    ended: list[str] = []
    with limited_time(Limits(cpu_seconds=1), ended.append) as start:
        start("short")
        spend(0.6)
        start("long")
        spend(0.6)
        assert ended == []
        spend(2.0)
    assert ended == ["long"]


def test_no_film_takes_too_long_after_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openboneage.batch.limits.WATCH_SECONDS", 0.01)
    ended: list[str] = []
    with limited_time(Limits(cpu_seconds=1), ended.append) as start:
        start("short")
    spend(1.5)
    assert ended == []


def test_a_film_without_memory_is_one_failed_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Assessor, "examine", out_of_memory)

    answer = first_of(tmp_path / "film.png", InProcess())

    assert (answer.exit_code, answer.row.status) == (UnreadableError.exit_code, "unreadable")
    assert "not enough memory" in answer.text


@linux
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["png", "dcm"])
def test_the_largest_films_stay_within_the_limits(kind: str, tmp_path: Path) -> None:
    example = cv2.imread(str(Path(__file__).parents[2] / "examples" / "7036.png"), cv2.IMREAD_GRAYSCALE)
    assert example is not None
    side = int(MAX_PIXELS**0.5)
    pixels = cv2.resize(example, (side, side)).astype(np.uint16) * 16
    film = tmp_path / f"film.{kind}"
    if kind == "png":
        cv2.imwrite(str(film), pixels)
    else:
        film.write_bytes(film_file(pixels, bits=12, PixelSpacing=[0.03, 0.03], RescaleSlope="0.5"))

    assert first_of(film, ProcessPool(2)).row.status.startswith("accept")
