"""What all requests share: the store, the settings, the templates, the limits of logins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.reading_room.desk import Desk
from openboneage.reading_room.limiter import LoginLimiter
from openboneage.reading_room.settings import Settings
from openboneage.reading_room.view.references import ReferenceAtlas
from openboneage.reading_room.words import FILTERS
from openboneage.store import films, reports
from openboneage.store.accounts import Session
from openboneage.store.destinations import Announced
from openboneage.store.documents import Maker
from openboneage.store.reports import Signature, SignedReport
from openboneage.store.store import Store
from openboneage.version import program_version


def _templates() -> Environment:
    loader = PackageLoader("openboneage.reading_room")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(FILTERS)
    environment.globals.update(program_version=program_version(), research_use=RESEARCH_USE)
    return environment


@dataclass(eq=False)
class Room:
    """What all requests share."""

    store: Store
    settings: Settings
    maker: Maker
    atlas: ReferenceAtlas
    limiter: LoginLimiter = field(default_factory=LoginLimiter)
    templates: Environment = field(default_factory=_templates)

    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        """Open the desk."""
        self.desk = Desk(self.store, self.maker)

    def sign(self, film_id: int, signature: Signature) -> SignedReport:
        """Sign the next version of a film's report; it is sent where the node has announced; see `reports.sign`."""
        return reports.sign(self.store, films.find(self.store, film_id), signature, Announced(self.store, "signed"))

    def page(self, template: str, session: Session | None, status: int = 200, **values: Any) -> HTMLResponse:
        """A page from a template; `session` is None for pages without login."""
        account = session.account if session else None
        token = session.csrf_token if session else ""
        text = self.templates.get_template(template).render(account=account, csrf_token=token, **values)
        return HTMLResponse(text, status)


def room_of(request: Request) -> Room:
    """The room of a request."""
    room: Room = request.app.state.room
    return room


TheRoom = Annotated[Room, Depends(room_of)]
