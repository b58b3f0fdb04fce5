"""Stores for tests: films that are small and show no hand, so that each takes little time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from openboneage.assess.assessment import Assessment
from openboneage.report.report import Decision, Outcome
from openboneage.store import accounts, films, jobs, reports
from openboneage.store.accounts import Account, NewAccount, Role
from openboneage.store.films import Reception, Source
from openboneage.store.outbox import NewDelivery
from openboneage.store.reports import Signature, SignedReport
from openboneage.store.store import Store
from tests import hands
from tests.report.reports import dicom_film, examined

READER = Reception(Source.UPLOAD, "reader")


def film_of_child(number: int = 1, **tags: Any) -> bytes:
    """A small DICOM film of a hand; each number has its own instance of the same study."""
    return dicom_film(SOPInstanceUID=f"1.2.826.0.1.3680043.10.1.9.{number}", **tags)


def png_film(number: int = 0) -> bytes:
    """A small picture without a hand; each number has other pixels."""
    pixels = hands.not_hand("noise").copy()
    pixels[0, 0] = number
    return hands.png(pixels)


@cache
def assessment() -> Assessment:
    """The assessment of a film of a child, by the toy model."""
    return examined().assessment


def received(store: Store, data: bytes | None = None) -> int:
    """Receive a film and return its number."""
    return films.receive(store, film_of_child() if data is None else data, READER).film_id


def assessed(store: Store, data: bytes | None = None, found: Assessment | None = None) -> int:
    """Receive a film, finish its job, and return its number."""
    film_id = received(store, data)
    job = jobs.take(store)
    assert job is not None
    assert jobs.finish(store, job, found or assessment())
    return film_id


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def decided(outcome: str = "accepted", **fields: Any) -> Decision:
    """A decision of a reader."""
    return Decision(outcome=Outcome(outcome), reader="Dr. Zoë Reader", time=datetime(2026, 11, 22, tzinfo=UTC), **fields)


def reader(store: Store, name: str = "zoe") -> Account:
    """An account of a reader."""
    known = [each for each in accounts.all_accounts(store) if each.username == name]
    return known[0] if known else accounts.create(store, NewAccount(name, Role.READER, "hash"), "test")


def sign(
    store: Store, film_id: int, decision: Decision, replaces: int = 0, deliveries: Sequence[NewDelivery] = ()
) -> SignedReport:
    """Sign the latest assessment of a film."""
    found, account = jobs.latest(store, film_id), reader(store)
    assert found
    signature = Signature(film_id, found.id, replaces, account.id, account.username, decision, {"tw3": {"radius": "G"}})
    return reports.sign(store, films.find(store, film_id), signature, lambda _film, _decision: deliveries)


def signed(store: Store, data: bytes | None = None, deliveries: Sequence[NewDelivery] = ()) -> int:
    """Receive, assess and sign a film, and return its number."""
    film_id = assessed(store, data)
    sign(store, film_id, decided(), deliveries=deliveries)
    return film_id
