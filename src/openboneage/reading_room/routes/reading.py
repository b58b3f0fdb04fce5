"""What the reading page of a film shows and loads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from openboneage.reading_room.auth import LoggedIn, check_form, require_session
from openboneage.reading_room.desk import Reading
from openboneage.reading_room.room import Room, TheRoom
from openboneage.reading_room.view.film import film_bytes
from openboneage.reading_room.view.growth import child_of, earlier_film, growth_png
from openboneage.reading_room.view.heights import HeightRequest, heights_of
from openboneage.reading_room.view.overlays import overlays_of, without_estimate
from openboneage.reading_room.view.page import reading_page
from openboneage.reading_room.view.stages import ages_of
from openboneage.report.formats import FORMATS
from openboneage.report.phrases import phrases_of
from openboneage.store import outbox, reports
from openboneage.store.accounts import Role, Session
from openboneage.store.outbox import DeliveryState

router = APIRouter(include_in_schema=False, dependencies=[Depends(require_session)])


class StageRequest(BaseModel):
    """Stages of bones: a TW3 stage or a RUS-CHN level each."""

    model_config = ConfigDict(extra="forbid")

    stages: Annotated[dict[str, Annotated[str, Field(max_length=3)]], Field(max_length=13)]


@router.get("/films/{film_id}/pixels")
def pixels(room: TheRoom, film_id: int) -> Response:
    """The film at full depth; see `view.film`."""
    hand = room.desk.open(film_id).report.examination.hand
    return Response(film_bytes(hand), media_type="application/octet-stream")


@router.get("/films/{film_id}/overlays")
def overlays(room: TheRoom, session: LoggedIn, film_id: int) -> JSONResponse:
    """Outlines, bones, joints and the occlusion map; before a reader's own age only what does not tell the estimate."""
    report = room.desk.open(film_id).report
    found = overlays_of(report.examination.hand, report.assessment, report.attention)
    return JSONResponse(without_estimate(found) if must_read_first(room, session, film_id) else found)


@router.post("/films/{film_id}/stages", dependencies=[Depends(check_form)])
def stage_ages(room: TheRoom, film_id: int, asked: StageRequest) -> JSONResponse:
    """The ages by TW3 and RUS-CHN that follow from stages; nothing is stored."""
    subject = room.desk.open(film_id).report.assessment.subject
    return JSONResponse(asdict(ages_of(subject, asked.stages, phrases_of())))


@router.post("/films/{film_id}/heights", dependencies=[Depends(check_form)])
def heights(room: TheRoom, film_id: int, asked: HeightRequest) -> JSONResponse:
    """Adult height from a reader's inputs; nothing is stored."""
    subject = room.desk.open(film_id).report.assessment.subject
    return JSONResponse(asdict(heights_of(subject, asked, phrases_of())))


@router.get("/films/{film_id}/growth.png")
def growth(room: TheRoom, session: LoggedIn, film_id: int) -> Response:
    """The bone ages of the child's films over time."""
    child = child_of(room.desk.of_child(room.desk.open(film_id).film))
    if child is None or must_read_first(room, session, film_id):
        raise HTTPException(404)
    return Response(growth_png(child, phrases_of()), media_type="image/png")


@router.get("/reference-hands/{number}")
def reference_hand(room: TheRoom, number: int) -> Response:
    """The image of a reference hand."""
    if not 0 <= number < len(room.atlas.hands):
        raise HTTPException(404)
    hand = room.atlas.hands[number]
    return Response(hand.path.read_bytes(), media_type=hand.media_type)


def must_read_first(room: Room, session: Session, film_id: int) -> bool:
    """Whether the reader has to enter a bone age before the program's is shown."""
    if not room.settings.reader_first or reports.versions(room.store, film_id):
        return False
    return not reports.has_read_first(room.store, film_id, session.account.id)


def reading_values(room: Room, session: Session, reading: Reading, *, correcting: bool, error: str = "") -> dict[str, Any]:
    """What the template of the reading page needs.

    Args:
        room: The room.
        session: The reader's session.
        reading: The film, opened for a correction if `correcting`.
        correcting: Whether the page asks for a decision though there is a signed one.
        error: Why the decision was not taken; empty if it was not sent.
    """
    say, film, signed = phrases_of(), reading.film, reading.signed
    child_films = room.desk.of_child(film)
    return {
        "view": reading_page(reading.report, room.atlas, signed.stages if signed else {}, say),
        "film": film,
        "hidden": must_read_first(room, session, film.id),
        "earlier": [earlier_film(each, say) for each in child_films if each.film_id != film.id],
        "has_growth": child_of(child_films) is not None,
        "locked": signed is not None and not correcting,
        "signed": signed,
        "earlier_versions": [each.version for each in reading.versions[1:]],
        "formats": [each for each in FORMATS if reading.report.origin or not each.ending.endswith(".dcm")],
        "may_sign": session.account.role is not Role.INTEGRATOR,
        "has_estimate": bool(reading.report.assessment.answers),
        "assessment_id": reading.assessment_id,
        "reader_name": session.account.full_name or session.account.username,
        "dead_letters": [each for each in outbox.of_film(room.store, film.id) if each.state is DeliveryState.DEAD],
        "error": error,
    }
