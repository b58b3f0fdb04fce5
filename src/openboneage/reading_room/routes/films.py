"""The page of a film and the files of its reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, Json, ValidationError

from openboneage.errors import BoneAgeError, InputError
from openboneage.reading_room.auth import Administrator, ForbiddenError, FromPage, LoggedIn
from openboneage.reading_room.documents import document_response
from openboneage.reading_room.room import TheRoom
from openboneage.reading_room.routes.reading import must_read_first, reading_values
from openboneage.reading_room.view.stages import checked
from openboneage.report.formats import FORMATS
from openboneage.report.report import Decision, Outcome
from openboneage.store import audit, films, jobs, outbox, removal, reports
from openboneage.store.accounts import Account, Role, Session
from openboneage.store.reports import Signature
from openboneage.subject import Sex, parse_age_months

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=2000)]


class SignForm(BaseModel):
    """The form that a reader signs; `stages` is JSON: a TW3 stage or a RUS-CHN level for each bone."""

    outcome: Outcome
    assessment_id: int
    replaces_version: int = 0
    bone_age: Annotated[str, Field(max_length=20)] = ""
    comment: Annotated[str, Field(max_length=2000)] = ""
    stages: Json[Annotated[dict[str, Annotated[str, Field(max_length=3)]], Field(max_length=13)]] = {}


@router.get("/films/{film_id}")
def reading_page(room: TheRoom, session: LoggedIn, film_id: int, correct: bool = False) -> HTMLResponse:
    """The reading page; details of a film that has no assessment."""
    if jobs.latest(room.store, film_id) is None:
        return details_page(room, session, film_id)
    reading = room.desk.open(film_id, correct=correct)
    return room.page("reading/page.html", session, **reading_values(room, session, reading, correcting=correct))


@router.get("/films/{film_id}/details")
def details_page(room: TheRoom, session: LoggedIn, film_id: int) -> HTMLResponse:
    """A film with its assessment and reports."""
    film = films.find(room.store, film_id)
    must_read = must_read_first(room, session, film_id)
    return room.page(
        "film.html",
        session,
        film=film,
        earlier=[each for each in films.of_patient(room.store, film.patient_number) if each.id != film_id],
        assessed=None if must_read else jobs.latest(room.store, film_id),
        must_read=must_read,
        failure=jobs.failure(room.store, film_id),
        versions=reports.versions(room.store, film_id),
        deliveries=outbox.of_film(room.store, film_id),
        formats=FORMATS,
        history=audit.entries(room.store, film_id=film_id) if session.account.role is Role.ADMINISTRATOR else [],
    )


@router.post("/films/{film_id}/first-read")
def first_read(room: TheRoom, session: FromPage, film_id: int, bone_age: Text) -> Response:
    """Store the bone age that a reader enters before seeing the program's."""
    account = _reader(session)
    films.find(room.store, film_id)
    reports.read_first(room.store, film_id, account.id, account.username, parse_age_months(bone_age))
    return RedirectResponse(f"/films/{film_id}", 303)


@router.post("/films/{film_id}/assessment")
def assess_again(room: TheRoom, session: FromPage, film_id: int, sex: Text = "", age: Text = "") -> Response:
    """Assess a film again with an entered sex and age; empty takes the film's."""
    entered_age = parse_age_months(age) if age.strip() else None
    jobs.reassess(room.store, film_id, _reader(session).username, Sex(sex) if sex in list(Sex) else None, entered_age)
    return RedirectResponse(f"/films/{film_id}", 303)


@router.post("/films/{film_id}/sign")
def sign(room: TheRoom, session: FromPage, film_id: int, form: Annotated[SignForm, Form()]) -> Response:
    """Sign a report, and show the locked page; the form again if something is wrong."""
    account = _reader(session)
    if must_read_first(room, session, film_id):
        raise ForbiddenError("Enter your own bone age first.")
    try:
        months = parse_age_months(form.bone_age) if form.outcome is Outcome.EDITED else None
        decision = decision_of(account, form.outcome, months, form.comment)
        signature = Signature(
            film_id, form.assessment_id, form.replaces_version, account.id, account.username, decision, checked(form.stages)
        )
        room.sign(film_id, signature)
    except BoneAgeError as error:
        reading = room.desk.open(film_id, correct=True)
        values = reading_values(room, session, reading, correcting=True, error=str(error))
        return room.page("reading/page.html", session, error.http_status, **values)
    return RedirectResponse(f"/films/{film_id}", 303)


def decision_of(account: Account, outcome: Outcome, bone_age_months: float | None, comment: str) -> Decision:
    """The decision of a reader, now.

    Raises:
        InputError: Something is missing or not allowed.
    """
    try:
        return Decision(
            outcome=outcome,
            reader=account.full_name or account.username,
            organization=account.organization,
            time=datetime.now(UTC),
            bone_age_months=bone_age_months,
            comment=comment,
        )
    except ValidationError as error:
        raise InputError(error.errors(include_input=False)[0]["msg"].removeprefix("Value error, ")) from None


@router.get("/films/{film_id}/reports/{version}/{format_name}")
def document(room: TheRoom, session: LoggedIn, film_id: int, version: int, format_name: str, language: str = "en") -> Response:
    """A report in one format."""
    if version == 0 and must_read_first(room, session, film_id):
        raise ForbiddenError("Enter your own bone age first.")
    return document_response(room, film_id, version, format_name, language)


@router.post("/patients/{patient_number}/remove")
def remove_patient(room: TheRoom, _: Administrator, session: FromPage, patient_number: int) -> Response:
    """Remove all data of a patient."""
    removal.remove_patient(room.store, patient_number, session.account.username)
    return RedirectResponse("/", 303)


def _reader(session: Session) -> Account:
    if session.account.role is Role.INTEGRATOR:
        raise ForbiddenError("This needs an account with the role reader or administrator.")
    return session.account
