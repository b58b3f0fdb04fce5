"""Films on the reading page: their reports, kept for a while since each takes a while to make, and the child's other films."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from openboneage.assess.assessment import Assessment
from openboneage.errors import InputError
from openboneage.reading_room.view.growth import DatedAge
from openboneage.report.report import Decision, Outcome, Report
from openboneage.store import films, jobs, reports
from openboneage.store.documents import Maker
from openboneage.store.films import Film
from openboneage.store.reports import SignedReport
from openboneage.store.store import Store
from openboneage.subject import Sex

KEPT_REPORTS = 4
"""Films in memory, each with its pixels."""


@dataclass(frozen=True)
class Reading:
    """A film on the reading page.

    Attributes:
        film: The film.
        report: Its report: the signed version, or the latest assessment.
        assessment_id: Number of the latest assessment.
        versions: Signed versions, the latest first.
    """

    film: Film
    report: Report
    assessment_id: int
    versions: tuple[SignedReport, ...]

    @property
    def signed(self) -> SignedReport | None:
        """The latest signed version."""
        return self.versions[0] if self.versions else None


@dataclass(eq=False)
class Desk:
    """Opens films for reading; threads may share it."""

    store: Store
    maker: Maker
    _kept: OrderedDict[tuple[int, int, int], Report] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def open(self, film_id: int, *, correct: bool = False) -> Reading:
        """Open a film.

        Args:
            film_id: Number of the film.
            correct: Show the latest assessment without the decision, for a correction of a signed report.

        Raises:
            InputError: There is no such film, or it has not been assessed yet.
        """
        film, latest = films.find(self.store, film_id), jobs.latest(self.store, film_id)
        if latest is None:
            raise InputError("The film has not been assessed yet.")
        versions = tuple(reports.versions(self.store, film_id))
        version = versions[0].version if versions and not correct else 0
        return Reading(film, self._report(film_id, version, latest.id), latest.id, versions)

    def of_child(self, film: Film) -> list[DatedAge]:
        """All films of the child with their bone ages, the earliest first."""
        return [self._dated_age(each) for each in films.of_patient(self.store, film.patient_number)]

    def _dated_age(self, film: Film) -> DatedAge:
        latest = jobs.latest(self.store, film.id)
        signed = next(iter(reports.versions(self.store, film.id)), None)
        if latest is None:
            return DatedAge(film.id, film.study_date, Sex.UNKNOWN, None, None, is_signed=False)
        subject = latest.assessment.subject
        months = _bone_age_months(latest.assessment, signed.decision if signed else None)
        return DatedAge(film.id, film.study_date, subject.sex, subject.age_months, months, signed is not None)

    def _report(self, film_id: int, version: int, assessment_id: int) -> Report:
        key = (film_id, version, assessment_id)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = self.maker.report(self.store, film_id, version)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT_REPORTS:
                self._kept.popitem(last=False)
        return made


def _bone_age_months(assessment: Assessment, decision: Decision | None) -> float | None:
    """The bone age that counts: the reader's, or the estimate unless it was rejected."""
    if decision is not None and decision.outcome is not Outcome.ACCEPTED:
        return decision.bone_age_months
    return None if assessment.bone_age is None else assessment.bone_age.mean_months
