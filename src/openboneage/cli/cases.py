"""Which films to assess: files, folders and cases files become cases."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openboneage.errors import InputError
from openboneage.subject import Sex, checked_age_months, parse_sex

CASE_COLUMNS = ("path", "sex", "age_months")
NO_FILMS = frozenset({".csv", ".htm", ".html", ".json", ".log", ".md", ".pdf", ".txt", ".xml", ".yaml", ".yml", ".zip"})
"""Endings of files in a folder that nobody takes for films."""


@dataclass(frozen=True)
class Case:
    """One film to assess.

    Attributes:
        path: The film.
        label: The path as it was given, for tables.
        sex: Entered sex; None takes the file's.
        age_months: Entered chronological age in months; None takes the file's.
    """

    path: Path
    label: str
    sex: Sex | None
    age_months: float | None


def collect_cases(sources: Sequence[Path], sex: Sex | None, age_months: float | None) -> list[Case]:
    """Every film that the sources name, in order; `sex` and `age_months` hold where a cases file says nothing.

    Raises:
        InputError: A source does not exist, a folder holds no film, or a cases file has a wrong column or value.
    """
    return [case for source in sources for case in _cases_of(source, sex, age_months)]


def _cases_of(source: Path, sex: Sex | None, age_months: float | None) -> list[Case]:
    if source.is_dir():
        films = sorted(path for path in source.rglob("*") if _may_be_film(path, source))
        if not films:
            raise InputError(f"Expected films in the folder {source}, found none.")
        return [Case(path, str(path), sex, age_months) for path in films]
    if not source.exists():
        raise InputError(f"There is no file or folder {source}.")
    if source.suffix.lower() == ".csv":
        return list(_read_cases(source, sex, age_months))
    return [Case(source, str(source), sex, age_months)]


def _may_be_film(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.is_file() and not hidden and path.suffix.lower() not in NO_FILMS and path.name != "DICOMDIR"


def _read_cases(source: Path, sex: Sex | None, age_months: float | None) -> Iterator[Case]:
    try:
        text = source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"A cases file is text in UTF-8, which {source} is not; save it as CSV UTF-8.") from None
    with io.StringIO(text, newline="") as file:
        reader = csv.DictReader(file)
        columns = set(reader.fieldnames or ())
        if "path" not in columns or not columns <= set(CASE_COLUMNS):
            raise InputError(
                f"A cases file has the columns path, sex, age_months (the last two optional); {source} has {sorted(columns)}."
            )
        for row in reader:
            if not row["path"]:
                raise InputError(f"{source}, line {reader.line_num}: the path is empty.")
            try:
                yield Case(
                    path=source.parent / row["path"],
                    label=row["path"],
                    sex=parse_sex(row["sex"]) if row.get("sex") else sex,
                    age_months=_age(row["age_months"]) if row.get("age_months") else age_months,
                )
            except InputError as error:
                raise InputError(f"{source}, line {reader.line_num}: {error}") from None


def _age(text: str) -> float:
    try:
        return checked_age_months(float(text))
    except ValueError:
        raise InputError(f"age_months must be a number of months, got {text!r}.") from None
