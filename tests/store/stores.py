"""Stores for tests: films that are small and show no hand, so that each takes little time."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from openboneage.assess.assessment import Assessment
from openboneage.store import films, jobs
from openboneage.store.films import Reception, Source
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
