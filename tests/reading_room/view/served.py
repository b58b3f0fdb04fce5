"""The film view alone on a page, served with a strict content security policy: for tests without accounts and a store."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader

from openboneage.hand.standard_hand import StandardHand
from openboneage.reading_room.view.film import film_bytes

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
PAGE = """<!doctype html><html lang="en"><head><title>Film</title><link rel="stylesheet" href="/static/style.css">
<link rel="stylesheet" href="/static/reading/reading.css">
<script type="module" src="/static/reading/page.js"></script></head>
<body><main class="reading-page"><h1 class="visually-hidden">Film</h1>{% include "reading/film.html" %}</main></body></html>"""
TYPES = {"js": "text/javascript", "css": "text/css"}


class Pages(BaseHTTPRequestHandler):
    """Serves the pages of `pages`, and the static files of the reading room."""

    def __init__(self, pages: Mapping[str, tuple[str, bytes]], *args: Any) -> None:
        self.pages = pages
        super().__init__(*args)

    def do_GET(self) -> None:
        kind, body = self.pages[self.path] if self.path in self.pages else self.static()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def static(self) -> tuple[str, bytes]:
        file = files("openboneage.reading_room").joinpath(self.path.lstrip("/"))
        return TYPES[self.path.rpartition(".")[2]], file.read_bytes()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def served_film(hand: StandardHand, overlays: Mapping[str, Any]) -> Iterator[str]:
    """Serve the film of a hand with overlays; yields the address of the page."""
    templates = Environment(loader=PackageLoader("openboneage.reading_room"), autoescape=True)
    ticks = ("12 months lower", "0", "12 months higher")
    page = templates.from_string(PAGE).render(film={"id": 1}, map_ticks=ticks)
    pages = {
        "/": ("text/html; charset=utf-8", page.encode()),
        "/favicon.ico": ("image/x-icon", b""),
        "/films/1/pixels": ("application/octet-stream", film_bytes(hand)),
        "/films/1/overlays": ("application/json", json.dumps(overlays).encode()),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, pages))
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
