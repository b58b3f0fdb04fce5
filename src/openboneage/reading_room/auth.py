"""Who sends a request: a session of a browser or an API token, and what each may do."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from openboneage.errors import BoneAgeError, InputError
from openboneage.reading_room.room import Room, TheRoom
from openboneage.reading_room.settings import Settings
from openboneage.store import accounts
from openboneage.store.accounts import Account, NewAccount, Role, Session

MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 256
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_HASHER = PasswordHasher()
_NO_HASH = _HASHER.hash(secrets.token_urlsafe())
"""Verified where a user name is unknown, so that the time of the answer does not tell."""

_bearer = HTTPBearer(auto_error=False, description="An API token, as administrators make it.")
_cookie = APIKeyCookie(name="session", auto_error=False, description="The session of a browser.")


class NotLoggedInError(BoneAgeError):
    """The request has no valid session and no valid token."""

    http_status = 401


class ForbiddenError(BoneAgeError):
    """The account may not do this, or the request does not come from a page of the reading room."""

    http_status = 403


def cookie_name(settings: Settings) -> str:
    """Name of the cookie; its prefix makes browsers refuse one that did not come by HTTPS."""
    return "__Host-session" if settings.is_encrypted else "session"


def hashed(password: str) -> str:
    """The argon2id hash of a password.

    Raises:
        InputError: The password is too short or too long.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise InputError(f"A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters.")
    return _HASHER.hash(password)


def check_password(room: Room, username: str, password: str) -> Account | None:
    """The account with this user name and password; None if there is none."""
    found = accounts.password_hash(room.store, username)
    try:
        _HASHER.verify(found[1] if found else _NO_HASH, password[: MAX_PASSWORD_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return None
    return found[0] if found else None


def first_administrator(room: Room) -> str:
    """Make the account `admin` if there is no account yet.

    Returns:
        The password that was made for it; empty if one was set, or there are accounts.
    """
    if accounts.count(room.store):
        return ""
    password = room.settings.admin_password or secrets.token_urlsafe(15)
    accounts.create(room.store, NewAccount("admin", Role.ADMINISTRATOR, hashed(password)), "boneage serve")
    return "" if room.settings.admin_password else password


def session_of(request: Request, room: TheRoom) -> Session | None:
    """The session of a browser; None without one."""
    secret = request.cookies.get(cookie_name(room.settings))
    return accounts.find_session(room.store, secret) if secret else None


def require_session(session: Annotated[Session | None, Depends(session_of)]) -> Session:
    """The session of a browser.

    Raises:
        NotLoggedInError: There is none.
    """
    if session is None:
        raise NotLoggedInError("Log in first.")
    return session


def require_administrator(session: Annotated[Session, Depends(require_session)]) -> Session:
    """The session of an administrator.

    Raises:
        ForbiddenError: The account is none.
    """
    if session.account.role is not Role.ADMINISTRATOR:
        raise ForbiddenError("Only administrators may open this page.")
    return session


async def check_form(request: Request, session: Annotated[Session, Depends(require_session)]) -> Session:
    """The session of a form or script of one of our pages.

    Raises:
        ForbiddenError: The token of the page is missing or wrong.
    """
    token = request.headers.get("X-CSRF-Token")
    if token is None and request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        token = str((await request.form()).get("csrf_token", ""))
    if not hmac.compare_digest(token or "", session.csrf_token):
        raise ForbiddenError("The page is out of date; load it again.")
    return session


def check_origin(request: Request) -> None:
    """Refuse a form that another site sends to the login.

    Raises:
        ForbiddenError: It does.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForbiddenError("This form must be sent from the reading room's own page.")


def api_account(
    request: Request,
    room: TheRoom,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    _: Annotated[str | None, Security(_cookie)],
) -> Account:
    """The account of an API token, or of a session; a session needs the token of its page to change something.

    Raises:
        NotLoggedInError: There is neither.
        ForbiddenError: A session has not sent the token of its page.
    """
    if bearer is not None:
        account = accounts.find_token(room.store, bearer.credentials)
        if account is None:
            raise NotLoggedInError("The API token is not valid; an administrator can make another one.")
        return account
    session = session_of(request, room)
    if session is None:
        raise NotLoggedInError("Send an API token: Authorization: Bearer TOKEN.")
    token = request.headers.get("X-CSRF-Token", "")
    if request.method not in SAFE_METHODS and not hmac.compare_digest(token, session.csrf_token):
        raise ForbiddenError("A session of a browser must send the header X-CSRF-Token.")
    return session.account


def require_role(*roles: Role) -> Callable[[Account], Account]:
    """A dependency that gives the account of an API request if it has one of the roles."""

    def checked(account: Annotated[Account, Depends(api_account)]) -> Account:
        if account.role not in roles:
            raise ForbiddenError(f"This needs an account with the role {' or '.join(roles)}.")
        return account

    return checked


AnyAccount = Annotated[Account, Depends(api_account)]
ReaderAccount = Annotated[Account, Depends(require_role(Role.READER, Role.ADMINISTRATOR))]
Visitor = Annotated[Session | None, Depends(session_of)]
LoggedIn = Annotated[Session, Depends(require_session)]
Administrator = Annotated[Session, Depends(require_administrator)]
FromPage = Annotated[Session, Depends(check_form)]
