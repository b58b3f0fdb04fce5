from __future__ import annotations

import pytest

from openboneage.errors import InputError
from openboneage.store import audit, films, jobs, removal, reports
from openboneage.store.store import Store
from openboneage.store.tables import METADATA
from tests.store.stores import film_of_child, png_film, received, signed


def test_a_removed_patient_leaves_nothing_but_numbers(store: Store) -> None:
    kept = received(store, png_film())
    assert jobs.take(store)  # the other film's job, so that the next one is this film's
    film_id = signed(store, film_of_child())
    film = films.find(store, film_id)

    removed = removal.remove_patient(store, film.patient_number, "administrator")

    assert (removed.films, removed.files) == (1, 1)
    assert not store.files.path_of(film.sha256).exists()
    assert reports.versions(store, film_id) == []
    assert films.find(store, kept).id == kept
    with store.database.reading() as db:
        left = str([db.execute(table.select()).all() for table in METADATA.tables.values()])
    assert "ller" not in left
    assert "4711" not in left
    assert audit.entries(store)[0].action == "film-removed"
    with pytest.raises(InputError, match="already"):
        removal.remove_patient(store, film.patient_number, "administrator")
