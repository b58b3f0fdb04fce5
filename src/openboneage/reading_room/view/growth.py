"""Earlier films of a child, and the figure of its bone ages over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from openboneage.clinical.growth import assess_growth
from openboneage.clinical.visits import Child, Visit
from openboneage.report import wording
from openboneage.report.growth_figure import bone_age_figure
from openboneage.report.phrases import Phrases
from openboneage.subject import Sex

FIGURE_DPI = 110


@dataclass(frozen=True)
class DatedAge:
    """The bone age of a film of a child.

    Attributes:
        film_id: Number of the film.
        study_date: `YYYYMMDD`, or empty.
        sex: Sex of the child.
        age_months: Chronological age, months; None where it is not known.
        bone_age_months: Bone age, months; None where there is none.
        is_signed: Whether a reader signed it.
    """

    film_id: int
    study_date: str
    sex: Sex
    age_months: float | None
    bone_age_months: float | None
    is_signed: bool


@dataclass(frozen=True)
class EarlierFilm:
    """A film in words."""

    film_id: int
    date: str
    age: str
    bone_age: str
    is_signed: bool


def earlier_film(found: DatedAge, say: Phrases) -> EarlierFilm:
    """A film in words."""

    def text(months: float | None) -> str:
        return say.not_stated if months is None else wording.age(months, say)

    date = wording.date(found.study_date, say) or say.not_stated
    return EarlierFilm(found.film_id, date, text(found.age_months), text(found.bone_age_months), found.is_signed)


def child_of(found: Sequence[DatedAge]) -> Child | None:
    """The child with its bone ages; None with fewer than two films of one sex with age and bone age."""
    visits = {
        each.age_months: Visit(each.age_months, each.bone_age_months)
        for each in found
        if each.age_months is not None and each.bone_age_months is not None
    }
    sexes = {each.sex for each in found}
    if len(visits) < 2 or len(sexes) > 1 or Sex.UNKNOWN in sexes:
        return None
    return Child(sexes.pop(), tuple(visits.values()))


def growth_png(child: Child, say: Phrases) -> bytes:
    """The figure of bone ages over time."""
    file = BytesIO()
    bone_age_figure(assess_growth(child), say).savefig(file, format="png", dpi=FIGURE_DPI)
    return file.getvalue()
