"""A pool of worker processes in which a killed worker only costs one attempt at one item.

`concurrent.futures.ProcessPoolExecutor` fails every pending item once a single worker is killed, and does not tell which item
the worker had. Here each worker has its own pipe and one item at a time.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, ClassVar, Generic

from openboneage.batch.executor import Item, Outcome, Result
from openboneage.errors import WorkerLostError

ATTEMPTS = 2
FAILED_STARTS = 5
"""The run ends after this many consecutive workers that ended before they were ready."""
GRACE_SECONDS = 5.0


class ProcessPool:
    """Runs in several processes on this machine.

    The processes are spawned because OpenCV's threads do not survive a fork. A worker ends when its parent does, even if the
    parent is killed.
    """

    threads: ClassVar[int] = 1
    disposable: ClassVar[bool] = True

    def __init__(self, jobs: int) -> None:
        """Store the number of processes; `run` starts them."""
        self.jobs = jobs

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Outcome[Item, Result], None, None]:
        """See `Executor.run`; an item whose worker ended is tried once more.

        Raises:
            WorkerLostError: Worker processes end before they can take an item.
        """
        run = _Run(function, items, self.jobs)
        try:
            while run.hand_out():
                for worker in run.speaking():
                    yield from run.listen(worker)
        finally:
            run.stop()


@dataclass(eq=False)
class _Task(Generic[Item]):
    """An item, and the number of workers lost with it."""

    index: int
    item: Item
    lost: int = 0


class _Run(Generic[Item, Result]):
    """The workers and items of one run."""

    def __init__(self, function: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> None:
        self._function = function
        self._stream = (_Task(index, item) for index, item in enumerate(items))
        self._again: deque[_Task[Item]] = deque()
        self._jobs = jobs
        self._workers: list[_Worker[Item]] = []
        self._failed_starts = 0

    def hand_out(self) -> bool:
        """Give every idle worker an item, and start workers while there are items; False when all items are done."""
        for worker in self._workers:
            if worker.task is None and (task := self._next_task()):
                worker.give(task)
        while len(self._workers) < self._jobs and (task := self._next_task()):
            worker = _Worker(self._function)
            self._workers.append(worker)
            worker.give(task)
        return any(worker.task for worker in self._workers)

    def _next_task(self) -> _Task[Item] | None:
        return self._again.popleft() if self._again else next(self._stream, None)

    def speaking(self) -> list[_Worker[Item]]:
        """Wait for a busy worker to send something or to end."""
        pipes = wait([worker.pipe for worker in self._workers if worker.task])
        return [worker for worker in self._workers if worker.pipe in pipes]

    def listen(self, worker: _Worker[Item]) -> Iterator[Outcome[Item, Result]]:
        """Receive one message from a worker and yield its outcome, if any."""
        task = worker.task
        message = worker.receive()
        if task is None or isinstance(message, _Ready):
            worker.ready, self._failed_starts = True, 0
        elif isinstance(message, _Raised):
            raise message.error
        elif isinstance(message, _Ended):
            self._workers.remove(worker)
            yield from self._lost(task, message, worker.ready)
        else:
            worker.task = None
            yield Outcome(task.index, task.item, message.result)

    def _lost(self, task: _Task[Item], ended: _Ended, was_ready: bool) -> Iterator[Outcome[Item, Result]]:
        if was_ready:
            task.lost += 1
        else:
            self._failed_starts += 1
            if self._failed_starts == FAILED_STARTS:
                raise WorkerLostError(f"Worker processes end before they can start: {ended.how}. Use one job instead.")
        if task.lost < ATTEMPTS:
            self._again.append(task)
            return
        reason = f"The worker process ended {ATTEMPTS} times ({ended.how}). It may need more memory: use fewer jobs."
        yield Outcome(task.index, task.item, WorkerLostError(reason))

    def stop(self) -> None:
        """End all workers; idle ones exit by themselves."""
        for worker in self._workers:
            worker.leave()
        for worker in self._workers:
            worker.join()


@dataclass(frozen=True)
class _Ready:
    """The worker has started."""


@dataclass(frozen=True)
class _Returned:
    """The function's result."""

    result: Any


@dataclass(frozen=True)
class _Raised:
    """The function's exception."""

    error: Exception


@dataclass(frozen=True)
class _Ended:
    """The worker process has ended, with the reason."""

    how: str


class _Worker(Generic[Item]):
    """A worker process as seen by its parent: its current item, and whether it has started."""

    def __init__(self, function: Callable[[Item], Any]) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, function), daemon=True)
        self._process.start()
        theirs.close()
        self.task: _Task[Item] | None = None
        self.ready = False

    def give(self, task: _Task[Item]) -> None:
        """Send an item. `receive` notices if the worker has ended."""
        self.task = task
        with suppress(OSError):
            self.pipe.send(task.item)

    def receive(self) -> _Ready | _Returned | _Raised | _Ended:
        """Wait for the next message."""
        try:
            message: _Ready | _Returned | _Raised = self.pipe.recv()
        except (EOFError, OSError):
            self.join()
            return _Ended(_how_it_ended(self._process.exitcode))
        return message

    def leave(self) -> None:
        """Ask the process to end; a busy one is terminated."""
        self.pipe.close()
        if self.task:
            self._process.terminate()

    def join(self) -> None:
        """Wait for the end of the process, and kill it if it takes too long."""
        self._process.join(GRACE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _how_it_ended(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"killed by {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"


def _serve(pipe: Connection, function: Callable[[Any], Any]) -> None:
    """The worker process: apply the function to items until the pipe is closed."""
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the parent ends the workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    with suppress(EOFError, BrokenPipeError):
        pipe.send(_Ready())
        while True:
            pipe.send_bytes(_reply(function, pipe.recv()))


def _reply(function: Callable[[Any], Any], item: Any) -> bytes:
    try:
        return pickle.dumps(_Returned(function(item)))
    except Exception as error:
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return pickle.dumps(_Raised(error))


def _end_with_parent() -> None:
    """End this process, even in the middle of an item, once the parent has ended."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
