from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openboneage.bones.names import RUS
from openboneage.store import jobs, reports
from openboneage.subject import Subject
from tests.hands import film as hand_film
from tests.hands import png
from tests.reading_room.rooms import Browser, TestRoom, opened_room
from tests.store.stores import assessed, assessment, film_of_child, received


@pytest.fixture
def first_room(tmp_path: Path) -> Iterator[TestRoom]:
    """A room in which readers enter a bone age first."""
    with opened_room(tmp_path / "store", reader_first=True) as opened:
        yield opened


def send(browser: Browser, address: str, content: Any) -> Any:
    return browser.post(address, json=content, headers={"X-CSRF-Token": browser.token(), "Accept": "*/*"})


def sign(browser: Browser, room: TestRoom, film_id: int, **fields: str) -> Any:
    latest = jobs.latest(room.store, film_id)
    assert latest is not None
    return browser.submit(f"/films/{film_id}/sign", **{"outcome": "accepted", "assessment_id": str(latest.id), **fields})


def test_the_film_comes_at_full_depth(room: TestRoom) -> None:
    film_id = assessed(room.store)

    data = room.browser("reader").get(f"/films/{film_id}/pixels").content

    (length,) = struct.unpack("<I", data[:4])
    header = json.loads(data[4 : 4 + length])
    assert len(data) == 4 + length + 2 * header["width"] * header["height"]
    assert header["spacing_mm"] == [0.5, 0.5]


@pytest.mark.parametrize("part", ["", "/pixels", "/overlays", "/growth.png"])
def test_nothing_is_shown_without_a_login(room: TestRoom, part: str) -> None:
    film_id = assessed(room.store)

    answer = room.browser().get(f"/films/{film_id}{part}", follow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


def test_the_page_has_assessment_stages_and_decision(room: TestRoom) -> None:
    page = room.browser("reader").get(f"/films/{assessed(room.store)}").text

    for text in ("Müller, Åsa", "90 % interval", "Metacarpal III", "Synthetic hands", "Sign as Dr. reader"):
        assert text in page


def test_a_film_that_waits_shows_its_details(room: TestRoom) -> None:
    assert "waits for its assessment" in room.browser("reader").get(f"/films/{received(room.store)}").text


def test_the_reader_decides_first_where_the_site_wants_it(first_room: TestRoom) -> None:
    film_id = assessed(first_room.store)
    browser = first_room.browser("reader")

    page = browser.get(f"/films/{film_id}").text
    assert "Your bone age first" in page
    for hidden in ("90 % interval", "Sign as", "probability"):
        assert hidden not in page
    assert browser.get(f"/films/{film_id}/overlays").json()["occlusion"] is None

    assert browser.submit(f"/films/{film_id}/first-read", bone_age="9y3m").status_code == 303
    assert "90 % interval" in browser.get(f"/films/{film_id}").text


def test_stages_give_ages(room: TestRoom) -> None:
    address = f"/films/{assessed(room.store)}/stages"
    browser = room.browser("reader")

    found = send(browser, address, {"stages": dict.fromkeys(RUS, "F")}).json()

    assert [each["title"] for each in found["standards"]] == ["TW3-RUS", "RUS-CHN"]
    assert browser.post(address, json={"stages": {}}).status_code == 403
    wrong = send(browser, address, {"stages": {"radius": "X"}})
    assert (wrong.status_code, "no stage 'X'" in wrong.json()["message"]) == (400, True)
    assert send(browser, address, {"stages": {"radius": "FFFF"}}).status_code == 422


def test_heights_are_predicted(room: TestRoom) -> None:
    address = f"/films/{assessed(room.store)}/heights"
    browser = room.browser("reader")

    assert "cm" in send(browser, address, {"height_cm": 134, "bone_age_months": 111}).json()["headline"]
    assert send(browser, address, {"height_cm": 13}).status_code == 400


def test_the_growth_of_a_child_with_two_films(room: TestRoom) -> None:
    first = assessed(room.store, film_of_child(1))
    browser = room.browser("reader")
    assert browser.get(f"/films/{first}/growth.png").status_code == 404
    earlier = Subject(assessment().subject.sex, "file", 90.0, "PatientBirthDate")

    second = assessed(room.store, film_of_child(2), assessment().model_copy(update={"subject": earlier}))

    assert browser.get(f"/films/{second}/growth.png").content.startswith(b"\x89PNG")
    assert f"/films/{second}/growth.png" in browser.get(f"/films/{second}").text


def test_reference_hands_are_images(room: TestRoom) -> None:
    browser = room.browser("reader")

    assert browser.get("/reference-hands/0").headers["Content-Type"] == "image/webp"
    assert browser.get("/reference-hands/9999").status_code == 404


def test_signed_stages_are_kept_and_reported(room: TestRoom) -> None:
    film_id = assessed(room.store)
    browser = room.browser("reader")

    assert sign(browser, room, film_id, stages=json.dumps(dict.fromkeys(RUS, "F") | {"ulna": "6"})).status_code == 303

    (signed,) = reports.versions(room.store, film_id)
    assert signed.stages["rus-chn"] == {"ulna": "6"}
    text = browser.get(f"/films/{film_id}/reports/1/text").text
    assert "TW3-RUS" in text
    page = browser.get(f"/films/{film_id}").text
    assert "Signed report, version 1" in page
    assert "Sign as" not in page


def test_a_report_with_few_stages_has_no_score(room: TestRoom) -> None:
    film_id = assessed(room.store)
    browser = room.browser("reader")
    sign(browser, room, film_id, stages='{"radius": "F"}')

    assert "TW3-RUS" not in browser.get(f"/films/{film_id}/reports/1/text").text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"outcome": "edited", "bone_age": "soon"}, "soon"),
        ({"outcome": "rejected"}, "reason of a rejection"),
        ({"stages": '{"lunate": "F"}'}, "lunate"),
        ({"replaces_version": "3"}, "load the page again"),
    ],
)
def test_a_wrong_decision_shows_the_form_again(room: TestRoom, fields: dict[str, str], message: str) -> None:
    film_id = assessed(room.store)

    answer = sign(room.browser("reader"), room, film_id, **fields)

    assert answer.status_code in (400, 409)
    assert message in answer.text
    assert "Sign as Dr. reader" in answer.text
    assert reports.versions(room.store, film_id) == []


def test_a_correction_shows_the_form_of_a_signed_film(room: TestRoom) -> None:
    film_id = assessed(room.store)
    browser = room.browser("reader")
    sign(browser, room, film_id)

    page = browser.get(f"/films/{film_id}?correct=yes").text

    assert "Correction: version 2" in page
    assert 'name="replaces_version" value="1"' in page


def test_a_picture_offers_no_dicom_files(room: TestRoom) -> None:
    film_id = assessed(room.store, png(hand_film()))
    browser = room.browser("reader")
    sign(browser, room, film_id)

    page = browser.get(f"/films/{film_id}").text

    assert "one page of PDF" in page
    assert "DICOM structured report" not in page
