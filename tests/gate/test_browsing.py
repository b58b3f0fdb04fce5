from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import accessibility_faults, faults_of

PAGES = {
    "/plain": "<main><h1>Film</h1><label>Age <input></label></main>",
    "/inline-script": "<main><h1>Film</h1></main><script>document.title = 'changed'</script>",
    "/missing": "<main><h1>Film</h1><img src='/nowhere.png' alt='Film'></main>",
    "/unnamed": "<main><h1>Film</h1><button></button></main>",
}


class Pages(BaseHTTPRequestHandler):
    """Serves `PAGES` with a content security policy."""

    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        head = "<!doctype html><html lang=en><title>Page</title><link rel=icon href=/plain>"
        self.wfile.write((head + (body or "")).encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_without_faults_passes(page: Page, address: str) -> None:
    page.goto(f"{address}/plain")

    assert page.get_by_label("Age").is_visible()
    assert accessibility_faults(page) == []


@pytest.mark.parametrize(
    ("path", "fault"),
    [("/inline-script", "Content Security Policy"), ("/missing", "answer 404: GET"), ("/nowhere", "answer 404")],
)
def test_faults_are_found(browser: Browser, address: str, path: str, fault: str) -> None:
    with browser.new_page() as page:
        faults = faults_of(page)
        page.goto(address + path)
        page.wait_for_load_state("networkidle")

        assert any(fault in each for each in faults), faults


def test_errors_of_scripts_are_found(browser: Browser) -> None:
    with browser.new_page() as page:
        faults = faults_of(page)
        with page.expect_event("pageerror"):
            page.evaluate("setTimeout(() => { throw new Error('broken film') })")

        assert faults == ["script: broken film"]


def test_accessibility_faults_are_found(page: Page, address: str) -> None:
    page.goto(f"{address}/unnamed")

    assert any("button-name" in fault for fault in accessibility_faults(page))
