"""The worklist: films, search, upload, progress."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from openboneage.reading_room.auth import FromPage, LoggedIn
from openboneage.reading_room.room import Room, TheRoom
from openboneage.reading_room.uploads import Uploaded, take_upload
from openboneage.reading_room.words import result_text
from openboneage.store import jobs, outbox, worklist
from openboneage.store.accounts import Session
from openboneage.store.films import FilmState, Reception, Source
from openboneage.store.worklist import Search

router = APIRouter(include_in_schema=False)

MAX_PAGE = 100_000
Text = Annotated[str, Form(max_length=200)]
PageNumber = Annotated[int, Form(ge=1, le=MAX_PAGE)]


@router.get("/")
def worklist_page(
    room: TheRoom,
    session: LoggedIn,
    state: Annotated[FilmState | None, Query()] = None,
    page: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 1,
    undelivered: bool = False,
) -> HTMLResponse:
    """The worklist."""
    return _page(room, session, "worklist.html", Search("", state, undelivered, page))


@router.post("/worklist")
def worklist_part(
    room: TheRoom,
    session: FromPage,
    text: Text = "",
    state: Annotated[FilmState | None, Form()] = None,
    page: PageNumber = 1,
    undelivered: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """The lines of a search. The text is in the body of the request, since addresses end up in logs and histories."""
    return _page(room, session, "worklist_lines.html", Search(text, state, undelivered, page))


@router.post("/upload")
def upload(room: TheRoom, session: FromPage, file: UploadFile) -> list[Uploaded]:
    """Receive a film or a ZIP archive of films."""
    how = Reception(Source.UPLOAD, session.account.username, name=file.filename or "")
    return take_upload(room.store, room.settings, file.file, how)


@router.post("/deliveries/{delivery_id}/retry")
def retry_delivery(room: TheRoom, session: FromPage, delivery_id: int, film_id: Annotated[int, Form()]) -> Response:
    """Try a document again that could not be delivered."""
    outbox.retry(room.store, delivery_id, session.account.username)
    return RedirectResponse(f"/films/{film_id}", 303)


def _page(room: Room, session: Session, template: str, wanted: Search) -> HTMLResponse:
    return room.page(
        template,
        session,
        found=worklist.search(room.store, wanted),
        counts=worklist.counts(room.store),
        queue=jobs.length(room.store),
        wanted=wanted,
        states=list(FilmState),
        result_text=result_text,
        hides_ages=room.settings.reader_first,
    )
