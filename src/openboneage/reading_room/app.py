"""The web application."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.reading_room.faults import add_faults
from openboneage.reading_room.headers import Guard
from openboneage.reading_room.room import Room
from openboneage.reading_room.routes import administration, agreement, api, films, login, reading, worklist
from openboneage.reading_room.settings import Settings
from openboneage.reading_room.view.references import ReferenceAtlas
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
    atlas = ReferenceAtlas.read(settings.atlas) if settings.atlas else ReferenceAtlas.of_package()
    app.state.room = Room(store, settings, Maker(settings.models), atlas)
    for routes in (login, worklist, films, reading, administration, agreement, api):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_faults(app)
    app.add_middleware(Guard, upload_bytes=settings.upload_bytes + 2**16, is_encrypted=settings.is_encrypted)
    return app
