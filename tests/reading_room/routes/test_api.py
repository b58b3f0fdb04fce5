from __future__ import annotations

from openboneage.store import jobs
from tests.reading_room.rooms import TestRoom
from tests.store.stores import assessed, assessment, film_of_child, received


def test_a_token_is_needed(room: TestRoom) -> None:
    answer = room.browser().get("/api/v1/queue")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"] == "NotLoggedInError"
    assert room.browser().get("/api/v1/queue", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_program_sends_a_film_and_gets_its_assessment(room: TestRoom) -> None:
    program = room.program()
    (sent,) = program.post("/api/v1/films", files={"file": ("a.dcm", film_of_child())}, data={"sex": "female"}).json()
    film = f"/api/v1/films/{sent['film_id']}"

    assert program.get(film).json()["state"] == "new"
    assert program.get(f"{film}/assessment").status_code == 404
    assert program.get("/api/v1/queue").json() == {"queued": 1, "running": 0}
    job = jobs.take(room.store)
    assert job
    assert jobs.finish(room.store, job, assessment())
    assert program.get(f"{film}/assessment").json()["assessment"] == assessment().to_json()
    assert program.get(f"{film}/file").content == film_of_child()
    assert program.get(f"{film}/reports/0/json").json()["decision"] is None


def test_films_are_found(room: TestRoom) -> None:
    received(room.store)
    found = room.program().post("/api/v1/films/search", json={"text": "müller"}).json()

    assert (found["found"], found["pages"], found["films"][0]["patient_id"]) == (1, 1, "ID-77-4711")
    assert room.program().post("/api/v1/films/search", json={"txt": "x"}).status_code == 422


def test_a_reader_signs_and_an_integrator_does_not(room: TestRoom) -> None:
    film_id = assessed(room.store)
    found = jobs.latest(room.store, film_id)
    assert found
    form = {"outcome": "edited", "assessment_id": found.id, "bone_age_months": 100.5}

    assert room.program().post(f"/api/v1/films/{film_id}/reports", json=form).status_code == 403
    signed = room.program("reader").post(f"/api/v1/films/{film_id}/reports", json=form)
    assert (signed.status_code, signed.json()["version"]) == (201, 1)
    assert room.program().get(f"/api/v1/films/{film_id}/reports").json() == [signed.json()]
    assert room.program("reader").post(f"/api/v1/films/{film_id}/reports", json=form).status_code == 409


def test_a_film_is_assessed_again(room: TestRoom) -> None:
    film_id = assessed(room.store)
    answer = room.program("reader").post(f"/api/v1/films/{film_id}/assessment", json={"sex": "male"})

    assert (answer.status_code, answer.json()["state"]) == (202, "new")
    assert room.program("reader").post("/api/v1/films/99/assessment", json={}).status_code == 404


def test_a_page_uses_the_api_with_its_token(room: TestRoom) -> None:
    browser = room.browser("reader")

    assert browser.get("/api/v1/queue").status_code == 200
    assert browser.post("/api/v1/films/search", json={}).status_code == 403
    assert browser.post("/api/v1/films/search", json={}, headers={"X-CSRF-Token": browser.token()}).status_code == 200


def test_the_description_is_open(room: TestRoom) -> None:
    described = room.browser().get("/api/v1/openapi.json").json()

    assert all(path.startswith("/api/v1/") for path in described["paths"])
