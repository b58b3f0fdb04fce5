"""From the upload to the signed report, in a real browser: with the mouse, and by the keyboard alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pydicom
import pytest
from playwright.sync_api import Download, Page, expect

from tests.browsing import accessibility_faults
from tests.reading_room.rooms import PASSWORD
from tests.reading_room.served_room import ServedRoom, served_room, tab_to
from tests.report.reports import STUDY_UID
from tests.store.stores import assessed, film_of_child

ASSESSED_MS = 300_000
"""A busy machine takes long to start the process that assesses films."""
NUMBERS = count(1)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedRoom]:
    with served_room(tmp_path_factory.mktemp("room"), works=True) as served:
        yield served


@pytest.fixture(scope="module")
def quiet_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedRoom]:
    """A room without a worker; the tests add assessed films."""
    with served_room(tmp_path_factory.mktemp("quiet"), reader_first=False) as served:
        yield served


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A DICOM film; each test has its own instance, study and patient."""
    number = next(NUMBERS)
    path = tmp_path / "hand.dcm"
    path.write_bytes(film_of_child(number, PatientID=f"P-{number}", StudyInstanceUID=f"{STUDY_UID}.{number}"))
    return path


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def check_report(sr: bytes, pdf: bytes) -> None:
    """The structured report is verified and belongs to the film's study; the page is a PDF."""
    dataset = pydicom.dcmread(io.BytesIO(sr))
    assert dataset.Modality == "SR"
    assert dataset.StudyInstanceUID.startswith(STUDY_UID)
    assert dataset.VerificationFlag == "VERIFIED"
    assert pdf.startswith(b"%PDF")


@pytest.mark.slow
def test_from_upload_to_signed_report_with_the_mouse(page: Page, room: ServedRoom, film: Path) -> None:
    room.log_in(page)
    assert accessibility_faults(page) == []
    page.locator("#upload-files").set_input_files(film)
    line = page.get_by_role("row").filter(has_text=film_number(film))
    expect(line).to_contain_text("assessed", timeout=ASSESSED_MS)
    line.get_by_role("link").click()
    page.wait_for_selector("section.film[data-ready=yes]")
    assert accessibility_faults(page) == []

    page.get_by_role("button", name="Radius: ").click()
    assert accessibility_faults(page) == []
    page.get_by_role("radio", name=re.compile("^G ")).click()
    expect(page.get_by_role("button", name="Radius: stage G")).to_be_visible()
    page.get_by_role("radio", name="Accept").check()
    page.get_by_label("Comment").fill("clear")
    page.get_by_role("button", name="Sign as Dr. reader").click()

    expect(page.get_by_role("heading", name="Signed report, version 1")).to_be_visible()
    page.wait_for_selector("section.film[data-ready=yes]")
    assert accessibility_faults(page) == []
    expect(page.get_by_role("button", name="Radius: stage G")).to_be_disabled()
    with page.expect_download() as sr:
        page.get_by_role("link", name="DICOM structured report").click()
    with page.expect_download() as pdf:
        page.get_by_role("link", name="one page of PDF").click()
    check_report(content(sr.value), content(pdf.value))


