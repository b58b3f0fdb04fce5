"""Removal of a patient's data."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from openboneage.errors import InputError
from openboneage.store import audit
from openboneage.store.store import Store
from openboneage.store.tables import ASSESSMENTS, DOCUMENTS, FILMS, PATIENTS, STUDIES


@dataclass(frozen=True)
class Removed:
    """What was removed."""

    films: int
    files: int


def patients_with(store: Store, patient_id: str) -> list[int]:
    """Numbers of the patients with an identifier; several if their issuers or birth dates differ."""
    with store.database.reading() as db:
        return list(
            db.execute(select(PATIENTS.c.id).where(PATIENTS.c.patient_id == patient_id).order_by(PATIENTS.c.id)).scalars()
        )


def remove_patient(store: Store, patient_number: int, actor: str) -> Removed:
    """Remove a patient: films, assessments, reports, documents and deliveries. The audit log keeps the numbers of the films.

    Copies in backups, and documents that were sent elsewhere, stay where they are.

    Raises:
        InputError: There is no such patient.
    """
    with store.database.writing() as db:
        if db.execute(select(PATIENTS.c.id).where(PATIENTS.c.id == patient_number)).first() is None:
            raise InputError("There is no patient of this number; the data may have been removed already.")
        studies = select(STUDIES.c.id).where(STUDIES.c.patient_id == patient_number)
        film_ids = list(db.execute(select(FILMS.c.id).where(FILMS.c.study_id.in_(studies))).scalars())
        before = _files(db, film_ids)
        db.execute(delete(PATIENTS).where(PATIENTS.c.id == patient_number))
        unused = before - _files(db)
        for film_id in film_ids:
            audit.record(db, actor, "film-removed", film_id)
    for sha256 in unused:
        store.files.remove(sha256)
    return Removed(len(film_ids), len(unused))


def _files(db: Connection, film_ids: list[int] | None = None) -> set[str]:
    """Checksums of the files of some films, or of all."""
    found: set[str] = set()
    for column, film in (
        (FILMS.c.sha256, FILMS.c.id),
        (ASSESSMENTS.c.attention_sha256, ASSESSMENTS.c.film_id),
        (DOCUMENTS.c.sha256, DOCUMENTS.c.film_id),
    ):
        query = select(column).where(column.is_not(None))
        found.update(db.execute(query if film_ids is None else query.where(film.in_(film_ids))).scalars())
    return found
