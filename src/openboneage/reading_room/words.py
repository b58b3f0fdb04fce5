"""How the pages write dates, names and ages."""

from __future__ import annotations

from datetime import datetime

from openboneage.assess.assessment import Assessment
from openboneage.assess.words import age_text
from openboneage.report.report import Decision, Outcome
from openboneage.store.films import Film
from openboneage.subject import format_age


def time_text(time: datetime) -> str:
    """A time in the zone of the server: `2026-11-22 14:05`."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M")


def day_text(day: str) -> str:
    """A DICOM date, `20261122`, as `2026-11-22`; empty text stays empty."""
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 else day


def person_text(name: str) -> str:
    """A DICOM name, `Family^Given`, as `Family, Given`."""
    parts = [part.strip() for part in name.partition("=")[0].split("^")[:2]]
    return ", ".join(part for part in parts if part)


def film_title(film: Film) -> str:
    """What a reader knows a film by: the patient's name or identifier, else the name of the file, else its number."""
    return person_text(film.patient_name) or film.patient_id or film.name or f"film {film.id}"


def result_text(assessment: Assessment | None, decision: Decision | None) -> str:
    """The bone age that stands: the reader's, else the program's; empty without one."""
    if decision is not None and decision.outcome is Outcome.REJECTED:
        return "rejected"
    if decision is not None and decision.bone_age_months is not None:
        return format_age(decision.bone_age_months)
    return age_text(assessment.answers).removeprefix("bone age ") if assessment and assessment.answers else ""


FILTERS = {"time": time_text, "day": day_text, "person": person_text, "film_title": film_title}
