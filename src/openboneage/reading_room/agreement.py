"""Agreement between readers and program: bias, limits of agreement, weighted kappa.

Sources: Bland JM, Altman DG. Lancet 1986; 327:307-310 (limits of agreement: bias plus and minus 1.96 standard deviations of the
differences). Cohen J. Psychol Bull 1968; 70:213-220 (weighted kappa), here with quadratic weights on whole years.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openboneage.report.report import Outcome
from openboneage.store import jobs, reports
from openboneage.store.store import Store
from openboneage.subject import MONTHS_PER_YEAR

LIMIT_SDS = 1.96
MIN_PAIRS = 2


@dataclass(frozen=True)
class Pair:
    """A film that a reader and the program read.

    Attributes:
        film_id: Number of the film.
        reader_months: Bone age of the reader, months.
        program_months: Bone age of the program, months.
        is_independent: Whether the reader read first, without seeing the program's answer.
    """

    film_id: int
    reader_months: float
    program_months: float
    is_independent: bool


@dataclass(frozen=True)
class Agreement:
    """Agreement over films; differences are reader minus program.

    Attributes:
        films: Number of films.
        bias_months: Mean difference, months.
        low_months: Lower limit of agreement, months.
        high_months: Upper limit of agreement, months.
        kappa: Weighted kappa of whole years; None where all ages fall into one year.
    """

    films: int
    bias_months: float
    low_months: float
    high_months: float
    kappa: float | None


def pairs_of(store: Store) -> list[Pair]:
    """All films with both ages: first readings, and signed reports of films that nobody read first."""
    first = [(read.film_id, read.bone_age_months, True) for read in reports.first_reads(store)]
    read_first = {film_id for film_id, _, _ in first}
    signed = [
        (report.film_id, report.decision.bone_age_months, False)
        for report in reports.all_latest(store)
        if report.film_id not in read_first and report.decision.outcome is not Outcome.REJECTED
    ]
    found = []
    for film_id, reader_months, is_independent in (*first, *signed):
        program_months = _program_months(store, film_id)
        if program_months is not None:
            stated = program_months if reader_months is None else reader_months
            found.append(Pair(film_id, stated, program_months, is_independent))
    return found


def agreement_of(pairs: Sequence[Pair]) -> Agreement | None:
    """The agreement over pairs; None for fewer than two."""
    if len(pairs) < MIN_PAIRS:
        return None
    reader = np.array([pair.reader_months for pair in pairs])
    program = np.array([pair.program_months for pair in pairs])
    bias, spread = float(np.mean(reader - program)), LIMIT_SDS * float(np.std(reader - program, ddof=1))
    return Agreement(len(pairs), bias, bias - spread, bias + spread, _kappa(reader, program))


def _program_months(store: Store, film_id: int) -> float | None:
    """The program's bone age; None where it has none, or one for each sex."""
    found = jobs.latest(store, film_id)
    return None if found is None or found.assessment.bone_age is None else found.assessment.bone_age.mean_months


def _kappa(first: np.ndarray, second: np.ndarray) -> float | None:
    """Weighted kappa of whole years with quadratic weights: 1 - observed / expected mean squared difference."""
    years = np.round(first / MONTHS_PER_YEAR), np.round(second / MONTHS_PER_YEAR)
    observed = float(np.mean((years[0] - years[1]) ** 2))
    expected = float(np.mean((years[0][:, None] - years[1][None, :]) ** 2))
    return None if expected == 0 else 1 - observed / expected
