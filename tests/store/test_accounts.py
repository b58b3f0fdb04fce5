from __future__ import annotations

import pytest

from openboneage.errors import InputError
from openboneage.store import accounts
from openboneage.store.accounts import NewAccount, Role
from openboneage.store.store import Store


def admin(store: Store) -> accounts.Account:
    return accounts.create(store, NewAccount("root", Role.ADMINISTRATOR, "hash", "Ann", "Clinic"), "test")


def test_an_account_is_made_once(store: Store) -> None:
    account = admin(store)

    assert accounts.count(store) == 1
    assert accounts.find(store, account.id) == account
    assert accounts.all_accounts(store) == [account]
    assert accounts.password_hash(store, "root") == (account, "hash")
    with pytest.raises(InputError, match="taken"):
        admin(store)
    with pytest.raises(InputError, match="no account"):
        accounts.find(store, 99)


def test_a_session_lasts_until_it_ends(store: Store) -> None:
    account = admin(store)
    short, long = accounts.begin_session(store, account, -1), accounts.begin_session(store, account, 1)

    assert accounts.find_session(store, short) is None
    session = accounts.find_session(store, long)
    assert session is not None
    assert session.account == account
    accounts.end_session(store, long, "root")
    assert accounts.find_session(store, long) is None


def test_a_new_password_ends_all_sessions(store: Store) -> None:
    account = admin(store)
    secret = accounts.begin_session(store, account, 1)
    accounts.set_password(store, account.id, "other", "root")

    assert accounts.find_session(store, secret) is None
    assert accounts.password_hash(store, "root") == (account, "other")


def test_an_account_that_is_not_active_may_do_nothing(store: Store) -> None:
    admin(store)
    account = accounts.create(store, NewAccount("robot", Role.INTEGRATOR, "hash"), "root")
    secret, token = accounts.begin_session(store, account, 1), accounts.create_token(store, account.id, "t", "root")
    accounts.change(store, account.id, Role.INTEGRATOR, False, "root")

    assert accounts.find_session(store, secret) is None
    assert accounts.find_token(store, token) is None
    assert accounts.password_hash(store, "robot") is None


@pytest.mark.parametrize(("role", "is_active"), [(Role.READER, True), (Role.ADMINISTRATOR, False)])
def test_the_last_administrator_remains(store: Store, role: Role, is_active: bool) -> None:
    account = admin(store)

    with pytest.raises(InputError, match="must remain"):
        accounts.change(store, account.id, role, is_active, "root")
    assert accounts.find(store, account.id) == account


def test_a_token_works_until_it_is_revoked(store: Store) -> None:
    account = admin(store)
    secret = accounts.create_token(store, account.id, "robot", "root")

    assert accounts.find_token(store, secret) == account
    (token,) = accounts.tokens(store)
    assert (token.name, token.account_id) == ("robot", account.id)
    accounts.revoke_token(store, token.id, "root")
    assert accounts.find_token(store, secret) is None


def test_secrets_are_not_stored(store: Store) -> None:
    account = admin(store)
    secrets = [accounts.begin_session(store, account, 1), accounts.create_token(store, account.id, "t", "root")]

    with store.database.reading() as db:
        stored = str([db.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("sessions", "tokens", "audit_log")])
    assert not [secret for secret in secrets if secret in stored]
