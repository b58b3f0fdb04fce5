"""Documents: a film's report in one format, made once and then kept.

A document of a signed version never changes: it is made of the stored assessment, map and decision, stored, and returned
as it is from then on. The document of a film that is not signed, version 0, is kept for its assessment.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from sqlalchemy import insert, select

from openboneage.assess.assessor import Assessor, Examination
from openboneage.clinical.maturity import Maturity
from openboneage.clinical.reader_stages import assess_reader_stages
from openboneage.errors import InputError, RefusedError
from openboneage.hand.locate import locate_hand
from openboneage.reading.read import read
from openboneage.report.formats import Format, find_format
from openboneage.report.phrases import DEFAULT_LANGUAGE, phrases_of
from openboneage.report.report import Report
from openboneage.store import attention, films, jobs, reports
from openboneage.store.reports import SignedReport
from openboneage.store.store import Store
from openboneage.store.tables import DOCUMENTS
from openboneage.store.times import now
from openboneage.subject import Sex


@dataclass(eq=False)
class Maker:
    """Makes documents; it loads the models when the first one is made. Threads may share it.

    Attributes:
        models: Set of models, see `Assessor.load`; only the hand finder is used.
    """

    models: str | None = None
    _assessor: Assessor | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def report(self, store: Store, film_id: int, version: int) -> Report:
        """The report of a film from the stored values.

        Args:
            store: The store.
            film_id: Number of the film.
            version: Version of the signed report; 0 for the latest assessment without a decision.

        Raises:
            InputError: There is no such film, assessment or version.
        """
        film = films.find(store, film_id)
        signed = reports.find(store, film_id, version) if version else None
        assessed = jobs.assessment(store, signed.assessment_id) if signed else jobs.latest(store, film_id)
        if assessed is None:
            raise InputError("The film has not been assessed yet.")
        with self._lock:
            self._assessor = self._assessor or Assessor.load(self.models, threads=1)
            hand = locate_hand(read(store.files.get(film.sha256), name=film.name or None), self._assessor.finder)
        sha256 = assessed.attention_sha256
        return Report(
            Examination(hand, assessed.assessment),
            attention=attention.from_bytes(store.files.get(sha256)) if sha256 else None,
            decision=signed.decision if signed else None,
            version=version or 1,
            made=(signed.signed_at if signed else assessed.made_at).astimezone(),
            maturity=_maturity(assessed.assessment.subject.sex, signed) if signed else (),
        )


def _maturity(sex: Sex, signed: SignedReport) -> tuple[Maturity, ...]:
    """Scores and ages of the reader's stages; none where too many bones have no stage, or the sex is unknown."""
    stages = {bone: stage for of_standard in signed.stages.values() for bone, stage in of_standard.items()}
    try:
        return assess_reader_stages(sex, stages) if stages and sex is not Sex.UNKNOWN else ()
    except RefusedError:
        return ()


def document(
    store: Store, maker: Maker, film_id: int, version: int, format_name: str, language: str = DEFAULT_LANGUAGE
) -> bytes:
    """A film's report in one format.

    Args:
        store: The store.
        maker: Makes the document the first time.
        film_id: Number of the film.
        version: Version of the signed report; 0 for the latest assessment without a decision.
        format_name: Name of the format, see `report.formats`.
        language: Language of the words.

    Raises:
        InputError: There is no such film, version, format or language, or the format needs a DICOM film.
    """
    kind, say = find_format(format_name), phrases_of(language)
    kept = _kept(store, film_id, version, kind, language)
    if kept is not None:
        return store.files.get(kept)
    data = kind.write(maker.report(store, film_id, version), say)
    if not version:
        return data
    sha256 = store.files.put(data)
    with store.database.writing() as db:
        key = {"film_id": film_id, "report_version": version, "format": kind.name, "language": language}
        same = [DOCUMENTS.c[name] == value for name, value in key.items()]
        if first := db.execute(select(DOCUMENTS.c.sha256).where(*same)).scalar():
            return store.files.get(first)
        db.execute(insert(DOCUMENTS).values(sha256=sha256, made_at=now(), **key))
    return data


def _kept(store: Store, film_id: int, version: int, kind: Format, language: str) -> str | None:
    key = {"film_id": film_id, "report_version": version, "format": kind.name, "language": language}
    with store.database.reading() as db:
        return db.execute(
            select(DOCUMENTS.c.sha256).where(*(DOCUMENTS.c[name] == value for name, value in key.items()))
        ).scalar()
