"""The worklist: films with their bone age and problems, found by text and state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from openboneage.assess.assessment import Assessment
from openboneage.report.report import Decision
from openboneage.store.films import FILM_COLUMNS, FILM_TABLES, Film, FilmState, film_of
from openboneage.store.outbox import DeliveryState
from openboneage.store.store import Store
from openboneage.store.tables import ASSESSMENTS, DELIVERIES, FILMS, PATIENTS, REPORTS, STUDIES

PAGE_FILMS = 50
_ESCAPE = "\\"


@dataclass(frozen=True)
class Search:
    """What to look for.

    Attributes:
        text: Part of a patient's name or identifier, of an accession number or a file's name; empty for all.
        state: State of the films; None for all.
        undelivered: Only films with dead letters.
        page: Number of the page, from 1.
    """

    text: str = ""
    state: FilmState | None = None
    undelivered: bool = False
    page: int = 1


@dataclass(frozen=True)
class Line:
    """A film in the worklist.

    Attributes:
        film: The film.
        assessment: Its latest assessment; None before the first.
        decision: The decision of its latest signed report; None before the first.
        dead_letters: Documents that could not be delivered.
    """

    film: Film
    assessment: Assessment | None
    decision: Decision | None
    dead_letters: int


@dataclass(frozen=True)
class Page:
    """A page of the worklist, the latest films first.

    Attributes:
        lines: Up to `PAGE_FILMS` films.
        films: Films that were found in all.
        number: Number of the page, from 1.
    """

    lines: tuple[Line, ...]
    films: int
    number: int

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.films // PAGE_FILMS))


def search(store: Store, wanted: Search) -> Page:
    """Find films."""
    conditions = _conditions(wanted)
    films = select(*FILM_COLUMNS).select_from(FILM_TABLES).where(*conditions).order_by(FILMS.c.id.desc())
    with store.database.reading() as db:
        count = db.execute(select(func.count()).select_from(FILM_TABLES).where(*conditions)).scalar_one()
        found = [film_of(row) for row in db.execute(films.limit(PAGE_FILMS).offset((wanted.page - 1) * PAGE_FILMS))]
        ids = [film.id for film in found]
        assessed = db.execute(select(ASSESSMENTS).where(ASSESSMENTS.c.film_id.in_(ids)).order_by(ASSESSMENTS.c.version))
        assessments = {row.film_id: Assessment.model_validate(row.assessment) for row in assessed}
        signed = db.execute(select(REPORTS).where(REPORTS.c.film_id.in_(ids)).order_by(REPORTS.c.version))
        decisions = {row.film_id: Decision.model_validate(row.decision) for row in signed}
        dead = select(DELIVERIES.c.film_id, func.count()).where(DELIVERIES.c.film_id.in_(ids), _is_dead())
        letters = _counted(db, dead.group_by(DELIVERIES.c.film_id))
    lines = (Line(each, assessments.get(each.id), decisions.get(each.id), letters.get(each.id, 0)) for each in found)
    return Page(tuple(lines), count, wanted.page)


def counts(store: Store) -> dict[FilmState, int]:
    """How many films are in each state."""
    with store.database.reading() as db:
        found = _counted(db, select(FILMS.c.state, func.count()).group_by(FILMS.c.state))
    return {state: found.get(state, 0) for state in FilmState}


def _counted(db: Connection, query: Select[Any, int]) -> dict[Any, int]:
    """The counts of a query for a value and a count."""
    return {row[0]: row[1] for row in db.execute(query)}


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(FILMS.c.state == wanted.state)
    if wanted.undelivered:
        found.append(FILMS.c.id.in_(select(DELIVERIES.c.film_id).where(_is_dead())))
    for word in wanted.text.split():
        columns: list[Any] = [PATIENTS.c.name, PATIENTS.c.patient_id, STUDIES.c.accession_number, FILMS.c.name]
        pattern = "%" + "".join(_ESCAPE + c if c in f"%_{_ESCAPE}" else c for c in word) + "%"
        found.append(or_(*(column.ilike(pattern, escape=_ESCAPE) for column in columns)))
    return found


def _is_dead() -> ColumnElement[bool]:
    return DELIVERIES.c.state == DeliveryState.DEAD
