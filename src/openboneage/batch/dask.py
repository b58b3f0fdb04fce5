"""An executor on a Dask cluster, local or remote."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from openboneage.batch.executor import Item, Outcome, Result
from openboneage.errors import InputError, WorkerLostError

if TYPE_CHECKING:
    from distributed import Client, Future

IN_FLIGHT = 500
"""Items at the scheduler at a time: enough for hundreds of workers, few enough to start quickly and use little memory."""
CONNECT_SECONDS = 30


class DaskCluster:
    """Runs on the workers of a Dask scheduler.

    Paths must be valid on every worker, and every worker needs this package. Dask moves the item of a lost worker to another
    one, up to its own limit (`distributed.scheduler.allowed-failures`).
    """

    threads: ClassVar[int] = 1
    disposable: ClassVar[bool] = False

    def __init__(self, jobs: int = 1, address: str | None = None) -> None:
        """Store where to run.

        Args:
            jobs: Processes of a local cluster.
            address: Scheduler of a running cluster; None starts a local one for each run.

        Raises:
            InputError: Dask is not installed.
        """
        try:
            import distributed
        except ImportError:
            raise InputError("A Dask cluster needs Dask: pip install openboneage[cluster].") from None
        del distributed
        self._jobs = jobs
        self._address = address

    def run(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Outcome[Item, Result], None, None]:
        """See `Executor.run`.

        Raises:
            InputError: There is no scheduler at the address, or its workers lack this package.
            WorkerLostError: The connection to the scheduler was lost.
        """
        with ExitStack() as stack:
            client = self._connect(stack)
            yield from _outcomes(client, function, enumerate(items))

    def _connect(self, stack: ExitStack) -> Client:
        from distributed import Client, LocalCluster

        try:
            where = self._address or stack.enter_context(
                LocalCluster(n_workers=self._jobs, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL)
            )
            client: Client = Client(where, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError(f"Expected a Dask scheduler at {self._address}, such as tcp://host:8786: {error}.") from None
        stack.enter_context(client)
        return client


def _outcomes(
    client: Client, function: Callable[[Item], Result], tasks: Iterator[tuple[int, Item]]
) -> Iterator[Outcome[Item, Result]]:
    from distributed import as_completed

    pending: dict[Future[Result], tuple[int, Item]] = {}
    finished = as_completed(loop=client.loop)
    while True:
        for index, item in islice(tasks, IN_FLIGHT - len(pending)):
            future = client.submit(_with_one_thread, function, item, pure=False)
            pending[future] = index, item
            finished.add(future)
        if not pending:
            return
        future = next(finished)
        yield Outcome(*pending.pop(future), _result(future))


def _result(future: Future[Result]) -> Result | WorkerLostError:
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker as error:
        reason = f"Dask lost {error.allowed_failures + 1} workers on it: it may need more memory than they have."
        return WorkerLostError(reason)
    except CancelledError:
        raise WorkerLostError("The connection to the Dask scheduler was lost; run the same command again.") from None
    except ModuleNotFoundError as error:
        raise InputError(f"The workers of the Dask cluster need this package in the same version: {error}.") from None


def _with_one_thread(function: Callable[[Item], Result], item: Item) -> Result:
    """Run in a worker, which shares its machine with others."""
    import cv2

    cv2.setNumThreads(1)
    return function(item)
