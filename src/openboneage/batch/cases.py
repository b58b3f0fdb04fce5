"""Turn files, folders and cases files into a stream of films to assess."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from openboneage.errors import InputError
from openboneage.subject import Sex, checked_age_months, parse_sex

CASE_COLUMNS = ("path", "sex", "age_months")
NO_FILMS = frozenset(
    ".csv .htm .html .json .jsonl .lock .log .md .parquet .pdf .svg .txt .xml .yaml .yml .zip".split()  # noqa: SIM905
)
"""Endings of files in a folder that are not films."""
LINES_CHECKED = 1000
"""Lines of a cases file that are checked before the first film; this takes a few milliseconds."""


@dataclass(frozen=True)
class Case:
    """One film to assess.

    Attributes:
        path: The film; absolute, so that it is valid in every process.
        label: The path as given, for tables.
        sex: Entered sex; None uses the file's.
        age_months: Entered chronological age in months; None uses the file's.
    """

    path: Path
    label: str
    sex: Sex | None = None
    age_months: float | None = None


@dataclass(frozen=True)
class UnusableCase:
    """A folder that could not be read, or an invalid line of a cases file.

    Attributes:
        label: The path of the folder, or that of the line.
        reason: What is wrong, for a person.
    """

    label: str
    reason: str


def stream_cases(
    sources: Sequence[str], sex: Sex | None = None, age_months: float | None = None, skip: Path | None = None
) -> Iterator[Case | UnusableCase]:
    """Every film of the sources, in order, found lazily.

    The sources and the first lines of cases files are checked at once; later errors become unusable cases.

    Args:
        sources: Films, folders of films, or cases files.
        sex: Sex if a cases file does not state it.
        age_months: Chronological age in months if a cases file does not state it.
        skip: A folder to leave out.

    Raises:
        InputError: A source does not exist, a folder contains no film, or a cases file has a wrong column or value.
    """
    default = Case(Path(), "", sex, age_months)
    return chain.from_iterable([_open_source(source, default, skip) for source in sources])


def _open_source(source: str, default: Case, skip: Path | None) -> Iterator[Case | UnusableCase]:
    path = Path(source)
    if not source or not path.exists():
        raise InputError(f"There is no file or folder {source or repr(source)}.")
    if path.is_dir():
        films = _films_below(source, default, skip)
        first = list(islice(films, 1))
        if not first:
            raise InputError(f"Expected films in the folder {source}, found none.")
        return chain(first, films)
    if path.suffix.lower() == ".csv":
        return _open_cases(path, default)
    return iter([replace(default, path=path.absolute(), label=str(path))])


def _films_below(folder: str, default: Case, skip: Path | None) -> Iterator[Case | UnusableCase]:
    """Films of a folder and its subfolders, sorted by path; hidden ones and links to folders are left out."""
    waiting = [(folder, True)]
    while waiting:
        name, is_folder = waiting.pop()
        if is_folder:
            try:
                waiting += _entries(name, skip)
            except OSError as error:
                yield UnusableCase(name, f"The folder could not be read ({error.strerror}), so its films are missing.")
        elif (path := Path(name)).suffix.lower() not in NO_FILMS and path.name != "DICOMDIR" and path.is_file():
            yield replace(default, path=path.absolute(), label=str(path))


def _entries(folder: str, skip: Path | None) -> list[tuple[str, bool]]:
    """Paths in a folder, in reverse order, and whether each is a folder; files are not opened."""
    if skip is not None and skip.samefile(folder):
        return []
    with os.scandir(folder) as entries:
        found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries if not entry.name.startswith(".")]
    return sorted(found, reverse=True)


def _open_cases(source: Path, default: Case) -> Iterator[Case | UnusableCase]:
    if not source.is_file():
        raise InputError(f"Expected a cases file, got a device or pipe: {source}.")
    cases = _read_cases(source.absolute(), default)
    first = list(islice(cases, LINES_CHECKED))
    if not first:
        raise InputError(f"Expected a film on each line after the first of {source}, found none.")
    for case in first:
        if isinstance(case, UnusableCase):
            raise InputError(case.reason)
    return chain(first, cases)


def _read_cases(source: Path, default: Case) -> Iterator[Case | UnusableCase]:
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_columns(source, reader.fieldnames or ())
            for row in reader:
                yield _read_case(source, reader.line_num, row, default)
    except UnicodeDecodeError:
        reason = f"Expected a cases file in UTF-8, got another encoding in {source}; save it as CSV UTF-8."
        yield UnusableCase(str(source), reason)
    except csv.Error as error:
        reason = f"Expected a cases file as CSV, but {source} is damaged ({error}): is a quotation mark missing?"
        yield UnusableCase(str(source), reason)


def _check_columns(source: Path, columns: Sequence[str]) -> None:
    if "path" not in columns or not set(columns) <= set(CASE_COLUMNS) or len(set(columns)) < len(columns):
        raise InputError(
            f"A cases file has the columns path, sex, age_months (the last two optional); {source} has {sorted(columns)}."
        )


def _read_case(source: Path, line: int, row: dict[str, str], default: Case) -> Case | UnusableCase:
    name, sex, age = (row.get(column) or "" for column in CASE_COLUMNS)
    try:
        if not name or "\0" in name:
            raise InputError(f"the path is {'invalid' if name else 'empty'}.")
        return Case(
            path=source.parent / name,
            label=name,
            sex=parse_sex(sex) if sex else default.sex,
            age_months=_age(age) if age else default.age_months,
        )
    except InputError as error:
        return UnusableCase(name, f"{source}, line {line}: {error}")


def _age(text: str) -> float:
    try:
        return checked_age_months(float(text))
    except ValueError:
        raise InputError(f"age_months must be a number of months, got {text!r}.") from None
