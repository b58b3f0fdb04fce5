"""Training batches: drawn first, then rendered, and divided among the processes of a run.

The random choices of a batch are a pure function of the step, and rendering is pure too. A stopped run therefore continues with
the same batches, and several processes see the same global batches as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from openboneage.errors import InputError

Batch = dict[str, Tensor]
DrawT = TypeVar("DrawT")
ORDER = 7919
"""Seed of the order of epochs, apart from that of variations."""


class Batches(Protocol[DrawT]):
    """Training data of a network. Objects must be picklable, for spawned worker processes."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything that the batches depend on, except the data."""

    def data_digest(self) -> str:
        """sha256 of the data."""

    def draw(self, step: int) -> Sequence[DrawT]:
        """The random choices of the global batch of a step, one item per sample."""

    def render(self, draws: Sequence[DrawT]) -> Batch:
        """The batch with these samples, in their order; pure."""


def epoch_indices(count: int, batch_size: int, step: int, seed: int) -> Sequence[int]:
    """Indices of a step, where every epoch has each item once in a new order; the last incomplete batch is left out."""
    epoch, place = divmod(step, count // batch_size)
    order = np.random.default_rng([seed, ORDER, epoch]).permutation(count)
    return [int(number) for number in order[place * batch_size : (place + 1) * batch_size]]


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
        share: The part of each batch for this process.
        workers: Processes that render batches in advance; with 0 they are rendered on demand.
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
    """Limit OpenCV to one thread, here and in workers forked meanwhile.

    OpenCV's threads do not survive a fork: a worker that uses them, or changes their number, deadlocks.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _use_one_thread(worker: int) -> None:
    """Several workers with several threads would compete for the cores; no effect in a forked worker."""
    del worker
    cv2.setNumThreads(1)
