"""Inboxes with a real store, and what a store holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from openboneage.node.keeper import Keeper
from openboneage.store.store import Store, StoreSettings, open_store
from openboneage.store.tables import ASSESSMENTS, DELIVERIES, FILMS, JOBS
from tests.node.network import node_settings

WAIT_SECONDS = 240
"""For a busy machine; a wait ends as soon as its condition holds."""


@contextmanager
def keeper_in(folder: Path, **settings: object) -> Iterator[Keeper]:
    """The inbox of a node on a new store."""
    with open_store(StoreSettings(folder)) as store:
        yield Keeper(store, node_settings(**settings))


def wait_for(condition: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("The condition does not hold.")
        time.sleep(0.2)


@dataclass(frozen=True)
class Counts:
    """What a store holds."""

    films: int
    assessments: int
    films_with_assessment: int
    failed_jobs: int
    open_jobs: int
    delivered: int
    undelivered: int


def counts(store: Store) -> Counts:
    """Count films, assessments, jobs and deliveries."""

    def number(query: object) -> int:
        return int(db.execute(query).scalar_one())  # type: ignore[call-overload]

    with store.database.reading() as db:
        return Counts(
            films=number(select(func.count()).select_from(FILMS)),
            assessments=number(select(func.count()).select_from(ASSESSMENTS)),
            films_with_assessment=number(select(func.count(ASSESSMENTS.c.film_id.distinct()))),
            failed_jobs=number(select(func.count()).select_from(JOBS).where(JOBS.c.state == "failed")),
            open_jobs=number(select(func.count()).select_from(JOBS).where(JOBS.c.state.in_(("queued", "running")))),
            delivered=number(select(func.count()).select_from(DELIVERIES).where(DELIVERIES.c.state == "delivered")),
            undelivered=number(select(func.count()).select_from(DELIVERIES).where(DELIVERIES.c.state != "delivered")),
        )
