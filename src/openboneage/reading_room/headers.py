"""Security headers, limits of requests, and the log of requests, as plain ASGI middleware."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger("openboneage.requests")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
FORM_BYTES = 2**20
"""Limit of requests other than uploads."""


@dataclass(frozen=True)
class Guard:
    """Adds headers to answers, limits bodies, and logs method, route, status and time: never addresses or their values.

    Attributes:
        app: The application.
        upload_bytes: Limit of uploads.
        is_encrypted: Whether browsers reach the server by HTTPS.
    """

    app: Application
    upload_bytes: int
    is_encrypted: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin, status = time.perf_counter(), 500

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers(scope["path"])]
            await send(message)

        try:
            await self.app(scope, _limited(receive, self._limit(scope)), send_guarded)
        finally:
            route = getattr(scope.get("route"), "path", "(no route)")
            log.info("%s %s %d %.0f ms", scope["method"], route, status, 1000 * (time.perf_counter() - begin))

    def _limit(self, scope: Scope) -> int:
        kind = dict(scope["headers"]).get(b"content-type", b"")
        return self.upload_bytes if kind.startswith(b"multipart/form-data") else FORM_BYTES

    def _headers(self, path: str) -> list[tuple[bytes, bytes]]:
        is_static = path.startswith("/static/")
        found = {**HEADERS, "Cache-Control": "no-cache" if is_static else "no-store"}
        if self.is_encrypted:
            found["Strict-Transport-Security"] = "max-age=31536000"
        return [(name.lower().encode(), value.encode()) for name, value in found.items()]


def _limited(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def receive_limited() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413)
        return message

    return receive_limited