@pytest.mark.slow
def test_from_upload_to_signed_report_by_the_keyboard(page: Page, room: ServedRoom, film: Path) -> None:
    keys = page.keyboard
    page.on("filechooser", lambda _: None)  # the browser takes over file dialogs from here on, before a key can open one
    page.goto(f"{room.address}/login")
    keys.type("reader")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(f"{room.address}/")
    tab_to(page, page.locator("#upload-files"))
    with page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(film)
    line = page.get_by_role("row").filter(has_text=film_number(film))
    expect(line).to_contain_text("assessed", timeout=ASSESSED_MS)
    tab_to(page, line.get_by_role("link"))
    keys.press("Enter")
    page.wait_for_selector("section.film[data-ready=yes]")

    tab_to(page, page.get_by_role("application"))
    keys.press("x")
    expect(page.locator(".map-scale")).to_be_visible()
    tab_to(page, page.locator("button.bone").first)
    keys.press("g")
    expect(page.get_by_role("button", name="Radius: stage G")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Delete")
    keys.press("Enter")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Ulna: stage B")).to_be_focused()
    tab_to(page, page.get_by_role("radio", name="Accept"))
    keys.press("ArrowRight")
    tab_to(page, page.get_by_role("textbox", name="Bone age"))
    keys.type("9y3m")
    tab_to(page, page.get_by_role("button", name=re.compile("^Sign as")))
    keys.press("Enter")

    expect(page.get_by_role("heading", name="Signed report, version 1")).to_be_visible()
    files = []
    for name in ("one page of PDF", "DICOM structured report"):
        tab_to(page, page.get_by_role("link", name=name))
        with page.expect_download() as download:
            keys.press("Enter")
        files.append(content(download.value))
    check_report(pdf=files[0], sr=files[1])


def film_number(film: Path) -> str:
    """The patient ID of a film."""
    return str(pydicom.dcmread(film, stop_before_pixels=True).PatientID)


def test_a_correction_is_a_new_version(page: Page, quiet_room: ServedRoom) -> None:
    film_id = assessed(quiet_room.store, film_of_child(1))
    quiet_room.log_in(page)
    quiet_room.open(page, film_id)
    page.get_by_role("radio", name="Reject").check()
    page.get_by_label("Reason").fill("motion")
    page.get_by_role("button", name=re.compile("^Sign as")).click()
    expect(page.get_by_text("Estimate rejected by Dr. reader")).to_be_visible()

    page.get_by_role("link", name="Correct this report").click()
    page.wait_for_selector("section.film[data-ready=yes]")
    expect(page.get_by_role("heading", name="Correction: version 2")).to_be_visible()
    page.get_by_role("radio", name="Another age").check()
    page.get_by_role("textbox", name="Bone age").fill("8y 6m")
    page.get_by_role("button", name=re.compile("^Sign as")).click()

    expect(page.get_by_role("heading", name="Signed report, version 2")).to_be_visible()
    expect(page.locator(".headline .age")).to_have_text("8 y 6 m")
    expect(page.get_by_role("link", name="version 1 (PDF)")).to_be_visible()


def test_stages_heights_references_and_other_films(page: Page, quiet_room: ServedRoom) -> None:
    first = assessed(quiet_room.store, film_of_child(11, PatientID="S-1", StudyInstanceUID="1.2.3.1", StudyDate="20180615"))
    second = assessed(quiet_room.store, film_of_child(12, PatientID="S-1", StudyInstanceUID="1.2.3.2", StudyDate="20190615"))
    quiet_room.log_in(page)
    quiet_room.open(page, second)

    for bone in page.locator("button.bone").all():
        bone.press("f")
    expect(page.locator(".stage-ages tbody tr")).to_have_count(2)
    expect(page.locator(".stage-ages")).to_contain_text("TW3-RUS")
    page.locator("button.bone").first.press("Delete")
    expect(page.get_by_text("12 of 13 bones are staged.")).to_be_visible()

    page.get_by_role("heading", name="Adult height").click()
    page.get_by_label(re.compile("^Height")).fill("134")
    page.get_by_label(re.compile("^Mother")).fill("166,5")
    page.get_by_label(re.compile("^Father")).fill("180.5")
    page.get_by_role("button", name="Predict").click()
    expect(page.get_by_role("row", name=re.compile("^Mid-parental"))).to_contain_text("cm")

    reference = page.locator("button.reference").first
    reference.click()
    expect(page.get_by_role("img", name=re.compile("^Reference hand"))).to_be_visible()
    reference.click()
    expect(page.get_by_role("img", name=re.compile("^Reference hand"))).to_be_hidden()
    expect(page.get_by_role("link", name="2018-06-15")).to_have_attribute("href", f"/films/{first}")
