"""The queue of assessments: each film has a job, each job one worker at a time, each result one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from openboneage.assess.assessment import Assessment
from openboneage.errors import InputError
from openboneage.hand.quality import Verdict
from openboneage.store import audit, films, outbox
from openboneage.store.films import Film, FilmState
from openboneage.store.store import Store
from openboneage.store.tables import ASSESSMENTS, FILMS, JOBS
from openboneage.store.times import now
from openboneage.subject import Sex

LEASE_SECONDS = 60.0
MAX_TRIES = 10
"""A worker that is killed costs one try of the film in work; a film that kills its own process fails at once."""
WORKER = "worker"

Deliveries = Callable[[Film, Assessment], Sequence[outbox.NewDelivery]]
"""Names the deliveries to add when a film is assessed."""


@dataclass(frozen=True)
class Job:
    """A job that a worker holds.

    Attributes:
        id: Its number.
        film: The film to assess.
        lease: Proof that the worker holds the job.
    """

    id: int
    film: Film
    lease: str


@dataclass(frozen=True)
class QueueLength:
    """Jobs that wait and that are being worked on."""

    queued: int
    running: int


@dataclass(frozen=True)
class StoredAssessment:
    """An assessment in the store.

    Attributes:
        id: Its number.
        version: Version of the film's assessment, from 1; a new one is made when sex or age is corrected.
        made_at: When it was stored, UTC.
        assessment: The assessment.
        attention_sha256: Checksum of the file with its occlusion map; None without one.
    """

    id: int
    version: int
    made_at: datetime
    assessment: Assessment
    attention_sha256: str | None


def take(store: Store, lease_seconds: float = LEASE_SECONDS, owner: str = "") -> Job | None:
    """Take the oldest job that waits, or whose lease has run out; None if there is none. Jobs with fewer tries come first.

    A job whose worker died `MAX_TRIES` times fails.
    """
    with store.database.writing() as db:
        while True:
            waits = or_(JOBS.c.state == "queued", and_(JOBS.c.state == "running", JOBS.c.lease_until < now()))
            row = db.execute(
                select(JOBS.c.id, JOBS.c.film_id, JOBS.c.tries).where(waits).order_by(JOBS.c.tries, JOBS.c.id).limit(1)
            ).first()
            if row is None:
                return None
            if row.tries < MAX_TRIES:
                break
            _close(db, row.id, row.film_id, f"The worker ended {MAX_TRIES} times on this film; it may need more memory.")
        lease = f"{owner}{uuid4().hex}"
        until = now() + timedelta(seconds=lease_seconds)
        db.execute(
            update(JOBS).where(JOBS.c.id == row.id).values(state="running", tries=row.tries + 1, lease=lease, lease_until=until)
        )
    return Job(row.id, films.find(store, row.film_id), lease)


def release(store: Store, owner: str) -> None:
    """Queue the jobs that a killed owner left, instead of waiting for the end of their leases.

    Args:
        store: The store.
        owner: What `take` was called with, by a program that knows to be the only one of that name.
    """
    with store.database.writing() as db:
        left = update(JOBS).where(JOBS.c.state == "running", JOBS.c.lease.startswith(owner, autoescape=True))
        db.execute(left.values(state="queued", lease=None, lease_until=None))


def extend(store: Store, job: Job, lease_seconds: float = LEASE_SECONDS) -> bool:
    """Extend the lease of a job; False if the worker no longer holds it."""
    with store.database.writing() as db:
        until = now() + timedelta(seconds=lease_seconds)
        return db.execute(update(JOBS).where(*_held(job)).values(lease_until=until)).rowcount == 1


def finish(
    store: Store, job: Job, assessment: Assessment, attention: bytes | None = None, deliveries: Deliveries | None = None
) -> bool:
    """Store the assessment of a job, and the deliveries that follow from it.

    Args:
        store: The store.
        job: The job.
        assessment: Its result.
        attention: The file with the occlusion map; None without one.
        deliveries: Names the deliveries to add.

    Returns:
        False if the worker no longer holds the job; nothing is stored then.
    """
    attention_sha256 = None if attention is None else store.files.put(attention)
    with store.database.writing() as db:
        if not _end(db, job, "done"):
            return False
        film_id = job.film.id
        version = _last_version(db, film_id) + 1
        db.execute(
            insert(ASSESSMENTS).values(
                film_id=film_id,
                version=version,
                made_at=now(),
                assessment=assessment.to_json(),
                attention_sha256=attention_sha256,
            )
        )
        state = FilmState.ASSESSED if assessment.verdict is Verdict.ACCEPT else FilmState.ATTENTION
        db.execute(update(FILMS).where(FILMS.c.id == film_id).values(state=state))
        audit.record(db, WORKER, "film-assessed", film_id, f"assessment {version}")
        outbox.add(db, film_id, deliveries(job.film, assessment) if deliveries else (), 0)
    return True


def fail(store: Store, job: Job, reason: str) -> bool:
    """End a job without a result; False if the worker no longer holds it.

    Args:
        store: The store.
        job: The job.
        reason: A sentence for people, without patient data.
    """
    with store.database.writing() as db:
        held = db.execute(select(JOBS.c.id).where(*_held(job))).first() is not None
        if held:
            _close(db, job.id, job.film.id, reason)
        return held


def reassess(store: Store, film_id: int, actor: str, sex: Sex | None, age_months: float | None) -> None:
    """Assess a film again with an entered sex and age; None takes the film's.

    Raises:
        InputError: There is no such film.
    """
    with store.database.writing() as db:
        entered = {"entered_sex": sex, "entered_age_months": age_months}
        changed = db.execute(update(FILMS).where(FILMS.c.id == film_id).values(state=FilmState.NEW, **entered)).rowcount
        if not changed:
            raise InputError("There is no film of this number; it may have been removed.")
        running = (JOBS.c.film_id == film_id, JOBS.c.state == "running")  # with the values that no longer hold
        db.execute(update(JOBS).where(*running).values(state="queued", tries=0, lease=None, lease_until=None))
        films.queue(db, film_id)
        audit.record(db, actor, "assessment-requested", film_id)


def latest(store: Store, film_id: int) -> StoredAssessment | None:
    """The latest assessment of a film; None before the first."""
    query = select(ASSESSMENTS).where(ASSESSMENTS.c.film_id == film_id).order_by(ASSESSMENTS.c.version.desc()).limit(1)
    with store.database.reading() as db:
        row = db.execute(query).first()
    return None if row is None else _stored(row)


def assessment(store: Store, assessment_id: int) -> StoredAssessment:
    """The assessment of a number.

    Raises:
        InputError: There is none.
    """
    with store.database.reading() as db:
        row = db.execute(select(ASSESSMENTS).where(ASSESSMENTS.c.id == assessment_id)).first()
    if row is None:
        raise InputError("There is no assessment of this number.")
    return _stored(row)


def failure(store: Store, film_id: int) -> str:
    """Why the last job of a film failed; empty if it did not."""
    query = select(JOBS.c.error).where(JOBS.c.film_id == film_id).order_by(JOBS.c.id.desc()).limit(1)
    with store.database.reading() as db:
        return db.execute(query).scalar() or ""


def length(store: Store) -> QueueLength:
    """How many jobs wait and run."""
    query = select(JOBS.c.state, func.count()).where(JOBS.c.state.in_(("queued", "running"))).group_by(JOBS.c.state)
    with store.database.reading() as db:
        counts = {row.state: row[1] for row in db.execute(query)}
    return QueueLength(counts.get("queued", 0), counts.get("running", 0))


def _stored(row: Row[Any]) -> StoredAssessment:
    made = Assessment.model_validate(row.assessment)
    return StoredAssessment(row.id, row.version, row.made_at, made, row.attention_sha256)


def _held(job: Job) -> tuple[ColumnElement[bool], ...]:
    return JOBS.c.id == job.id, JOBS.c.lease == job.lease, JOBS.c.state == "running"


def _end(db: Connection, job: Job, state: str) -> bool:
    values = {"state": state, "lease": None, "lease_until": None, "finished_at": now()}
    return db.execute(update(JOBS).where(*_held(job)).values(**values)).rowcount == 1


def _close(db: Connection, job_id: int, film_id: int, reason: str) -> None:
    values = {"state": "failed", "lease": None, "lease_until": None, "finished_at": now(), "error": reason}
    db.execute(update(JOBS).where(JOBS.c.id == job_id).values(**values))
    db.execute(update(FILMS).where(FILMS.c.id == film_id).values(state=FilmState.FAILED))
    audit.record(db, WORKER, "assessment-failed", film_id)


def _last_version(db: Connection, film_id: int) -> int:
    return db.execute(select(func.max(ASSESSMENTS.c.version)).where(ASSESSMENTS.c.film_id == film_id)).scalar() or 0
