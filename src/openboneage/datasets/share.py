"""Films shared out to processes: the one place that says how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import cv2
from rich.console import Console
from rich.progress import track

from openboneage.datasets.rsna import Film

LARGEST_CHUNK = 50
Result = TypeVar("Result")


def share_out(work: Callable[[Sequence[Film]], list[Result]], films: Sequence[Film], jobs: int, title: str) -> list[Result]:
    """Do a work on films in several processes, with a progress bar on standard error.

    The processes are spawned: OpenCV's threads do not survive a fork, and a forked process waits for them for ever. Each
    has one OpenCV thread, so that they do not stand in each other's way.

    Args:
        work: Gives one result a film; it can be pickled, and loads what it needs itself, once a chunk.
        films: The films.
        jobs: Processes.
        title: What the progress bar is called.

    Returns:
        The results in the order of the films.
    """
    size = min(LARGEST_CHUNK, max(len(films) // (3 * jobs), 1))
    chunks = [films[i : i + size] for i in range(0, len(films), size)]
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        done = track(pool.map(work, chunks), title, total=len(chunks), console=Console(stderr=True))
        return [result for chunk in done for result in chunk]
