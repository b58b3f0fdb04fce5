from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openboneage.store import films, jobs, outbox, reports
from openboneage.store.destinations import Destinations, announce
from openboneage.store.outbox import NewDelivery
from tests.reading_room.rooms import TestRoom, opened_room
from tests.store.stores import assessed, film_of_child, received


def sign(room: TestRoom, film_id: int, name: str = "reader", **fields: Any) -> Any:
    found = jobs.latest(room.store, film_id)
    assert found
    return room.browser(name).submit(f"/films/{film_id}/sign", assessment_id=found.id, **fields)


def test_the_page_shows_the_film_and_its_assessment(room: TestRoom) -> None:
    page = room.browser("reader").get(f"/films/{assessed(room.store)}").text

    assert "Müller, Åsa" in page
    assert "Greulich-Pyle" in page
    assert "Sign as Dr. reader" in page
    assert "Remove this patient" not in page


def test_a_film_without_an_assessment_says_why(room: TestRoom) -> None:
    film_id = received(room.store)
    browser = room.browser("reader")
    assert "waits for its assessment" in browser.get(f"/films/{film_id}").text
    job = jobs.take(room.store)
    assert job
    jobs.fail(room.store, job, "The file is cut off.")

    assert "The file is cut off." in browser.get(f"/films/{film_id}").text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"outcome": "accepted"}, 303),
        ({"outcome": "edited", "bone_age": "9y3m"}, 303),
        ({"outcome": "rejected", "comment": "Wrong hand."}, 303),
        ({"outcome": "rejected"}, 400),
        ({"outcome": "edited", "bone_age": "nine"}, 400),
        ({"outcome": "accepted", "replaces_version": 3}, 409),
        ({"outcome": "other"}, 422),
    ],
)
def test_a_reader_signs(room: TestRoom, fields: dict[str, Any], status: int) -> None:
    film_id = assessed(room.store)

    assert sign(room, film_id, **fields).status_code == status
    assert len(reports.versions(room.store, film_id)) == (status == 303)
    assert ("Signed report, version 1" in room.browser("reader").get(f"/films/{film_id}").text) is (status == 303)


def test_a_signed_report_is_sent_where_the_node_has_announced(room: TestRoom) -> None:
    announce(room.store, Destinations(signed=(NewDelivery("sr", "pacs"),)), "node")
    film_id = assessed(room.store, film_of_child())

    assert sign(room, film_id, outcome="accepted").status_code == 303
    assert [(each.format, each.destination, each.report_version) for each in outbox.of_film(room.store, film_id)] == [
        ("sr", "pacs", 1)
    ]


def test_an_integrator_does_not_sign(room: TestRoom) -> None:
    film_id = assessed(room.store)

    assert sign(room, film_id, "integrator", outcome="accepted").status_code == 403


def test_the_reader_reads_first(tmp_path: Path) -> None:
    with opened_room(tmp_path / "store", reader_first=True) as room:
        film_id, browser = assessed(room.store), room.browser("reader")

        assert "Greulich-Pyle" not in browser.get(f"/films/{film_id}").text
        assert browser.get(f"/films/{film_id}/reports/0/text").status_code == 403
        assert room.program("reader").get(f"/api/v1/films/{film_id}/assessment").status_code == 403
        assert sign(room, film_id, outcome="accepted").status_code == 403
        assert browser.submit(f"/films/{film_id}/first-read", bone_age="8y6m").status_code == 303
        assert "Greulich-Pyle" in browser.get(f"/films/{film_id}").text
        assert [each.bone_age_months for each in reports.first_reads(room.store)] == [102.0]


def test_a_film_is_assessed_again_with_another_sex(room: TestRoom) -> None:
    film_id = assessed(room.store)

    assert room.browser("reader").submit(f"/films/{film_id}/assessment", sex="male", age="9y").status_code == 303
    film = films.find(room.store, film_id)
    assert (film.entered_sex, film.entered_age_months) == ("male", 108.0)


def test_other_films_of_the_patient_are_linked(room: TestRoom) -> None:
    first, second = received(room.store, film_of_child(1)), received(room.store, film_of_child(2))

    assert f'href="/films/{first}"' in room.browser("reader").get(f"/films/{second}").text


def test_a_report_is_downloaded_under_a_name_without_patient_data(room: TestRoom) -> None:
    film_id = assessed(room.store)
    answer = room.browser("reader").get(f"/films/{film_id}/reports/0/json")

    assert answer.headers["Content-Disposition"] == f'attachment; filename="film-{film_id}-report-0.json"'
    assert answer.json()["assessment"]["verdict"]


def test_administrators_alone_remove_a_patient(room: TestRoom) -> None:
    film_id = received(room.store)
    number = films.find(room.store, film_id).patient_number

    assert room.browser("reader").submit(f"/patients/{number}/remove").status_code == 403
    assert room.browser("administrator").submit(f"/patients/{number}/remove").status_code == 303
    assert room.browser("reader").get(f"/films/{film_id}").status_code == 404
