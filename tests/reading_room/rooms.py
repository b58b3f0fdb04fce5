"""Reading rooms for tests: an empty store with an account of each role, and browsers that are logged in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from openboneage.reading_room import auth
from openboneage.reading_room.app import create_app
from openboneage.reading_room.settings import Settings
from openboneage.store import accounts
from openboneage.store.accounts import NewAccount, Role
from openboneage.store.store import Store, StoreSettings, open_store

PASSWORD = "a long password"
_HASH = auth.hashed(PASSWORD)


@dataclass(frozen=True)
class TestRoom:
    """A reading room; its accounts are `reader`, `administrator` and `integrator`."""

    __test__ = False

    app: Any
    store: Store

    def browser(self, name: str = "", **headers: str) -> Browser:
        """A browser in which this account is logged in; without a name, nobody is."""
        client = Browser(self.app, base_url="https://room.test", headers={"Accept": "text/html", **headers})
        if name:
            assert client.log_in(name).status_code == 303
        return client

    def program(self, name: str = "integrator") -> TestClient:
        """A program with an API token of this account."""
        account = next(each for each in accounts.all_accounts(self.store) if each.username == name)
        token = accounts.create_token(self.store, account.id, "test", "test")
        return TestClient(self.app, base_url="https://room.test", headers={"Authorization": f"Bearer {token}"})


class Browser(TestClient):
    """A browser that sends the token of its pages."""

    def log_in(self, name: str, password: str = PASSWORD) -> Any:
        return self.post("/login", data={"username": name, "password": password}, follow_redirects=False)

    def token(self) -> str:
        """The token of the pages."""
        found = re.search(r'name="csrf-token" content="([^"]*)"', self.get("/").text)
        assert found
        return found[1]

    def submit(self, address: str, **fields: Any) -> Any:
        """Send a form of a page, without following where it leads."""
        return self.post(address, data={"csrf_token": self.token(), **fields}, follow_redirects=False)


@contextmanager
def opened_room(folder: Path, **settings: Any) -> Iterator[TestRoom]:
    """A reading room behind a proxy that encrypts, with an empty store."""
    chosen = Settings(**{"folder": folder, "behind_proxy": True, **settings})
    with open_store(StoreSettings(folder, queue_limit=chosen.queue_limit)) as store:
        for role in Role:
            accounts.create(store, NewAccount(role, role, _HASH, f"Dr. {role}", "Clinic"), "test")
        yield TestRoom(create_app(store, chosen), store)
