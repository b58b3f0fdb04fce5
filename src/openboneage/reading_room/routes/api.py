"""The API under /api/v1: films, assessments, decisions and reports, for programs of a hospital."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, UploadFile
from fastapi.responses import Response

from openboneage.errors import BoneAgeError
from openboneage.reading_room.auth import AnyAccount, ForbiddenError, ReaderAccount, api_account
from openboneage.reading_room.documents import document_response
from openboneage.reading_room.faults import Fault
from openboneage.reading_room.records import (
    AssessmentRecord,
    Child,
    DecisionForm,
    FilmPage,
    FilmRecord,
    QueueRecord,
    ReportVersion,
    Wanted,
)
from openboneage.reading_room.room import Room, TheRoom
from openboneage.reading_room.routes.films import decision_of
from openboneage.reading_room.uploads import Uploaded, take_upload
from openboneage.store import films, jobs, reports, worklist
from openboneage.store.accounts import Account
from openboneage.store.films import Reception, Source
from openboneage.store.reports import Signature
from openboneage.store.worklist import Search
from openboneage.subject import ChronologicalMonths, Sex

REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Fault, "description": text}
    for status, text in {
        400: "Something in the request is wrong.",
        401: "There is no valid token.",
        403: "The account may not do this.",
        404: "There is no such film, assessment or version.",
        409: "The film has changed since.",
        413: "The request is too large.",
        415: "The file is no film.",
        422: "The request does not fit its schema, or the film was refused.",
        503: "Too many films wait.",
    }.items()
}

router = APIRouter(prefix="/api/v1", tags=["films"], dependencies=[Depends(api_account)], responses=REFUSALS)

FilmId = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the film.")]
Version = Annotated[int, Path(ge=0, le=2**31 - 1, description="Signed version; 0 for the report without a decision.")]
FormatName = Annotated[str, Path(max_length=20, description="text, json, png, pdf, fhir, sr, seg, sc or dicom-pdf.")]


class NotFoundError(BoneAgeError):
    """What was asked for does not exist."""

    http_status = 404


@router.get("/queue")
def queue(room: TheRoom) -> QueueRecord:
    """How many films wait for their assessment."""
    return QueueRecord.model_validate(jobs.length(room.store), from_attributes=True)


@router.post("/films/search")
def search(room: TheRoom, wanted: Wanted) -> FilmPage:
    """Find films. The text is in the body, since addresses end up in logs."""
    found = worklist.search(room.store, Search(wanted.text, wanted.state, page=wanted.page))
    lines = [FilmRecord.of(line.film) for line in found.lines]
    return FilmPage(films=lines, found=found.films, page=found.number, pages=found.pages)


@router.post("/films", status_code=201)
def send_film(
    room: TheRoom,
    account: AnyAccount,
    file: UploadFile,
    sex: Annotated[Sex | None, Form()] = None,
    age_months: Annotated[ChronologicalMonths | None, Form()] = None,
) -> list[Uploaded]:
    """Send a film, or a ZIP archive of films; the answer lists each film. An instance that is there already is kept once."""
    how = Reception(Source.API, account.username, file.filename or "", sex, age_months)
    return take_upload(room.store, room.settings, file.file, how)


@router.get("/films/{film_id}")
def film(room: TheRoom, film_id: FilmId) -> FilmRecord:
    """A film."""
    return FilmRecord.of(films.find(room.store, film_id))


@router.get("/films/{film_id}/file", response_class=Response, responses={200: {"content": {"application/octet-stream": {}}}})
def film_file(room: TheRoom, film_id: FilmId) -> Response:
    """The film's file, as it was received."""
    return Response(room.store.files.get(films.find(room.store, film_id).sha256), media_type="application/octet-stream")


@router.get("/films/{film_id}/assessment")
def assessment(room: TheRoom, account: AnyAccount, film_id: FilmId) -> AssessmentRecord:
    """The latest assessment of a film."""
    films.find(room.store, film_id)
    _check_reader_first(room, account, film_id)
    found = jobs.latest(room.store, film_id)
    if found is None:
        raise NotFoundError(jobs.failure(room.store, film_id) or "The film has not been assessed yet; ask again later.")
    return AssessmentRecord(id=found.id, version=found.version, made_at=found.made_at, assessment=found.assessment.to_json())


@router.post("/films/{film_id}/assessment", status_code=202)
def assess_again(room: TheRoom, account: ReaderAccount, film_id: FilmId, child: Child) -> FilmRecord:
    """Assess a film again with another sex or age."""
    films.find(room.store, film_id)
    jobs.reassess(room.store, film_id, account.username, child.sex, child.age_months)
    return FilmRecord.of(films.find(room.store, film_id))


@router.get("/films/{film_id}/reports")
def report_versions(room: TheRoom, film_id: FilmId) -> list[ReportVersion]:
    """All signed versions of a film's report, the latest first."""
    films.find(room.store, film_id)
    return [ReportVersion.of(report) for report in reports.versions(room.store, film_id)]


@router.post("/films/{film_id}/reports", status_code=201)
def sign(room: TheRoom, account: ReaderAccount, film_id: FilmId, form: DecisionForm) -> ReportVersion:
    """Sign the next version of a film's report."""
    films.find(room.store, film_id)
    _check_reader_first(room, account, film_id)
    decision = decision_of(account, form.outcome, form.bone_age_months, form.comment)
    signature = Signature(film_id, form.assessment_id, form.replaces_version, account.id, account.username, decision)
    return ReportVersion.of(room.sign(film_id, signature))


@router.get(
    "/films/{film_id}/reports/{version}/{format_name}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def document(
    room: TheRoom,
    account: AnyAccount,
    film_id: FilmId,
    version: Version,
    format_name: FormatName,
    language: Annotated[str, Query(max_length=10, description="Language of the words.")] = "en",
) -> Response:
    """A report in one format."""
    films.find(room.store, film_id)
    if version == 0:
        _check_reader_first(room, account, film_id)
    return document_response(room, film_id, version, format_name, language)


def _check_reader_first(room: Room, account: Account, film_id: int) -> None:
    """In reader-first mode, readers get no answer before their own; programs with tokens of integrators do."""
    if not room.settings.reader_first or account.role == "integrator" or reports.versions(room.store, film_id):
        return
    if not reports.has_read_first(room.store, film_id, account.id):
        raise ForbiddenError("Enter your own bone age first, on the page of the film.")
