from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from openboneage.errors import InputError, UnreadableError
from openboneage.store import audit, films, jobs
from openboneage.store.films import FilmState, QueueFullError, Reception, Source
from openboneage.store.store import Store, StoreSettings, open_store
from openboneage.subject import Sex
from tests.store.stores import READER, film_of_child, png_film, received, sha256


def test_a_received_film_and_its_job_are_in_the_store(store: Store) -> None:
    data = film_of_child(Rows=None)
    film = films.find(store, films.receive(store, film_of_child(), READER).film_id)

    assert store.files.get(film.sha256) == film_of_child() != data
    assert (film.state, film.source) == (FilmState.NEW, Source.UPLOAD)
    assert (film.patient_name, film.patient_id, film.issuer) == ("Müller^Åsa^^Dr.", "ID-77-4711", "Clinic")
    assert (film.accession_number, film.sop_instance_uid) == ("A-1", "1.2.826.0.1.3680043.10.1.9.1")
    assert jobs.length(store).queued == 1
    assert [entry.action for entry in audit.entries(store, film_id=film.id)] == ["film-received"]


def test_an_instance_is_kept_once(store: Store) -> None:
    first, second = (films.receive(store, film_of_child(), READER) for _ in range(2))
    other_bytes = films.receive(store, film_of_child(AccessionNumber="other"), READER)

    assert (first.is_new, second.is_new, other_bytes.is_new) == (True, False, False)
    assert first.film_id == second.film_id == other_bytes.film_id
    assert (second.is_same, other_bytes.is_same) == (True, False)
    assert jobs.length(store).queued == 1


def test_many_senders_of_one_instance_get_one_film(store: Store) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(received(store))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    assert jobs.length(store).queued == 1


def test_a_picture_is_known_by_its_bytes_and_keeps_what_was_entered(store: Store) -> None:
    how = Reception(Source.API, "robot", name="a.png", sex=Sex.MALE, age_months=99.5)
    film = films.find(store, films.receive(store, png_film(), how).film_id)

    assert (film.sha256, film.name, film.sop_instance_uid) == (sha256(png_film()), "a.png", None)
    assert (film.entered_sex, film.entered_age_months) == (Sex.MALE, 99.5)
    assert not films.receive(store, png_film(), READER).is_new
    assert films.receive(store, png_film(1), READER).is_new


def test_films_of_a_child_are_found_together(store: Store) -> None:
    first, second = received(store, film_of_child(1)), received(store, film_of_child(2, StudyInstanceUID="1.2.3"))
    other = received(store, film_of_child(3, StudyInstanceUID="1.2.4", PatientBirthDate="20010101"))
    number = films.find(store, first).patient_number

    assert [film.id for film in films.of_patient(store, number)] == [first, second]
    assert films.find(store, other).patient_number != number


def test_an_instance_is_found_by_its_uid(store: Store) -> None:
    film_id = received(store)

    found = films.find_instance(store, "1.2.826.0.1.3680043.10.1.9.1")
    assert found is not None
    assert found.id == film_id
    assert films.find_instance(store, "1.2.3") is None


def test_a_full_queue_refuses_films_and_keeps_none(settings: StoreSettings) -> None:
    with open_store(replace(settings, queue_limit=1)) as store:
        received(store, png_film(0))
        with pytest.raises(QueueFullError, match="later") as refused:
            received(store, png_film(1))
        assert (refused.value.http_status, refused.value.dimse_status) == (503, 0xA700)
        with pytest.raises(InputError):
            films.find(store, 2)


def test_what_is_no_film_is_refused(store: Store) -> None:
    with pytest.raises(UnreadableError, match="PDF"):
        received(store, b"%PDF-1.4")
    with pytest.raises(InputError, match="no film"):
        films.find(store, 77)


def test_a_film_survives_a_restart(settings: StoreSettings) -> None:
    with open_store(settings) as store:
        film_id = received(store)
    with open_store(settings) as store:
        assert films.find(store, film_id).state is FilmState.NEW
        job = jobs.take(store)
        assert job is not None
        assert job.film.id == film_id
