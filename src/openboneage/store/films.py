"""Films: receiving them, and what the store knows of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from openboneage.errors import BoneAgeError, InputError, UnreadableError
from openboneage.reading.bounds import MAX_FILE_BYTES
from openboneage.reading.origin import Origin
from openboneage.reading.read import sniff
from openboneage.store import audit
from openboneage.store.store import Store
from openboneage.store.tables import FILMS, JOBS, PATIENTS, STUDIES
from openboneage.store.times import now
from openboneage.subject import Sex


class Source(StrEnum):
    """How a film came in."""

    UPLOAD = "upload"
    API = "api"
    NODE = "node"
    FOLDER = "folder"
    QUERY = "query"


class FilmState(StrEnum):
    """State of a film in the worklist."""

    NEW = "new"
    ASSESSED = "assessed"
    ATTENTION = "needs attention"
    SIGNED = "signed"
    SENT = "sent"
    FAILED = "failed"


class QueueFullError(BoneAgeError):
    """Too many films wait for their assessment; the sender should try again later."""

    http_status = 503
    dimse_status = 0xA700


@dataclass(frozen=True)
class Reception:
    """How a film was received.

    Attributes:
        source: How it came in.
        actor: Who sent it: a user name, or the part of the program that received it.
        name: Name of its file, shown in the worklist; empty where there is none.
        sex: Sex that was entered; None takes the film's.
        age_months: Chronological age that was entered, months; None takes the film's.
    """

    source: Source
    actor: str
    name: str = ""
    sex: Sex | None = None
    age_months: float | None = None


@dataclass(frozen=True)
class Received:
    """A film that is safe in the store.

    Attributes:
        film_id: Number of the film.
        is_new: False where the film was there already; it is not assessed again.
        is_same: Whether the stored bytes are those that were sent: an instance that was sent again may differ.
    """

    film_id: int
    is_new: bool
    is_same: bool = True


@dataclass(frozen=True)
class Film:
    """A film as the store knows it. Names and identifiers are for authorised readers only; no log may contain them.

    Attributes:
        id: Its number.
        state: Its state in the worklist.
        source: How it came in.
        received_at: When it came in, UTC.
        sha256: Checksum of its bytes.
        name: Name of its file; empty where there is none.
        entered_sex: Sex that was entered; None takes the film's.
        entered_age_months: Chronological age that was entered, months; None takes the film's.
        sop_instance_uid: UID of the DICOM object; None for other files.
        sop_class_uid: Class of the DICOM object; empty for other files.
        series_instance_uid: Its series; empty for other files.
        study_instance_uid: Its study; None where there is none.
        study_date: `YYYYMMDD`, or empty.
        accession_number: Accession number, or empty.
        patient_number: Number of the patient in this store.
        patient_id: Identifier of the patient, or empty.
        issuer: Issuer of the identifier, or empty.
        patient_name: `Family^Given`, or empty.
        birth_date: `YYYYMMDD`, or empty.
    """

    id: int
    state: FilmState
    source: Source
    received_at: datetime
    sha256: str
    name: str
    entered_sex: Sex | None
    entered_age_months: float | None
    sop_instance_uid: str | None
    sop_class_uid: str
    series_instance_uid: str
    study_instance_uid: str | None
    study_date: str
    accession_number: str
    patient_number: int
    patient_id: str
    issuer: str
    patient_name: str
    birth_date: str


FILM_COLUMNS = (
    *(
        FILMS.c[name]
        for name in (
            "id",
            "state",
            "source",
            "received_at",
            "sha256",
            "name",
            "entered_sex",
            "entered_age_months",
            "sop_instance_uid",
            "sop_class_uid",
            "series_instance_uid",
        )
    ),
    *(STUDIES.c[name] for name in ("study_instance_uid", "study_date", "accession_number")),
    PATIENTS.c.id.label("patient_number"),
    *(PATIENTS.c[name] for name in ("patient_id", "issuer", "birth_date")),
    PATIENTS.c.name.label("patient_name"),
)
"""Columns of a `Film`, named like its attributes."""

FILM_TABLES = FILMS.join(STUDIES, FILMS.c.study_id == STUDIES.c.id).join(PATIENTS, STUDIES.c.patient_id == PATIENTS.c.id)


def receive(store: Store, data: bytes, how: Reception) -> Received:
    """Keep a film and queue its assessment. When this returns, both are safe on disk.

    Args:
        store: The store.
        data: The film's file.
        how: How it was received.

    Raises:
        UnreadableError: The bytes are no image file, or too many.
        QueueFullError: Too many films wait.
    """
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableError(f"Expected a file of at most {MAX_FILE_BYTES // 2**20} MiB; export a single film.")
    origin = _origin(data)
    sha256 = store.files.put(data)
    with store.database.writing() as db:
        identity = origin.sop_instance_uid or sha256
        known = db.execute(select(FILMS.c.id, FILMS.c.sha256).where(FILMS.c.identity == identity)).first()
        if known:
            same = known.sha256 == sha256
            audit.record(db, how.actor, "film-repeated", known.id, "" if same else "other bytes; the first are kept")
            return Received(known.id, is_new=False, is_same=same)
        _check_queue(db, store.settings.queue_limit)
        film_id = _add_film(db, origin, how, identity=identity, sha256=sha256, bytes=len(data))
        queue(db, film_id)
        audit.record(db, how.actor, "film-received", film_id, how.source)
    return Received(film_id, is_new=True)


def queue(db: Connection, film_id: int) -> None:
    """Queue the assessment of a film in a writing transaction, unless it is queued already."""
    open_job = select(JOBS.c.id).where(JOBS.c.film_id == film_id, JOBS.c.state.in_(("queued", "running")))
    if db.execute(open_job).first() is None:
        db.execute(insert(JOBS).values(film_id=film_id, state="queued", queued_at=now()))


class FilmNotFoundError(InputError):
    """There is no film of this number."""

    http_status = 404


def find(store: Store, film_id: int) -> Film:
    """The film of a number.

    Raises:
        FilmNotFoundError: There is none.
    """
    with store.database.reading() as db:
        row = db.execute(select(*FILM_COLUMNS).select_from(FILM_TABLES).where(FILMS.c.id == film_id)).first()
    if row is None:
        raise FilmNotFoundError("There is no film of this number; it may have been removed.")
    return film_of(row)


def find_instance(store: Store, sop_instance_uid: str) -> Film | None:
    """The film of a DICOM instance; None if it is not in the store."""
    query = select(*FILM_COLUMNS).select_from(FILM_TABLES).where(FILMS.c.sop_instance_uid == sop_instance_uid)
    with store.database.reading() as db:
        row = db.execute(query).first()
    return None if row is None else film_of(row)


def of_patient(store: Store, patient_number: int) -> list[Film]:
    """All films of a patient, the earliest first."""
    query = select(*FILM_COLUMNS).select_from(FILM_TABLES).where(PATIENTS.c.id == patient_number)
    with store.database.reading() as db:
        return [film_of(row) for row in db.execute(query.order_by(STUDIES.c.study_date, FILMS.c.id))]


def film_of(row: Row[Any]) -> Film:
    """A film from the columns `FILM_COLUMNS`."""
    values = {name: getattr(row, name) for name in Film.__dataclass_fields__}
    sex = values["entered_sex"]
    return Film(
        **values
        | {
            "state": FilmState(values["state"]),
            "source": Source(values["source"]),
            "entered_sex": None if sex is None else Sex(sex),
        }
    )


def _origin(data: bytes) -> Origin:
    if sniff(data) != "DICOM":
        return Origin(rows=0, columns=0)
    from openboneage.reading.dicom.header import dicom_origin

    return dicom_origin(data)


def _check_queue(db: Connection, limit: int) -> None:
    waiting = db.execute(select(func.count()).select_from(JOBS).where(JOBS.c.state == "queued")).scalar_one()
    if waiting >= limit:
        raise QueueFullError(f"{waiting} films wait for their assessment, at most {limit} may; send the film again later.")


def _add_film(db: Connection, origin: Origin, how: Reception, **values: Any) -> int:
    statement = insert(FILMS).values(
        study_id=_study(db, origin),
        sop_instance_uid=origin.sop_instance_uid or None,
        series_instance_uid=origin.series_instance_uid,
        sop_class_uid=origin.sop_class_uid,
        name=how.name,
        source=how.source,
        state=FilmState.NEW,
        received_at=now(),
        entered_sex=how.sex,
        entered_age_months=how.age_months,
        **values,
    )
    return int(db.execute(statement.returning(FILMS.c.id)).scalar_one())


def _study(db: Connection, origin: Origin) -> int:
    uid = origin.study_instance_uid or None
    if uid and (known := db.execute(select(STUDIES.c.id).where(STUDIES.c.study_instance_uid == uid)).scalar()):
        return int(known)
    statement = insert(STUDIES).values(
        patient_id=_patient(db, origin),
        study_instance_uid=uid,
        study_date=origin.study_date,
        accession_number=origin.accession_number,
        description=origin.study_description,
        institution=origin.institution_name,
    )
    return int(db.execute(statement.returning(STUDIES.c.id)).scalar_one())


def _patient(db: Connection, origin: Origin) -> int:
    """The patient of a film: known by identifier, issuer and birth date; a film without an identifier has its own patient."""
    key = {
        "patient_id": origin.patient_id,
        "issuer": origin.issuer_of_patient_id,
        "birth_date": origin.patient_birth_date,
    }
    if origin.patient_id:
        same = [PATIENTS.c[name] == value for name, value in key.items()]
        if known := db.execute(select(PATIENTS.c.id).where(*same)).scalar():
            return int(known)
    statement = insert(PATIENTS).values(name=origin.patient_name, sex=origin.patient_sex, **key)
    return int(db.execute(statement.returning(PATIENTS.c.id)).scalar_one())
