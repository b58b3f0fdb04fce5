from __future__ import annotations

import pytest

from openboneage.errors import InputError
from openboneage.store import films, jobs
from openboneage.store.films import FilmState
from openboneage.store.jobs import Job
from openboneage.store.outbox import NewDelivery, of_film
from openboneage.store.store import Store
from openboneage.subject import Sex
from tests.report.reports import examined
from tests.store.stores import assessed, assessment, film_of_child, png_film, received


def taken(store: Store, lease_seconds: float = 60.0) -> Job:
    job = jobs.take(store, lease_seconds)
    assert job is not None
    return job


def test_the_oldest_job_comes_first_and_each_once(store: Store) -> None:
    numbers = [received(store, png_film(number)) for number in range(3)]

    assert [taken(store).film.id for _ in numbers] == numbers
    assert jobs.take(store) is None
    assert (jobs.length(store).queued, jobs.length(store).running) == (0, 3)


def test_an_assessment_is_stored_with_its_map_and_deliveries(store: Store) -> None:
    film_id = received(store)
    new = [NewDelivery("sr", "pacs")]

    assert jobs.finish(store, taken(store), assessment(), b"map", lambda _film, _made: new)

    stored = jobs.latest(store, film_id)
    assert stored is not None
    assert stored.assessment.to_json() == assessment().to_json()
    assert stored.attention_sha256 is not None
    assert store.files.get(stored.attention_sha256) == b"map"
    assert [(each.format, each.destination, each.report_version) for each in of_film(store, film_id)] == [("sr", "pacs", 0)]


@pytest.mark.parametrize(("pixels", "state"), [("hand", "attention or assessed"), ("noise", "needs attention")])
def test_the_verdict_decides_the_state(store: Store, pixels: str, state: str) -> None:
    found = examined(pixels=pixels).assessment
    film_id = assessed(store, found=found)

    expected = FilmState.ASSESSED if found.verdict == "accept" else FilmState.ATTENTION
    assert films.find(store, film_id).state is expected
    assert films.find(store, film_id).state in state or pixels == "hand"


def test_a_job_whose_worker_died_is_taken_up_and_stored_once(store: Store) -> None:
    film_id = received(store)
    dead = taken(store, lease_seconds=-1)
    alive = taken(store)

    assert alive.film.id == film_id
    assert not jobs.extend(store, dead)
    assert not jobs.finish(store, dead, assessment())
    assert not jobs.fail(store, dead, "late")
    assert jobs.latest(store, film_id) is None
    assert jobs.finish(store, alive, assessment())
    assert not jobs.finish(store, alive, assessment())
    stored = jobs.latest(store, film_id)
    assert stored is not None
    assert stored.version == 1


def test_an_extended_lease_keeps_the_job(store: Store) -> None:
    received(store)
    job = taken(store)

    assert jobs.extend(store, job)
    assert jobs.take(store) is None


def test_a_film_that_kills_workers_fails_in_the_end(store: Store) -> None:
    film_id = received(store)
    for _ in range(jobs.MAX_TRIES):
        taken(store, lease_seconds=-1)

    assert jobs.take(store) is None
    assert films.find(store, film_id).state is FilmState.FAILED
    assert "memory" in jobs.failure(store, film_id)


def test_a_failed_job_says_why(store: Store) -> None:
    film_id = received(store)

    assert jobs.failure(store, film_id) == ""
    assert jobs.fail(store, taken(store), "The file is cut off.")
    assert jobs.failure(store, film_id) == "The file is cut off."


def test_a_corrected_sex_makes_a_new_assessment(store: Store) -> None:
    film_id = assessed(store)
    jobs.reassess(store, film_id, "reader", Sex.MALE, 100.0)
    job = taken(store)

    assert (job.film.entered_sex, job.film.entered_age_months, job.film.state) == (Sex.MALE, 100.0, FilmState.NEW)
    assert jobs.finish(store, job, assessment())
    stored = jobs.latest(store, film_id)
    assert stored is not None
    assert stored.version == 2
    assert jobs.assessment(store, stored.id).made_at == stored.made_at


def test_a_correction_during_an_assessment_starts_it_again(store: Store) -> None:
    film_id = received(store, film_of_child())
    outdated = taken(store)
    jobs.reassess(store, film_id, "reader", Sex.MALE, None)

    assert not jobs.finish(store, outdated, assessment())
    assert taken(store).film.entered_sex is Sex.MALE


def test_unknown_numbers_are_refused(store: Store) -> None:
    with pytest.raises(InputError, match="no film"):
        jobs.reassess(store, 5, "reader", None, None)
    with pytest.raises(InputError, match="no assessment"):
        jobs.assessment(store, 5)
