from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from openboneage.errors import InputError
from openboneage.store import audit, films, reports
from openboneage.store.films import FilmState
from openboneage.store.reports import OutdatedError
from openboneage.store.store import Store
from tests.report.reports import examined
from tests.store.stores import assessed, decided, reader, sign


def test_a_signature_makes_a_version_and_a_correction_the_next(store: Store) -> None:
    film_id = assessed(store)
    first = sign(store, film_id, decided())
    second = sign(store, film_id, decided("edited", bone_age_months=99.0), replaces=1)

    assert (first.version, second.version) == (1, 2)
    assert [each.version for each in reports.versions(store, film_id)] == [2, 1]
    assert reports.find(store, film_id, 1).decision == decided()
    assert second.stages == {"tw3": {"radius": "G"}}
    assert [each.version for each in reports.all_latest(store)] == [2]
    assert films.find(store, film_id).state is FilmState.SIGNED
    assert "version 2, edited" in [entry.detail for entry in audit.entries(store, film_id=film_id)]


def test_what_the_reader_did_not_see_is_not_signed(store: Store) -> None:
    film_id = assessed(store)
    sign(store, film_id, decided())

    with pytest.raises(OutdatedError, match="load the page again") as outdated:
        sign(store, film_id, decided(), replaces=0)
    assert outdated.value.http_status == 409
    assert len(reports.versions(store, film_id)) == 1


def test_an_estimate_that_does_not_exist_is_not_accepted(store: Store) -> None:
    film_id = assessed(store, found=examined(pixels="noise").assessment)

    with pytest.raises(InputError, match="no bone age to accept"):
        sign(store, film_id, decided())
    assert sign(store, film_id, decided("rejected", comment="No hand.")).version == 1


def test_a_signed_report_cannot_be_changed(store: Store) -> None:
    sign(store, assessed(store), decided())

    with pytest.raises(DatabaseError, match="reports refuses"), store.database.writing() as db:
        db.execute(text("UPDATE reports SET version = 7"))


def test_a_first_reading_is_kept_as_it_is(store: Store) -> None:
    film_id, account = assessed(store), reader(store)
    assert not reports.has_read_first(store, film_id, account.id)
    reports.read_first(store, film_id, account.id, "zoe", 100.0)

    assert reports.has_read_first(store, film_id, account.id)
    assert [(each.film_id, each.bone_age_months) for each in reports.first_reads(store)] == [(film_id, 100.0)]
    with pytest.raises(InputError, match="already"):
        reports.read_first(store, film_id, account.id, "zoe", 110.0)


def test_a_version_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="no signed report"):
        reports.find(store, 1, 1)
