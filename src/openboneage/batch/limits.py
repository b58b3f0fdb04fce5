"""Limits of memory and time for a process that reads films: a file can stop its process, but not the machine.

Linux supports both limits. macOS only limits the time, since it does not count mapped memory as data; Windows supports neither
for worker processes. `limited_time` works on all of them.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from openboneage.reading.bounds import MAX_DECODED_BYTES

Item = TypeVar("Item")
Result = TypeVar("Result")

WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Limits:
    """Limits for one film.

    Attributes:
        memory_bytes: Data on top of what the process holds before the film. The largest films that are read, of 64
            megapixels, take up to 0.8 GB, and 1.2 GB of address space.
        cpu_seconds: Time of a processor. The slowest film measured, JPEG 2000 of 64 megapixels, took 13 s, a figure 6 s more.
    """

    memory_bytes: int = 16 * MAX_DECODED_BYTES
    cpu_seconds: int = 300

    def for_films(self, films: int) -> Limits:
        """Limits for films that are read sequentially."""
        return replace(self, cpu_seconds=films * self.cpu_seconds)


def within_limits(limits: Limits, function: Callable[[Item], Result], item: Item) -> Result:
    """Apply a function in a worker process, which has no other work.

    Over the memory limit the function gets a `MemoryError`, or the error that a library turns it into; over the time limit the
    process is killed by SIGXCPU.
    """
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        end = int(time.process_time()) + limits.cpu_seconds
        resource.setrlimit(resource.RLIMIT_CPU, (_smaller(end, hard), hard))
    with limited_memory(limits):
        return function(item)


@contextmanager
def limited_memory(limits: Limits) -> Iterator[None]:
    """Limit the memory that this process may add inside the block."""
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (_smaller(_smaller(_data_bytes() + limits.memory_bytes, soft), hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def limited_time(limits: Limits, end: Callable[[str], object]) -> Iterator[Callable[[str], None]]:
    """Watch the time of films that are read in this process.

    A decoder cannot be interrupted, so a thread watches it.

    Args:
        limits: Their `cpu_seconds` are the time of one film, on all cores together.
        end: Called from the thread with the name of a film that takes longer; it should end the process.

    Yields:
        A function to call with the name of each film before it is read.
    """
    film, begin, over = "", time.process_time(), threading.Event()

    def start(name: str) -> None:
        nonlocal film, begin
        film, begin = name, time.process_time()

    def watch() -> None:
        while not over.wait(WATCH_SECONDS):
            if time.process_time() - begin > limits.cpu_seconds:
                end(film)
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield start
    finally:
        over.set()


def _data_bytes() -> int:
    """Memory counted by RLIMIT_DATA: field 6 of /proc/self/statm, proc(5)."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _smaller(limit: int, other: int) -> int:
    return limit if other < 0 else min(limit, other)  # RLIM_INFINITY is -1
