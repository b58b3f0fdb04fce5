from __future__ import annotations

import logging

import pytest

from openboneage.store import films
from openboneage.store.films import Reception, Source
from tests.reading_room.rooms import TestRoom
from tests.store.stores import film_of_child, received


def test_every_answer_has_security_headers(room: TestRoom) -> None:
    for address in ("/login", "/static/style.css", "/api/v1/queue", "/nowhere"):
        headers = room.browser().get(address).headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age" in headers["Strict-Transport-Security"]


def test_pages_are_not_kept_by_browsers(room: TestRoom) -> None:
    assert room.browser("reader").get("/").headers["Cache-Control"] == "no-store"


def test_pages_load_nothing_from_elsewhere(room: TestRoom) -> None:
    browser = room.browser("administrator")
    film_id = received(room.store)
    for address in ("/", "/accounts", "/audit", "/account", f"/films/{film_id}"):
        page = browser.get(address)
        assert page.status_code == 200
        assert "//" not in page.text.replace("<!doctype", "").replace("://room.test", "")
        assert "<script>" not in page.text
        assert "style=" not in page.text


def test_a_page_that_does_not_exist_is_said_in_plain_words(room: TestRoom) -> None:
    answer = room.browser("reader").get("/nowhere")

    assert answer.status_code == 404
    assert "There is no such page." in answer.text
    assert room.browser("reader").get("/films/77").status_code == 404


def test_a_large_request_is_refused(room: TestRoom) -> None:
    answer = room.browser("reader").post("/login", data={"username": "a" * 2**21, "password": "b"})

    assert answer.status_code == 413


def test_logs_and_errors_contain_no_patient_data(room: TestRoom, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "openboneage")
    browser = room.browser("reader")
    films.receive(room.store, film_of_child(), Reception(Source.UPLOAD, "reader", name="Müller.dcm"))
    answers = [
        browser.submit("/worklist", text="Müller", page="Müller"),
        browser.get("/?state=Müller"),
        browser.get("/films/Müller"),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "ller" not in "".join(answer.text for answer in answers) + caplog.text
    assert "GET /films/{film_id} 422" in caplog.text
