"""Run the reading room: the web server and the worker that assesses films."""

from __future__ import annotations

import logging
from collections.abc import Callable

import uvicorn

from openboneage.reading_room.app import create_app
from openboneage.reading_room.auth import first_administrator
from openboneage.reading_room.settings import Settings
from openboneage.store.destinations import Announced
from openboneage.store.store import StoreSettings, open_store
from openboneage.store.worker import Worker, WorkerSettings


def serve(settings: Settings, say: Callable[[str], object]) -> None:
    """Serve until the process is asked to end.

    Args:
        settings: The settings.
        say: Called with a line for the person who started the server; the first password is among them.

    Raises:
        InputError: The store cannot be opened.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with open_store(StoreSettings(settings.folder, settings.database_url, settings.queue_limit)) as store:
        app = create_app(store, settings)
        if password := first_administrator(app.state.room):
            say(f"First login: user name admin, password {password} (shown only now)")
        scheme = "https" if settings.has_tls else "http"
        say(f"Reading room: {scheme}://{settings.host}:{settings.port}/")
        with Worker(store, WorkerSettings(settings.models, settings.processes, deliveries=Announced(store, "assessed"))):
            uvicorn.Server(_config(app, settings)).run()


def _config(app: object, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        proxy_headers=settings.behind_proxy,
        access_log=False,  # it would print addresses
        log_config=None,
        server_header=False,
    )
