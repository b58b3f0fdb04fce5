"""Training batches: drawn first, rendered then, and shared among the processes of a run.

The random choices of a batch are a pure function of the step, and rendering them is pure too. A run that was stopped therefore
continues with the batches of an unbroken run, and several processes see the same global batches as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import cv2
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from openboneage.errors import InputError

Batch = dict[str, Tensor]
DrawT = TypeVar("DrawT")


class Batches(Protocol[DrawT]):
    """What a network learns from. Objects are pickled where worker processes are spawned."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything but the data that the batches depend on."""

    def data_digest(self) -> str:
        """sha256 of the data."""

    def draw(self, step: int) -> Sequence[DrawT]:
        """The random choices of the global batch of a step, one item a sample."""

    def render(self, draws: Sequence[DrawT]) -> Batch:
        """The batch with these samples, in their order; pure."""


def batch_at(batches: Batches[Any], step: int) -> Batch:
    """The whole batch of a step."""
    return batches.render(batches.draw(step))


@dataclass(frozen=True)
class Share:
    """The part of each global batch that one process takes: process `rank` of `processes`."""

    rank: int = 0
    processes: int = 1

    def of(self, draws: Sequence[DrawT]) -> Sequence[DrawT]:
        """The samples of this process.

        Raises:
            InputError: The batch cannot be divided evenly.
        """
        size, rest = divmod(len(draws), self.processes)
        if rest:
            raise InputError(f"Expected a batch size that {self.processes} processes divide evenly, got {len(draws)}.")
        return draws[self.rank * size : (self.rank + 1) * size]


@dataclass(frozen=True)
class _Steps(Dataset[Batch]):
    """The share of one process of each batch, by step."""

    batches: Batches[Any]
    share: Share

    def __getitem__(self, step: int) -> Batch:
        return self.batches.render(self.share.of(self.batches.draw(step)))


def step_loader(batches: Batches[Any], steps: range, share: Share, workers: int, pin_memory: bool) -> DataLoader[Batch]:
    """A loader of the batches of consecutive steps, to be used in `one_opencv_thread`.

    Args:
        batches: The batches.
        steps: The steps.
        share: What this process takes of each batch.
        workers: Processes that render batches ahead; with 0 they are rendered when they are asked for.
        pin_memory: Whether batches go to a GPU.
    """
    return DataLoader(
        _Steps(batches, share),
        batch_size=None,
        sampler=steps,
        num_workers=workers,
        pin_memory=pin_memory,
        worker_init_fn=_use_one_thread,
    )


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Hold OpenCV to one thread, here and in the workers that are forked meanwhile.

    OpenCV's threads do not survive a fork: a worker that uses them, or changes their number, waits for them for ever.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _use_one_thread(worker: int) -> None:
    """Several workers with several threads each would only compete for the cores; changes nothing in a forked worker."""
    del worker
    cv2.setNumThreads(1)
