"""The web application."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.reading_room.faults import add_faults
from openboneage.reading_room.headers import Guard
from openboneage.reading_room.room import Room
from openboneage.reading_room.routes import administration, agreement, api, films, login, worklist
from openboneage.reading_room.settings import Settings
from openboneage.store.documents import Maker
from openboneage.store.store import Store
from openboneage.version import program_version

STATIC = Path(__file__).parent / "static"


def create_app(store: Store, settings: Settings) -> FastAPI:
    """The application on an open store."""
    app = FastAPI(
        title="OpenBoneAge",
        description=RESEARCH_USE,
        version=program_version(),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its pages load scripts from another host
        redoc_url=None,
    )
    app.state.room = Room(store, settings, Maker(settings.models))
    for routes in (login, worklist, films, administration, agreement, api):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_faults(app)
    app.add_middleware(Guard, upload_bytes=settings.upload_bytes + 2**16, is_encrypted=settings.is_encrypted)
    return app
