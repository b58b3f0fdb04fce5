"""Log in, log out, change one's password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from openboneage.errors import InputError
from openboneage.reading_room import auth
from openboneage.reading_room.auth import FromPage, LoggedIn, Visitor
from openboneage.reading_room.room import TheRoom
from openboneage.store import accounts

router = APIRouter(include_in_schema=False)

REFUSED = "User name or password is wrong."
TOO_MANY = "Too many failed logins. Wait 15 minutes, or ask an administrator."

Word = Annotated[str, Form(max_length=1000)]


@router.get("/login")
def login_page(room: TheRoom, session: Visitor) -> Response:
    """The login page."""
    return RedirectResponse("/", 303) if session else room.page("login.html", None, message="")


@router.post("/login")
def log_in(request: Request, room: TheRoom, username: Word, password: Word) -> Response:
    """Check user name and password, and begin a session."""
    auth.check_origin(request)
    address = request.client.host if request.client else ""
    if not room.limiter.is_allowed(username, address):
        return room.page("login.html", None, 429, message=TOO_MANY)
    account = auth.check_password(room, username, password)
    if account is None:
        room.limiter.failed(username, address)
        accounts.record_refused_login(room.store, accounts.password_hash(room.store, username) is not None)
        return room.page("login.html", None, 401, message=REFUSED)
    room.limiter.succeeded(username)
    secret = accounts.begin_session(room.store, account, room.settings.session_hours)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        auth.cookie_name(room.settings),
        secret,
        max_age=int(3600 * room.settings.session_hours),
        httponly=True,
        secure=room.settings.is_encrypted,
        samesite="strict",
    )
    return answer


@router.post("/logout")
def log_out(request: Request, room: TheRoom, session: FromPage) -> Response:
    """End the session."""
    name = auth.cookie_name(room.settings)
    accounts.end_session(room.store, request.cookies.get(name, ""), session.account.username)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(name, secure=room.settings.is_encrypted, httponly=True, samesite="strict")
    return answer


@router.get("/account")
def account_page(room: TheRoom, session: LoggedIn) -> HTMLResponse:
    """The own account."""
    return room.page("account.html", session, message="")


@router.post("/account/password")
def change_password(room: TheRoom, session: FromPage, password: Word, new_password: Word) -> Response:
    """Change the own password, which ends all sessions."""
    if auth.check_password(room, session.account.username, password) is None:
        return room.page("account.html", session, 401, message="The present password is wrong.")
    try:
        new_hash = auth.hashed(new_password)
    except InputError as error:
        return room.page("account.html", session, 400, message=str(error))
    accounts.set_password(room.store, session.account.id, new_hash, session.account.username)
    return RedirectResponse("/login", 303)
