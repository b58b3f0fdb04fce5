"""Pages of administrators: accounts, API tokens, audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from openboneage.reading_room import auth
from openboneage.reading_room.auth import Administrator, FromPage
from openboneage.reading_room.room import Room, TheRoom
from openboneage.store import accounts, audit
from openboneage.store.accounts import NewAccount, Role, Session

router = APIRouter(include_in_schema=False)

PAGE_ENTRIES = 100
Name = Annotated[str, Form(min_length=1, max_length=100)]
Word = Annotated[str, Form(max_length=300)]


@router.get("/accounts")
def accounts_page(room: TheRoom, session: Administrator) -> HTMLResponse:
    """All accounts and API tokens."""
    return _accounts(room, session)


@router.post("/accounts")
def create_account(
    room: TheRoom,
    _: Administrator,
    session: FromPage,
    username: Name,
    role: Annotated[Role, Form()],
    password: Word = "",
    full_name: Word = "",
    organization: Word = "",
) -> Response:
    """Make an account; integrators may have no password."""
    hashed = "" if role is Role.INTEGRATOR and not password else auth.hashed(password)
    new = NewAccount(username.strip(), role, hashed, full_name, organization)
    accounts.create(room.store, new, session.account.username)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{account_id}")
def change_account(
    room: TheRoom,
    _: Administrator,
    session: FromPage,
    account_id: int,
    role: Annotated[Role, Form()],
    is_active: Annotated[bool, Form()] = False,
) -> Response:
    """Change role and activity of an account."""
    accounts.change(room.store, account_id, role, is_active, session.account.username)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{account_id}/password")
def reset_password(room: TheRoom, _: Administrator, session: FromPage, account_id: int, password: Word) -> Response:
    """Set the password of an account."""
    accounts.set_password(room.store, account_id, auth.hashed(password), session.account.username)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{account_id}/tokens")
def create_token(room: TheRoom, _: Administrator, session: FromPage, account_id: int, name: Name) -> HTMLResponse:
    """Make an API token and show it once."""
    accounts.find(room.store, account_id)
    secret = accounts.create_token(room.store, account_id, name, session.account.username)
    return _accounts(room, session, secret)


@router.post("/tokens/{token_id}/revoke")
def revoke_token(room: TheRoom, _: Administrator, session: FromPage, token_id: int) -> Response:
    """Remove an API token."""
    accounts.revoke_token(room.store, token_id, session.account.username)
    return RedirectResponse("/accounts", 303)


@router.get("/audit")
def audit_page(room: TheRoom, session: Administrator, before: Annotated[int | None, Query(ge=1)] = None) -> HTMLResponse:
    """The audit log, the newest entries first."""
    found = audit.entries(room.store, before=before, limit=PAGE_ENTRIES)
    next_page = found[-1].id if len(found) == PAGE_ENTRIES else None
    return room.page("audit.html", session, entries=found, next_page=next_page, broken=audit.first_broken(room.store))


def _accounts(room: Room, session: Session, secret: str = "") -> HTMLResponse:
    found = accounts.all_accounts(room.store)
    return room.page(
        "accounts.html",
        session,
        accounts=found,
        names={each.id: each.username for each in found},
        tokens=accounts.tokens(room.store),
        roles=list(Role),
        secret=secret,
        min_length=auth.MIN_PASSWORD_LENGTH,
    )
