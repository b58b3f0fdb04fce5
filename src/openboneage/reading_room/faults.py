"""Errors as answers: JSON for the API and for scripts, a page for people. No answer contains patient data or a traceback."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from openboneage.errors import BoneAgeError
from openboneage.reading_room.auth import NotLoggedInError, session_of
from openboneage.reading_room.room import room_of

log = logging.getLogger(__name__)

STATUS_WORDS = {
    404: "There is no such page.",
    405: "This address does not take such requests.",
    413: "The request is too large; send fewer or smaller films.",
}


class Fault(BaseModel):
    """An error."""

    error: str = Field(description="Kind of the error.")
    message: str = Field(description="What was expected, what was found and what to do.")


def add_faults(app: FastAPI) -> None:
    """Answer all errors of an application."""
    app.add_exception_handler(BoneAgeError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _known(request: Request, error: Exception) -> Response:
    status = error.http_status if isinstance(error, BoneAgeError) else 500
    if isinstance(error, NotLoggedInError) and request.method == "GET" and _wants_page(request):
        return RedirectResponse("/login", 303)
    return _answer(request, type(error).__name__, str(error), status)


def _invalid(request: Request, error: Exception) -> Response:
    """What the request lacks, without the values that it has."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = "; ".join(f"{'.'.join(map(str, each['loc'][1:])) or each['loc'][0]}: {each['msg']}" for each in found)
    return _answer(request, "InputError", faults or "The request is not valid.", 422)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    answer = _answer(request, "HTTPError", STATUS_WORDS.get(status, "The request cannot be answered."), status)
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("Unexpected %s in %s.", type(error).__name__, getattr(request.scope.get("route"), "path", "(no route)"))
    return _answer(request, "ServerError", "The program made an error; the log names its kind.", 500)


def _answer(request: Request, kind: str, message: str, status: int) -> Response:
    if not _wants_page(request):
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return JSONResponse(Fault(error=kind, message=message).model_dump(), status, headers=headers)
    room = room_of(request)
    return room.page("error.html", session_of(request, room), status, message=message)


def _wants_page(request: Request) -> bool:
    is_script = request.headers.get("HX-Request") or not request.headers.get("Accept", "").startswith("text/html")
    return not request.url.path.startswith("/api/") and not is_script
