from __future__ import annotations

import re

import pytest

from openboneage.store import accounts
from tests.reading_room.rooms import PASSWORD, TestRoom


@pytest.mark.parametrize("name", ["reader", "integrator"])
@pytest.mark.parametrize("address", ["/accounts", "/audit"])
def test_others_may_not_administer(room: TestRoom, name: str, address: str) -> None:
    assert room.browser(name).get(address).status_code == 403
    assert room.browser(name).submit("/accounts", username="x", role="administrator", password=PASSWORD).status_code == 403


def test_an_administrator_makes_an_account(room: TestRoom) -> None:
    browser = room.browser("administrator")

    assert browser.submit("/accounts", username="zoe", role="reader", password=PASSWORD).status_code == 303
    assert browser.submit("/accounts", username="zoe", role="reader", password=PASSWORD).status_code == 400
    assert browser.submit("/accounts", username="ann", role="reader", password="short").status_code == 400
    assert browser.submit("/accounts", username="robot", role="integrator").status_code == 303
    assert room.browser().log_in("zoe").status_code == 303
    assert room.browser().log_in("robot", "").status_code == 401 or room.browser().log_in("robot", "").status_code == 422


def test_an_administrator_changes_an_account(room: TestRoom) -> None:
    browser = room.browser("administrator")
    account = next(each for each in accounts.all_accounts(room.store) if each.username == "reader")

    assert browser.submit(f"/accounts/{account.id}", role="reader").status_code == 303
    assert room.browser().log_in("reader").status_code == 401
    assert browser.submit(f"/accounts/{account.id}", role="reader", is_active="true").status_code == 303
    assert browser.submit(f"/accounts/{account.id}/password", password="another password").status_code == 303
    assert room.browser().log_in("reader", "another password").status_code == 303


def test_a_token_is_shown_once_and_works(room: TestRoom) -> None:
    browser = room.browser("administrator")
    account = next(each for each in accounts.all_accounts(room.store) if each.username == "integrator")
    found = re.search(r"<code>(.+)</code>", browser.submit(f"/accounts/{account.id}/tokens", name="robot").text)

    assert found
    assert found[1] not in browser.get("/accounts").text
    headers = {"Authorization": f"Bearer {found[1]}"}
    assert room.browser().get("/api/v1/queue", headers=headers).json() == {"queued": 0, "running": 0}
    (token,) = accounts.tokens(room.store)
    assert browser.submit(f"/tokens/{token.id}/revoke").status_code == 303
    assert room.browser().get("/api/v1/queue", headers=headers).status_code == 401


def test_the_audit_log_has_pages(room: TestRoom) -> None:
    account = accounts.all_accounts(room.store)[0]
    for _ in range(100):
        accounts.revoke_token(room.store, account.id, "test")
    browser = room.browser("administrator")

    older = re.search(r'href="(/audit\?before=\d+)"', browser.get("/audit").text)
    assert older
    assert "account-created" in browser.get(older[1]).text
