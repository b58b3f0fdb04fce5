"""The worker assesses real films in processes of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from openboneage.errors import InputError
from openboneage.report.formats import FORMATS
from openboneage.store import attention, films, jobs
from openboneage.store.documents import Maker, document
from openboneage.store.films import FilmState
from openboneage.store.store import Store, StoreSettings, open_store
from openboneage.store.worker import Worker, WorkerSettings
from tests import hands
from tests.store.stores import decided, film_of_child, png_film, received, sign


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for a process; a minute is far more than it needs."""
    end = time.monotonic() + 300
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


def is_idle(store: Store) -> bool:
    return jobs.length(store) == jobs.QueueLength(0, 0)


@pytest.mark.slow
def test_films_are_assessed_and_reported(tmp_path: Path) -> None:
    with open_store(StoreSettings(tmp_path / "store")) as store:
        child, noise = received(store, film_of_child()), received(store, png_film())
        damaged = received(store, hands.png(hands.film("7043", 320))[:-2000])
        with Worker(store, WorkerSettings(poll_seconds=0.05)):
            wait_for(lambda: is_idle(store))

        states = [films.find(store, number).state for number in (child, noise, damaged)]
        assert states[1:] == [FilmState.ATTENTION, FilmState.FAILED]
        assert jobs.failure(store, damaged)
        found = jobs.latest(store, child)
        assert found is not None
        assert found.attention_sha256 is not None
        assert attention.from_bytes(store.files.get(found.attention_sha256)).method == "occlusion"
        check_documents(store, child)


def check_documents(store: Store, film_id: int) -> None:
    maker = Maker()
    assert b"preliminary" in document(store, maker, film_id, 0, "text").lower()
    sign(store, film_id, decided())
    made = {kind.name: document(store, maker, film_id, 1, kind.name) for kind in FORMATS}
    assert all(made.values())
    assert b"Zo\xc3\xab Reader" in made["text"]
    assert {name: document(store, Maker("no such set"), film_id, 1, name) for name in made} == made
    with pytest.raises(InputError, match="not been assessed"):
        document(store, maker, received(store, png_film(7)), 0, "pdf")
