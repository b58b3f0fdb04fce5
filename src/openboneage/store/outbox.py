"""The outbox: documents to send, tried again until they arrive or become dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from openboneage.errors import InputError
from openboneage.store import audit
from openboneage.store.store import Store
from openboneage.store.tables import DELIVERIES, FILMS
from openboneage.store.times import now

SENDER = "sender"
LEASE_SECONDS = 300.0
PAUSES_SECONDS = (10, 60, 300, 900, 3600, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
"""Pauses after each failed try; when they are used up, a delivery is a dead letter: after about 28 hours."""


class DeliveryState(StrEnum):
    """State of a delivery."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True)
class NewDelivery:
    """A document of a film to send.

    Attributes:
        format: Name of the report format, see `report.formats`.
        destination: Name of the destination; the sender knows its address.
    """

    format: str
    destination: str


@dataclass(frozen=True)
class Delivery:
    """A delivery.

    Attributes:
        id: Its number.
        film_id: Number of the film.
        report_version: Version of the signed report; 0 is the preliminary report of a film that is not signed.
        format: Name of the report format.
        destination: Name of the destination.
        state: Its state.
        tries: How often it was tried.
        next_try_at: When it is tried next, UTC.
        lease: Proof that a sender holds it; empty otherwise.
        error: Why the last try failed; empty if it did not.
    """

    id: int
    film_id: int
    report_version: int
    format: str
    destination: str
    state: DeliveryState
    tries: int
    next_try_at: datetime
    lease: str
    error: str


def add(db: Connection, film_id: int, deliveries: Sequence[NewDelivery], report_version: int) -> None:
    """Add deliveries in a writing transaction; what is there already is not added again."""
    for new in deliveries:
        key = {
            "film_id": film_id,
            "report_version": report_version,
            "format": new.format,
            "destination": new.destination,
        }
        same = [DELIVERIES.c[name] == value for name, value in key.items()]
        if db.execute(select(DELIVERIES.c.id).where(*same)).first() is None:
            time = now()
            db.execute(insert(DELIVERIES).values(state=DeliveryState.WAITING, added_at=time, next_try_at=time, **key))


def take(store: Store, lease_seconds: float = LEASE_SECONDS) -> Delivery | None:
    """Take the delivery that has been due for longest; None if none is due.

    A delivery whose sender died is due again after its lease.
    """
    with store.database.writing() as db:
        open_states = (DeliveryState.WAITING, DeliveryState.SENDING)
        due = and_(DELIVERIES.c.state.in_(open_states), DELIVERIES.c.next_try_at <= now())
        row = db.execute(select(DELIVERIES).where(due).order_by(DELIVERIES.c.next_try_at, DELIVERIES.c.id).limit(1)).first()
        if row is None:
            return None
        lease, until = uuid4().hex, now() + timedelta(seconds=lease_seconds)
        values = {"state": DeliveryState.SENDING, "tries": row.tries + 1, "lease": lease, "next_try_at": until}
        db.execute(update(DELIVERIES).where(DELIVERIES.c.id == row.id).values(**values))
        return _delivery(db.execute(select(DELIVERIES).where(DELIVERIES.c.id == row.id)).one())


def release(store: Store) -> None:
    """Make deliveries due again that a killed sender left; for a sender that knows to be the only one."""
    with store.database.writing() as db:
        left = update(DELIVERIES).where(DELIVERIES.c.state == DeliveryState.SENDING)
        db.execute(left.values(state=DeliveryState.WAITING, lease=None, next_try_at=now()))


def delivered(store: Store, delivery: Delivery) -> bool:
    """Mark a delivery as delivered; False if the sender no longer holds it."""
    with store.database.writing() as db:
        values = {"state": DeliveryState.DELIVERED, "lease": None, "finished_at": now(), "error": ""}
        if db.execute(update(DELIVERIES).where(*_held(delivery)).values(**values)).rowcount != 1:
            return False
        audit.record(db, SENDER, "delivered", delivery.film_id, f"{delivery.format} to {delivery.destination}")
        _mark_sent(db, delivery.film_id)
    return True


def failed(store: Store, delivery: Delivery, reason: str, *, is_final: bool = False) -> DeliveryState | None:
    """Record a failed try, and when the next one is due.

    Args:
        store: The store.
        delivery: The delivery.
        reason: A sentence for people, without patient data.
        is_final: Whether another try cannot help, since the receiver refused the document.

    Returns:
        The new state; None if the sender no longer holds the delivery.
    """
    is_dead = is_final or delivery.tries > len(PAUSES_SECONDS)
    state = DeliveryState.DEAD if is_dead else DeliveryState.WAITING
    pause = timedelta(seconds=0 if is_dead else PAUSES_SECONDS[delivery.tries - 1])
    values = {"state": state, "lease": None, "next_try_at": now() + pause, "error": reason}
    with store.database.writing() as db:
        if db.execute(update(DELIVERIES).where(*_held(delivery)).values(**values)).rowcount != 1:
            return None
        if is_dead:
            audit.record(db, SENDER, "delivery-dead", delivery.film_id, f"{delivery.format} to {delivery.destination}")
    return state


def retry(store: Store, delivery_id: int, actor: str) -> None:
    """Try a dead letter again.

    Raises:
        InputError: There is no dead letter of this number.
    """
    with store.database.writing() as db:
        dead = and_(DELIVERIES.c.id == delivery_id, DELIVERIES.c.state == DeliveryState.DEAD)
        film_id = db.execute(select(DELIVERIES.c.film_id).where(dead)).scalar()
        if film_id is None:
            raise InputError("There is no undelivered document of this number.")
        values = {"state": DeliveryState.WAITING, "tries": 0, "next_try_at": now(), "error": ""}
        db.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery_id).values(**values))
        audit.record(db, actor, "delivery-retried", film_id)


def of_film(store: Store, film_id: int) -> list[Delivery]:
    """All deliveries of a film."""
    query = select(DELIVERIES).where(DELIVERIES.c.film_id == film_id).order_by(DELIVERIES.c.id)
    with store.database.reading() as db:
        return [_delivery(row) for row in db.execute(query)]


def dead_letters(store: Store) -> list[Delivery]:
    """All dead letters, the oldest first."""
    query = select(DELIVERIES).where(DELIVERIES.c.state == DeliveryState.DEAD).order_by(DELIVERIES.c.id)
    with store.database.reading() as db:
        return [_delivery(row) for row in db.execute(query)]


def _held(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    return DELIVERIES.c.id == delivery.id, DELIVERIES.c.lease == delivery.lease


def _mark_sent(db: Connection, film_id: int) -> None:
    """A signed film is sent when no delivery of it is left."""
    not_done = DELIVERIES.c.state != DeliveryState.DELIVERED
    left = select(DELIVERIES.c.id).where(DELIVERIES.c.film_id == film_id, not_done)
    if db.execute(left).first() is None:
        db.execute(update(FILMS).where(FILMS.c.id == film_id, FILMS.c.state == "signed").values(state="sent"))


def _delivery(row: Row[Any]) -> Delivery:
    values = {name: getattr(row, name) for name in Delivery.__dataclass_fields__}
    return Delivery(**values | {"state": DeliveryState(row.state), "lease": row.lease or ""})
