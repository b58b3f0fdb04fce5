"""A reading room on a real port, with a worker, for a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Locator, Page

from openboneage.store.store import Store
from openboneage.store.worker import Worker, WorkerSettings
from tests.reading_room.rooms import PASSWORD, opened_room


@dataclass(frozen=True)
class ServedRoom:
    """A reading room and its address."""

    address: str
    store: Store

    def log_in(self, page: Page, name: str = "reader") -> None:
        page.goto(f"{self.address}/login")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{self.address}/")

    def open(self, page: Page, film_id: int) -> None:
        """Open the reading page of a film, until the film is drawn."""
        page.goto(f"{self.address}/films/{film_id}")
        page.wait_for_selector("section.film[data-ready=yes]")


@contextmanager
def served_room(folder: Path, *, works: bool = False, **settings: Any) -> Iterator[ServedRoom]:
    """Serve a reading room; with `works`, films are assessed by the shipped models."""
    with opened_room(folder, behind_proxy=False, **settings) as room:
        server = uvicorn.Server(uvicorn.Config(room.app, host="127.0.0.1", port=0, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            served = ServedRoom(f"http://127.0.0.1:{port}", room.store)
            if works:
                with Worker(room.store, WorkerSettings(poll_seconds=0.1)):
                    yield served
            else:
                yield served
        finally:
            server.should_exit = True
            thread.join()


def tab_to(page: Page, target: Locator) -> None:
    """Press the tab key until an element has the focus."""
    for _ in range(120):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The tab key does not reach {target}.")
