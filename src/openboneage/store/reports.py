"""Signed reports: each version is locked; a correction is the next version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from openboneage.errors import BoneAgeError, InputError
from openboneage.report.report import Decision, Outcome
from openboneage.store import audit, jobs, outbox
from openboneage.store.films import Film, FilmState
from openboneage.store.store import Store
from openboneage.store.tables import ASSESSMENTS, FILMS, FIRST_READS, REPORTS
from openboneage.store.times import now

Deliveries = Callable[[Film, Decision], Sequence[outbox.NewDelivery]]
"""Names the deliveries to add when a report is signed."""


class OutdatedError(BoneAgeError):
    """The film has changed since the reader saw it."""

    http_status = 409


@dataclass(frozen=True)
class Signature:
    """What a reader signs.

    Attributes:
        film_id: Number of the film.
        assessment_id: Number of the assessment that the reader saw.
        replaces_version: Version of the report that the reader saw; 0 where none was signed.
        account_id: Number of the reader's account.
        actor: The reader's user name.
        decision: The decision.
        stages: The reader's stages: name of the standard to bone to stage.
        calibration: The site calibration that the report applies, as JSON values; None without one.
    """

    film_id: int
    assessment_id: int
    replaces_version: int
    account_id: int
    actor: str
    decision: Decision
    stages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    calibration: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class SignedReport:
    """A version of a signed report.

    Attributes:
        film_id: Number of the film.
        version: Its version, from 1.
        assessment_id: Number of its assessment.
        account_id: Number of the reader's account; None where an account does not exist.
        signed_at: When it was signed, UTC.
        decision: The decision.
        stages: The reader's stages: name of the standard to bone to stage.
        calibration: The site calibration that it applies, as JSON values; None without one.
    """

    film_id: int
    version: int
    assessment_id: int
    account_id: int | None
    signed_at: datetime
    decision: Decision
    stages: Mapping[str, Mapping[str, str]]
    calibration: Mapping[str, Any] | None


@dataclass(frozen=True)
class FirstRead:
    """A bone age that a reader entered before seeing the program's."""

    film_id: int
    account_id: int
    bone_age_months: float
    read_at: datetime


def sign(store: Store, film: Film, signature: Signature, deliveries: Deliveries | None = None) -> SignedReport:
    """Store a reader's decision as the next version of a report, and the deliveries that follow from it.

    Raises:
        OutdatedError: The film has another assessment or report than the reader saw.
        InputError: The decision accepts an estimate that does not exist.
    """
    current = jobs.latest(store, film.id)
    if current and signature.decision.outcome is Outcome.ACCEPTED and not current.assessment.answers:
        raise InputError("The film was refused, so there is no bone age to accept; reject it, or enter a bone age.")
    with store.database.writing() as db:
        last = db.execute(select(func.max(REPORTS.c.version)).where(REPORTS.c.film_id == film.id)).scalar() or 0
        newest = select(func.max(ASSESSMENTS.c.id)).where(ASSESSMENTS.c.film_id == film.id)
        if (db.execute(newest).scalar(), last) != (signature.assessment_id, signature.replaces_version):
            raise OutdatedError("The film has a newer assessment or report than the one on the page; load the page again.")
        row = db.execute(
            insert(REPORTS)
            .values(
                film_id=film.id,
                version=last + 1,
                assessment_id=signature.assessment_id,
                account_id=signature.account_id,
                signed_at=now(),
                decision=signature.decision.to_json(),
                stages={name: dict(stages) for name, stages in signature.stages.items()},
                calibration=None if signature.calibration is None else dict(signature.calibration),
            )
            .returning(REPORTS)
        ).one()
        db.execute(update(FILMS).where(FILMS.c.id == film.id).values(state=FilmState.SIGNED))
        audit.record(db, signature.actor, "report-signed", film.id, f"version {last + 1}, {signature.decision.outcome}")
        outbox.add(db, film.id, deliveries(film, signature.decision) if deliveries else (), last + 1)
        return _report(row)


def versions(store: Store, film_id: int) -> list[SignedReport]:
    """All versions of a film's report, the latest first."""
    query = select(REPORTS).where(REPORTS.c.film_id == film_id).order_by(REPORTS.c.version.desc())
    with store.database.reading() as db:
        return [_report(row) for row in db.execute(query)]


def find(store: Store, film_id: int, version: int) -> SignedReport:
    """A version of a film's report.

    Raises:
        InputError: There is none.
    """
    found = next((report for report in versions(store, film_id) if report.version == version), None)
    if found is None:
        raise InputError("There is no signed report of this version.")
    return found


def all_latest(store: Store) -> list[SignedReport]:
    """The latest version of every film's report."""
    latest = select(REPORTS.c.film_id, func.max(REPORTS.c.version).label("version")).group_by(REPORTS.c.film_id).subquery()
    same = (REPORTS.c.film_id == latest.c.film_id) & (REPORTS.c.version == latest.c.version)
    with store.database.reading() as db:
        return [_report(row) for row in db.execute(select(REPORTS).join(latest, same).order_by(REPORTS.c.film_id))]


def read_first(store: Store, film_id: int, account_id: int, actor: str, bone_age_months: float) -> None:
    """Store the bone age that a reader entered before seeing the program's; it cannot be changed.

    Raises:
        InputError: The reader has entered one already.
    """
    with store.database.writing() as db:
        if db.execute(select(FIRST_READS.c.id).where(*_by(film_id, account_id))).first():
            raise InputError("You have entered a bone age for this film already.")
        values = {"film_id": film_id, "account_id": account_id, "bone_age_months": bone_age_months, "read_at": now()}
        db.execute(insert(FIRST_READS).values(**values))
        audit.record(db, actor, "first-read", film_id)


def first_reads(store: Store) -> list[FirstRead]:
    """All bone ages that readers entered before seeing the program's."""
    query = select(*(FIRST_READS.c[name] for name in FirstRead.__dataclass_fields__)).order_by(FIRST_READS.c.id)
    with store.database.reading() as db:
        return [FirstRead(*row) for row in db.execute(query)]


def has_read_first(store: Store, film_id: int, account_id: int) -> bool:
    """Whether a reader has entered a bone age before seeing the program's."""
    with store.database.reading() as db:
        return db.execute(select(FIRST_READS.c.id).where(*_by(film_id, account_id))).first() is not None


def _by(film_id: int, account_id: int) -> tuple[Any, ...]:
    return FIRST_READS.c.film_id == film_id, FIRST_READS.c.account_id == account_id


def _report(row: Row[Any]) -> SignedReport:
    values = {name: getattr(row, name) for name in SignedReport.__dataclass_fields__}
    return SignedReport(**values | {"decision": Decision.model_validate(row.decision), "stages": row.stages or {}})
