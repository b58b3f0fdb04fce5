"""A real browser for tests: Debian's Chromium, driven by Playwright, and what a page must not do there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

from tests.programs import program

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SERIOUS = ("serious", "critical")


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Start the browser with an empty profile; see `programs.program` where it is not installed.

    Playwright runs an event loop in this thread until the browser is closed: no test may run another one meanwhile.
    """
    path = program("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def faults_of(page: Page) -> list[str]:
    """Watch a page; the list grows with each fault.

    Faults are errors of scripts, errors in the console, among them violations of the content security policy, and answers
    of the server from 400 on.
    """
    faults: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    def on_error(error: Error) -> None:
        faults.append(f"script: {error.message}")

    def on_response(response: Response) -> None:
        if response.status >= 400:
            faults.append(f"answer {response.status}: {response.request.method} {response.url}")

    page.on("console", on_console)
    page.on("pageerror", on_error)
    page.on("response", on_response)
    return faults


def accessibility_faults(page: Page) -> list[str]:
    """Serious and critical faults that axe finds on a page: rule, place and help."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['impact']}: {fault['id']} at {node['target']}: {fault['help']}"
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]
