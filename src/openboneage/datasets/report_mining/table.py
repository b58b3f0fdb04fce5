"""A table of reports, and the table of labels that comes out of it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openboneage.datasets.report_mining.report import MinedReport, mine_report
from openboneage.datasets.tables.columns import Columns, recognise
from openboneage.datasets.tables.delimited import Row, read_table
from openboneage.errors import InputError
from openboneage.subject import MONTHS_PER_YEAR, Sex


@dataclass(frozen=True)
class ReportedFilm:
    """A film and what its report states.

    Attributes:
        id: Identifier of the film.
        sex: Sex of the child, from the table.
        age_months: Chronological age: from the table, otherwise from the report.
        patient: Key of the child; empty if the table has none.
        words: The words that state the bone age; empty without one.
        mined: What the report states.
    """

    id: str
    sex: Sex
    age_months: float | None
    patient: str
    words: str
    mined: MinedReport


def mine_table(path: Path, mapping: Mapping[str, str] | None = None) -> list[ReportedFilm]:
    """Read the reports of a table with the columns `id` and `report`, and sex, age and patient if there are any.

    Args:
        path: The table.
        mapping: Columns by field, if their names are not recognised.

    Raises:
        InputError: The table cannot be read, or has no column for the film or for the report.
    """
    table = read_table(path)
    columns = recognise(table, mapping)
    for field in ("id", "report"):
        if field not in columns:
            raise InputError(
                f"Expected a column {field} in {path.name}; it has {', '.join(table.columns)}. "
                f"Name one, as --columns {field}=COLUMN."
            )
    return [_film(path, columns, row) for row in table.rows]


def _film(path: Path, columns: Columns, row: Row) -> ReportedFilm:
    text = columns.text(row, "report")
    mined = mine_report(text)
    try:
        sex, age_months = columns.sex(row), columns.months(row, "age")
    except InputError as error:
        raise InputError(f"{path.name}, line {row.line}: {error}") from None
    if age_months is None and mined.chronological_age:
        age_months = mined.chronological_age.months
    words = " ".join(text[mined.bone_age.start : mined.bone_age.end].split()) if mined.bone_age else ""
    return ReportedFilm(columns.text(row, "id"), sex, age_months, columns.text(row, "patient"), words, mined)


def outcomes(films: Sequence[ReportedFilm]) -> Counter[str]:
    """Number of labels by confidence, and of reports without a label by reason, the most frequent first."""
    return Counter(
        f"excluded: {film.mined.exclusion}" if film.mined.exclusion else f"label, confidence {film.mined.confidence}"
        for film in films
    )


def write_labels(path: Path, films: Sequence[ReportedFilm], whole_years: bool = False) -> None:
    """Write a table of labels that `open_film_set` reads; reports without a label have an empty bone age and a reason.

    Args:
        path: File to write.
        films: The films.
        whole_years: Write completed years, 18 at most, as in Lee et al. 2017, instead of months.
    """
    unit = "bone_age_years" if whole_years else "bone_age_months"
    header = ("id", "sex", unit, "age_months", "patient", "range_low", "range_high", "confidence", "words", "excluded")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(_cells(film, whole_years) for film in films)


def _cells(film: ReportedFilm, whole_years: bool) -> list[str]:
    age, label, low, high = film.mined.bone_age, "", "", ""
    if age:
        label = str(age.whole_years) if whole_years else f"{age.months:g}"
        scale = MONTHS_PER_YEAR if whole_years else 1
        low, high = f"{age.low_months / scale:g}", f"{age.high_months / scale:g}"
    months = "" if film.age_months is None else f"{film.age_months:g}"
    sex = "" if film.sex is Sex.UNKNOWN else str(film.sex)
    mined = film.mined
    return [film.id, sex, label, months, film.patient, low, high, mined.confidence or "", film.words, mined.exclusion or ""]
