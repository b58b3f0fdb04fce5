"""Requests for storage commitment, answered later: tried again until the answer arrives or becomes a dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from openboneage.store import audit
from openboneage.store.outbox import PAUSES_SECONDS, DeliveryState
from openboneage.store.store import Store
from openboneage.store.tables import COMMITMENTS
from openboneage.store.times import now


@dataclass(frozen=True)
class Commitment:
    """A request for storage commitment.

    Attributes:
        id: Its number.
        transaction_uid: Its UID, which the requester chose.
        requester: AE title of the requester, who gets the answer.
        instances: SOP Class UID and SOP Instance UID of each instance.
        tries: How often the answer was sent.
    """

    id: int
    transaction_uid: str
    requester: str
    instances: tuple[tuple[str, str], ...]
    tries: int


def request(store: Store, transaction_uid: str, requester: str, instances: Sequence[tuple[str, str]], actor: str) -> None:
    """Note down a request. The same request again, by its UID and requester, is answered again."""
    with store.database.writing() as db:
        time = now()
        values = {"state": DeliveryState.WAITING, "tries": 0, "next_try_at": time, "error": ""}
        same = [COMMITMENTS.c.transaction_uid == transaction_uid, COMMITMENTS.c.requester == requester]
        listed = {"instances": [list(each) for each in instances]}
        if db.execute(update(COMMITMENTS).where(*same).values(**values, **listed)).rowcount == 0:
            key = {"transaction_uid": transaction_uid, "requester": requester}
            db.execute(insert(COMMITMENTS).values(added_at=time, **key, **values, **listed))
        audit.record(db, actor, "commitment-requested", detail=f"{len(instances)} instances")


def due(store: Store) -> Commitment | None:
    """The request whose answer has been due for longest; None if none is due."""
    is_due = (COMMITMENTS.c.state == DeliveryState.WAITING) & (COMMITMENTS.c.next_try_at <= now())
    query = select(COMMITMENTS).where(is_due).order_by(COMMITMENTS.c.next_try_at, COMMITMENTS.c.id).limit(1)
    with store.database.reading() as db:
        row = db.execute(query).first()
    return None if row is None else _commitment(row)


def answered(store: Store, commitment: Commitment) -> None:
    """Mark a request as answered."""
    with store.database.writing() as db:
        db.execute(update(COMMITMENTS).where(COMMITMENTS.c.id == commitment.id).values(state=DeliveryState.DELIVERED, error=""))


def failed(store: Store, commitment: Commitment, reason: str, *, is_final: bool = False) -> DeliveryState:
    """Record that an answer was not taken, and when it is sent again; returns the new state.

    Args:
        store: The store.
        commitment: The request.
        reason: A sentence for people.
        is_final: Whether another try cannot help.
    """
    tries = commitment.tries + 1
    is_dead = is_final or tries > len(PAUSES_SECONDS)
    state = DeliveryState.DEAD if is_dead else DeliveryState.WAITING
    pause = timedelta(seconds=0 if is_dead else PAUSES_SECONDS[tries - 1])
    values = {"state": state, "tries": tries, "next_try_at": now() + pause, "error": reason}
    with store.database.writing() as db:
        db.execute(update(COMMITMENTS).where(COMMITMENTS.c.id == commitment.id).values(**values))
        if is_dead:
            audit.record(db, "sender", "commitment-dead")
    return state


def _commitment(row: Row[Any]) -> Commitment:
    instances = tuple((sop_class, instance) for sop_class, instance in row.instances)
    return Commitment(row.id, row.transaction_uid, row.requester, instances, row.tries)
