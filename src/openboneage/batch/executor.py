"""Executors apply a function to a stream of items: in this process, in a pool of processes or on a Dask cluster.

Every item gets exactly one outcome. Items are taken from the iterable as workers become free, so a run over millions of items
starts at once. This module is independent of films.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Generic, Protocol, TypeVar

from openboneage.batch.limits import Limits, within_limits
from openboneage.errors import WorkerLostError

LARGEST_CHUNK = 50

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Outcome(Generic[Item, Result]):
    """The outcome for one item.

    Attributes:
        index: Index of the item in the stream, from 0.
        item: The item.
        result: The function's result, or the reason why no worker process survived the item.
    """

    index: int
    item: Item
    result: Result | WorkerLostError


class Executor(Protocol):
    """Applies a function to items.

    Attributes:
        threads: Threads that the function may use for one item; 0 means all cores.
        disposable: Whether each item has a process that limits of memory and time may end. A cluster sets its own limits.
    """

    threads: ClassVar[int]
    disposable: ClassVar[bool]

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Outcome[Item, Result], None, None]:
        """Yield the outcome of every item once, as they finish.

        Closing the iterator ends the workers. Exceptions of the function and of the iterable are raised here and end the run.

        Args:
            function: Applied to each item. Function, items and results must be picklable.
            items: Taken one by one as workers become free.
        """
        ...


class InProcess:
    """Runs in this process, one item after the other."""

    threads: ClassVar[int] = 0
    disposable: ClassVar[bool] = False

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Outcome[Item, Result], None, None]:
        """See `Executor.run`; outcomes come in the order of the items."""
        for index, item in enumerate(items):
            yield Outcome(index, item, function(item))


def map_chunks(
    function: Callable[[Sequence[Item]], Sequence[Result]], items: Sequence[Item], executor: Executor, title: str
) -> list[Result]:
    """Apply a function to chunks of items and show a progress bar on standard error.

    Chunks suit a function that first loads a model. Processes of a pool have the limits of a film, and its time for each item.

    Args:
        function: Takes a chunk of items and returns one result for each of them.
        items: The items.
        executor: Where to run.
        title: Title of the progress bar.

    Returns:
        The results in the order of the items.

    Raises:
        WorkerLostError: A chunk has no result because its worker process ended.
    """
    from rich.console import Console
    from rich.progress import track

    size = min(LARGEST_CHUNK, max(len(items) // 12, 1))
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    if executor.disposable:
        function = partial(within_limits, Limits().for_films(size), function)
    outcomes = track(executor.run(function, chunks), title, total=len(chunks), console=Console(stderr=True))
    results: dict[int, Sequence[Result]] = {}
    for outcome in outcomes:
        if isinstance(outcome.result, WorkerLostError):
            raise outcome.result
        results[outcome.index] = outcome.result
    return [result for index in range(len(chunks)) for result in results[index]]
