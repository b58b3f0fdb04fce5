"""Accounts, sessions and API tokens. Sessions and tokens are stored as checksums; passwords as the hashes that callers make."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from openboneage.errors import InputError
from openboneage.store import audit
from openboneage.store.store import Store
from openboneage.store.tables import ACCOUNTS, SESSIONS, TOKENS
from openboneage.store.times import now

_TOKEN_BYTES = 32


class Role(StrEnum):
    """What an account may do: administrators may do what readers may."""

    READER = "reader"
    ADMINISTRATOR = "administrator"
    INTEGRATOR = "integrator"


@dataclass(frozen=True)
class Account:
    """An account.

    Attributes:
        id: Its number.
        username: User name, unique.
        role: What it may do.
        full_name: Name of the person, for reports.
        organization: Organisation of the person, for reports.
        is_active: Whether it may log in.
        created_at: When it was made, UTC.
    """

    id: int
    username: str
    role: Role
    full_name: str
    organization: str
    is_active: bool
    created_at: datetime


@dataclass(frozen=True)
class Session:
    """A session of an account in a browser."""

    account: Account
    csrf_token: str


@dataclass(frozen=True)
class Token:
    """An API token; its secret is shown once, when it is made."""

    id: int
    account_id: int
    name: str
    created_at: datetime


@dataclass(frozen=True)
class NewAccount:
    """An account to make; see `Account`. `password_hash` is empty for an account that uses tokens alone."""

    username: str
    role: Role
    password_hash: str = ""
    full_name: str = ""
    organization: str = ""


def create(store: Store, new: NewAccount, actor: str) -> Account:
    """Make an account.

    Raises:
        InputError: The user name is taken.
    """
    with store.database.writing() as db:
        if db.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.username == new.username)).first():
            raise InputError("This user name is taken; choose another one.")
        values = {name: getattr(new, name) for name in NewAccount.__dataclass_fields__}
        statement = insert(ACCOUNTS).values(is_active=True, created_at=now(), **values)
        row = db.execute(statement.returning(ACCOUNTS)).one()
        audit.record(db, actor, "account-created", detail=f"{new.username}, {new.role}")
        return _account(row)


def count(store: Store) -> int:
    """How many accounts there are."""
    with store.database.reading() as db:
        return db.execute(select(func.count()).select_from(ACCOUNTS)).scalar_one()


def all_accounts(store: Store) -> list[Account]:
    """All accounts, by user name."""
    with store.database.reading() as db:
        return [_account(row) for row in db.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.username))]


def find(store: Store, account_id: int) -> Account:
    """The account of a number.

    Raises:
        InputError: There is none.
    """
    with store.database.reading() as db:
        row = db.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == account_id)).first()
    if row is None:
        raise InputError("There is no account of this number.")
    return _account(row)


def password_hash(store: Store, username: str) -> tuple[Account, str] | None:
    """The active account of a user name with the hash of its password; None if there is none with a password."""
    active = (ACCOUNTS.c.username == username, ACCOUNTS.c.is_active, ACCOUNTS.c.password_hash != "")
    with store.database.reading() as db:
        row = db.execute(select(ACCOUNTS).where(*active)).first()
    return None if row is None else (_account(row), row.password_hash)


def set_password(store: Store, account_id: int, hashed: str, actor: str) -> None:
    """Change a password and end all sessions of the account."""
    with store.database.writing() as db:
        db.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(password_hash=hashed))
        db.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id))
        audit.record(db, actor, "password-changed", detail=f"account {account_id}")


def change(store: Store, account_id: int, role: Role, is_active: bool, actor: str) -> None:
    """Change role and activity of an account; the sessions of an account that is no longer active end.

    Raises:
        InputError: No active administrator would be left.
    """
    with store.database.writing() as db:
        db.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(role=role, is_active=is_active))
        administrators = (ACCOUNTS.c.role == Role.ADMINISTRATOR, ACCOUNTS.c.is_active)
        if db.execute(select(ACCOUNTS.c.id).where(*administrators)).first() is None:
            raise InputError("An active administrator must remain; make another account an administrator first.")
        if not is_active:
            db.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id))
        audit.record(db, actor, "account-changed", detail=f"account {account_id}: {role}, {'on' if is_active else 'off'}")


def begin_session(store: Store, account: Account, hours: float) -> str:
    """Begin a session and return its secret, which only the browser keeps."""
    secret = secrets.token_urlsafe(_TOKEN_BYTES)
    with store.database.writing() as db:
        db.execute(delete(SESSIONS).where(SESSIONS.c.expires_at < now()))
        db.execute(
            insert(SESSIONS).values(
                token_sha256=_sha256(secret),
                account_id=account.id,
                csrf_token=secrets.token_urlsafe(_TOKEN_BYTES),
                expires_at=now() + timedelta(hours=hours),
            )
        )
        audit.record(db, account.username, "login")
    return secret


def find_session(store: Store, secret: str) -> Session | None:
    """The session of a secret; None if it has ended."""
    valid = (SESSIONS.c.token_sha256 == _sha256(secret), SESSIONS.c.expires_at > now(), ACCOUNTS.c.is_active)
    joined = SESSIONS.join(ACCOUNTS, SESSIONS.c.account_id == ACCOUNTS.c.id)
    with store.database.reading() as db:
        row = db.execute(select(ACCOUNTS, SESSIONS.c.csrf_token).select_from(joined).where(*valid)).first()
    return None if row is None else Session(_account(row), row.csrf_token)


def end_session(store: Store, secret: str, actor: str) -> None:
    """End a session."""
    with store.database.writing() as db:
        db.execute(delete(SESSIONS).where(SESSIONS.c.token_sha256 == _sha256(secret)))
        audit.record(db, actor, "logout")


def create_token(store: Store, account_id: int, name: str, actor: str) -> str:
    """Make an API token and return its secret, which is not stored."""
    secret = secrets.token_urlsafe(_TOKEN_BYTES)
    with store.database.writing() as db:
        values = {"account_id": account_id, "name": name, "token_sha256": _sha256(secret), "created_at": now()}
        db.execute(insert(TOKENS).values(**values))
        audit.record(db, actor, "token-created", detail=f"account {account_id}")
    return secret


def find_token(store: Store, secret: str) -> Account | None:
    """The active account of an API token; None if there is none."""
    joined = TOKENS.join(ACCOUNTS, TOKENS.c.account_id == ACCOUNTS.c.id)
    valid = (TOKENS.c.token_sha256 == _sha256(secret), ACCOUNTS.c.is_active)
    with store.database.reading() as db:
        row = db.execute(select(ACCOUNTS).select_from(joined).where(*valid)).first()
    return None if row is None else _account(row)


def tokens(store: Store) -> list[Token]:
    """All API tokens, without their secrets."""
    columns = (TOKENS.c[name] for name in Token.__dataclass_fields__)
    with store.database.reading() as db:
        return [Token(*row) for row in db.execute(select(*columns).order_by(TOKENS.c.id))]


def revoke_token(store: Store, token_id: int, actor: str) -> None:
    """Remove an API token."""
    with store.database.writing() as db:
        db.execute(delete(TOKENS).where(TOKENS.c.id == token_id))
        audit.record(db, actor, "token-revoked", detail=f"token {token_id}")


def record_refused_login(store: Store, username_is_known: bool) -> None:
    """Add a refused login to the audit log. Its user name is left out: people type passwords there."""
    with store.database.writing() as db:
        audit.record(db, "", "login-refused", detail="known user name" if username_is_known else "unknown user name")


def _sha256(secret: str) -> str:
    """Secrets are random, so a plain checksum protects them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _account(row: Row[Any]) -> Account:
    values = {name: getattr(row, name) for name in Account.__dataclass_fields__}
    return Account(**values | {"role": Role(row.role)})
