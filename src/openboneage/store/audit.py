"""The audit log: who did what when, append-only and linked by checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select

from openboneage.store.store import Store
from openboneage.store.tables import AUDIT_LOG
from openboneage.store.times import now

_BEGIN = "0" * 64
_PAGE = 1000


@dataclass(frozen=True)
class Entry:
    """An entry of the audit log.

    Attributes:
        id: Its number, from 1.
        time: When it happened, UTC.
        actor: User name of the account, or the part of the program: `node`, `worker`.
        action: What was done, such as `film-received`.
        film_id: Number of the film; None where the action concerns none.
        detail: More about the action; never patient data.
    """

    id: int
    time: datetime
    actor: str
    action: str
    film_id: int | None
    detail: str


def record(db: Connection, actor: str, action: str, film_id: int | None = None, detail: str = "") -> None:
    """Add an entry in a writing transaction, with the action that it describes."""
    last = db.execute(select(AUDIT_LOG.c.checksum).order_by(AUDIT_LOG.c.id.desc()).limit(1)).scalar()
    previous, time = last or _BEGIN, now()
    checksum = _checksum(previous, time, actor, action, film_id, detail)
    values = {"time": time, "actor": actor, "action": action, "film_id": film_id, "detail": detail}
    db.execute(insert(AUDIT_LOG).values(previous=previous, checksum=checksum, **values))


def entries(store: Store, *, film_id: int | None = None, before: int | None = None, limit: int = 100) -> list[Entry]:
    """Entries, the newest first.

    Args:
        store: The store.
        film_id: Only entries about this film.
        before: Only entries with a smaller number, for the next page.
        limit: Largest number of entries.
    """
    query = select(AUDIT_LOG).order_by(AUDIT_LOG.c.id.desc()).limit(limit)
    if film_id is not None:
        query = query.where(AUDIT_LOG.c.film_id == film_id)
    if before is not None:
        query = query.where(AUDIT_LOG.c.id < before)
    with store.database.reading() as db:
        return [_entry(row) for row in db.execute(query)]


def first_broken(store: Store) -> int | None:
    """Number of the first entry that does not fit the one before: it, or an entry before it, was changed. None if all fit."""
    previous = _BEGIN
    with store.database.reading() as db:
        for row in _all(db):
            expected = _checksum(previous, row.time, row.actor, row.action, row.film_id, row.detail)
            if (row.previous, row.checksum) != (previous, expected):
                return int(row.id)
            previous = row.checksum
    return None


def _all(db: Connection) -> Iterator[Row[*tuple[object, ...]]]:
    last = 0
    while rows := db.execute(select(AUDIT_LOG).where(AUDIT_LOG.c.id > last).order_by(AUDIT_LOG.c.id).limit(_PAGE)).all():
        yield from rows
        last = rows[-1].id


def _checksum(previous: str, time: datetime, actor: str, action: str, film_id: int | None, detail: str) -> str:
    content = json.dumps([previous, time.isoformat(), actor, action, film_id, detail])
    return hashlib.sha256(content.encode()).hexdigest()


def _entry(row: Row[*tuple[object, ...]]) -> Entry:
    return Entry(row.id, row.time, row.actor, row.action, row.film_id, row.detail)
