from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from openboneage.store import films, jobs, outbox
from openboneage.store.films import FilmState
from openboneage.store.outbox import NewDelivery
from tests.reading_room.rooms import Browser, TestRoom, opened_room
from tests.store.stores import assessed, assessment, film_of_child, png_film, received


def upload(browser: Browser, name: str, data: bytes) -> Any:
    headers = {"X-CSRF-Token": browser.token(), "Accept": "*/*"}
    return browser.post("/upload", files={"file": (name, data)}, headers=headers)


def archive(**content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in content.items():
            packed.writestr(name, data)
    return file.getvalue()


def test_an_upload_appears_in_the_worklist(room: TestRoom) -> None:
    browser = room.browser("reader")

    assert upload(browser, "film.dcm", film_of_child()).json() == [
        {"name": "film.dcm", "film_id": 1, "is_new": True, "error": ""}
    ]
    page = browser.get("/").text
    assert "Müller, Åsa" in page
    assert "ID-77-4711" in page
    assert "1 waiting" in page


def test_what_is_no_film_is_refused_with_a_reason(room: TestRoom) -> None:
    (found,) = upload(room.browser("reader"), "letter.pdf", b"%PDF-1.4").json()

    assert found["film_id"] is None
    assert "PDF" in found["error"]


def test_a_zip_archive_is_unpacked(room: TestRoom) -> None:
    content = {"a/1.png": png_film(1), "b/2.dcm": film_of_child(), "DICOMDIR": b"x", "__MACOSX/1.png": b"x", "note.txt": b"x"}
    found = upload(room.browser("reader"), "films.zip", archive(**content)).json()

    assert [each["name"] for each in found] == ["1.png", "2.dcm", "note.txt"]
    assert [bool(each["error"]) for each in found] == [False, False, True]


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with opened_room(tmp_path / "store", upload_mb=1) as room:
        answer = upload(room.browser("reader"), "bomb.zip", archive(bomb=b"\0" * (2**20 + 1)))
        assert answer.status_code == 415
        assert "unpacks to more" in answer.json()["message"]
        assert upload(room.browser("reader"), "large.png", b"\0" * (2**20 + 2**17)).status_code == 413


def test_a_damaged_archive_is_refused(room: TestRoom) -> None:
    answer = upload(room.browser("reader"), "damaged.zip", archive(a=png_film())[:-20])

    assert answer.status_code == 415
    assert "damaged" in answer.json()["message"]


def test_a_full_queue_refuses_uploads(tmp_path: Path) -> None:
    with opened_room(tmp_path / "store", queue_limit=1) as room:
        browser = room.browser("reader")
        assert upload(browser, "1.png", png_film(1)).status_code == 200
        assert upload(browser, "2.png", png_film(2)).status_code == 503


def test_films_are_found_by_text_and_state(room: TestRoom) -> None:
    browser = room.browser("reader")
    done = assessed(room.store)
    received(room.store, png_film())

    assert f"/films/{done}" in browser.submit("/worklist", text="müller").text.replace("Müller", "müller")
    assert "No film was found" in browser.submit("/worklist", text="100%").text
    state = films.find(room.store, done).state
    page = browser.get(f"/?state={state.value}").text
    assert f"/films/{done}" in page
    assert "/films/2" not in page
    assert browser.get("/?state=signed").text.count("No film was found") == 1


def test_many_films_have_pages(room: TestRoom) -> None:
    for number in range(53):
        received(room.store, png_film(number))
    browser = room.browser("reader")

    assert "page 1 of 2" in browser.get("/").text
    second = browser.submit("/worklist", page=2).text
    assert second.count('href="/films/') == 3


def test_an_undelivered_document_is_shown_and_tried_again(room: TestRoom) -> None:
    film_id = received(room.store)
    job = jobs.take(room.store)
    assert job
    jobs.finish(room.store, job, assessment(), None, lambda _film, _made: [NewDelivery("sr", "pacs")])
    delivery = outbox.take(room.store)
    assert delivery
    outbox.failed(room.store, delivery, "The archive refused it.", is_final=True)
    browser = room.browser("reader")

    assert "not delivered" in browser.get("/?undelivered=true").text
    assert "The archive refused it." in browser.get(f"/films/{film_id}/details").text
    assert browser.submit(f"/deliveries/{delivery.id}/retry", film_id=film_id).status_code == 303
    assert "No film was found" in browser.get("/?undelivered=true").text
    assert films.find(room.store, film_id).state in (FilmState.ASSESSED, FilmState.ATTENTION)
