"""Photograph the reading page for `docs/reading-films.md`: an example film, with sex and age entered as an example.

Run from the root of the repository: `python -m tools.reading_room_images`. It serves a reading room with one film in a
temporary folder, and opens it in Chromium: `reading.png` is light, with the occlusion map and a reference hand;
`reading-stages.png` is dark, with the stages of a bone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from openboneage.assess.assessor import Assessor
from openboneage.explain.occlusion import occlusion_map
from openboneage.reading_room import auth
from openboneage.reading_room.app import create_app
from openboneage.reading_room.settings import Settings
from openboneage.store import accounts, attention, films, jobs
from openboneage.store.accounts import NewAccount, Role
from openboneage.store.films import Reception, Source
from openboneage.store.store import Store, StoreSettings, open_store
from tools.docs_images import AGE, FILM, IMAGES, SEX

SIZE = ViewportSize(width=1600, height=1000)
NAME, PASSWORD = "reader", "an example password"
STAGE = "F"


def main() -> None:
    """Write the images."""
    with TemporaryDirectory() as folder, served(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        log_in(page, address)
        page.locator("button.reference.likeliest").click()
        page.get_by_role("application").press("x")
        save(page, "reading.png")
        page.emulate_media(color_scheme="dark")
        page.locator("button.reference.likeliest").click()
        for bone in page.locator("button.bone").all():
            bone.press(STAGE)
        page.locator("button.bone").first.click()
        save(page, "reading-stages.png")
        browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a reading room with the example film; yields its address."""
    settings = Settings(folder=folder, port=0)
    with open_store(StoreSettings(folder)) as store:
        accounts.create(store, NewAccount(NAME, Role.READER, auth.hashed(PASSWORD), "Dr. A. Reader"), NAME)
        add_film(store)
        server = uvicorn.Server(uvicorn.Config(create_app(store, settings), port=0, log_config=None))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join()


def add_film(store: Store) -> None:
    """Keep the example film and its assessment."""
    films.receive(store, FILM.read_bytes(), Reception(Source.UPLOAD, NAME, name=FILM.name))
    job, assessor = jobs.take(store), Assessor.load()
    found = assessor.examine(FILM, SEX, AGE)
    drawn = occlusion_map(found.hand, found.assessment.subject.sex, assessor.estimator)
    if job is not None:
        jobs.finish(store, job, found.assessment, attention.to_bytes(drawn))


def log_in(page: Page, address: str) -> None:
    """Open the film as a reader."""
    page.goto(f"{address}/login")
    page.get_by_label("User name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{address}/films/1")
    page.wait_for_selector("section.film[data-ready=yes]")


def save(page: Page, name: str) -> None:
    """Write the page as it is."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise(done => setTimeout(done, 500))")
    Image.open(BytesIO(page.screenshot())).convert("RGB").save(IMAGES / name, optimize=True)


if __name__ == "__main__":
    main()
