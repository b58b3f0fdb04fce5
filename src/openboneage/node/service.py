"""The node as a whole: listener, folders, queries, worker and sender, until it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Event, Thread

from filelock import FileLock, Timeout

from openboneage.errors import BoneAgeError, InputError
from openboneage.node import folder
from openboneage.node.keeper import ACTOR, Keeper
from openboneage.node.listener import listening
from openboneage.node.log import LOG
from openboneage.node.query import Query
from openboneage.node.sender import Sender
from openboneage.node.settings import NodeSettings
from openboneage.store import jobs, outbox
from openboneage.store.destinations import Announced, Destinations, announce
from openboneage.store.documents import Maker
from openboneage.store.outbox import NewDelivery
from openboneage.store.store import Store
from openboneage.store.worker import Worker, WorkerSettings

LOCK_NAME = "node.lock"
POLL_SECONDS = 0.5
PAUSE_SECONDS = 5.0
"""Pause after an unexpected error, such as a database that is down."""


@dataclass(frozen=True)
class Work:
    """How the node works beside listening.

    Attributes:
        models: Set of models, see `Assessor.load`.
        processes: Films that are assessed at once; 0 if another program, such as the reading room, assesses them.
        with_map: Whether reports show the occlusion map.
    """

    models: str | None = None
    processes: int = 1
    with_map: bool = True


@contextmanager
def running(store: Store, settings: NodeSettings, work: Work) -> Iterator[int]:
    """Run the node while the block runs; its value is the port.

    Raises:
        InputError: Another node runs on this data folder, the port is taken, or keys or folders cannot be used.
    """
    keeper, stop = Keeper(store, settings), Event()
    with ExitStack() as stack:
        stack.enter_context(_alone(store))
        outbox.release(store)
        jobs.release(store, ACTOR)
        announce(store, destinations_of(settings), ACTOR)
        if work.processes:
            worker = WorkerSettings(
                work.models, work.processes, work.with_map, deliveries=Announced(store, "assessed"), owner=ACTOR
            )
            stack.enter_context(Worker(store, worker))
        threads = [Thread(target=_repeat, args=(task, seconds, stop)) for task, seconds in _tasks(keeper, work.models)]
        stack.callback(_join, threads, stop)
        port = stack.enter_context(listening(settings, keeper))
        for thread in threads:
            thread.start()
        yield port
        LOG.info("The node stops")


def destinations_of(settings: NodeSettings) -> Destinations:
    """Where reports are sent: each of its formats to each peer."""
    peers = (*settings.peers, *settings.web_peers)
    deliveries = tuple(NewDelivery(name, peer.name) for peer in peers for name in peer.results)
    return Destinations(assessed=deliveries if settings.send_unsigned else (), signed=deliveries)


def _tasks(keeper: Keeper, models: str | None) -> Iterator[tuple[Callable[[], object], float]]:
    """What is repeated: tasks, and the pause after each one that found nothing to do."""
    settings, sender = keeper.settings, Sender(keeper, Maker(models))
    yield sender.send_report, POLL_SECONDS
    yield sender.answer_commitment, POLL_SECONDS
    for watched in settings.folders:
        yield partial(folder.scan, watched, keeper), min(watched.settle_seconds, POLL_SECONDS)
    for peer in settings.web_peers:
        if peer.query_days is not None:
            yield partial(_ask, Query(peer, settings.rules), keeper), peer.query_seconds


def _ask(query: Query, keeper: Keeper) -> None:
    query.run(keeper, date.today())


def _repeat(task: Callable[[], object], pause_seconds: float, stop: Event) -> None:
    """Repeat a task until stopped, at once while it finds something to do; no error ends it."""
    while not stop.is_set():
        try:
            busy = bool(task())
        except BoneAgeError as error:
            LOG.warning("%s", error)
            busy = False
        except Exception as error:
            LOG.error("Unexpected %s; tried again", type(error).__name__)
            busy = stop.wait(PAUSE_SECONDS)
        if not busy:
            stop.wait(pause_seconds)


def _join(threads: list[Thread], stop: Event) -> None:
    stop.set()
    for thread in threads:
        if thread.is_alive():
            thread.join()


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Hold the lock of the data folder: the only node may take up at once what a killed one left."""
    lock = FileLock(store.settings.folder / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError("A node is running on this data folder already; stop it first.") from None
    try:
        yield
    finally:
        lock.release()
