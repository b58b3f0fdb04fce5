"""Which films to assess: files, folders and cases files become a stream of cases."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from openboneage.errors import InputError
from openboneage.subject import Sex, checked_age_months, parse_sex

CASE_COLUMNS = ("path", "sex", "age_months")
NO_FILMS = frozenset(
    ".csv .htm .html .json .jsonl .lock .log .md .parquet .pdf .svg .txt .xml .yaml .yml .zip".split()  # noqa: SIM905
)
"""Endings of files in a folder that nobody takes for films."""


@dataclass(frozen=True)
class Case:
    """One film to assess.

    Attributes:
        path: The film.
        label: The path as it was given, for tables.
        sex: Sex from the caller; None takes what the file says.
        age_months: Chronological age in months from the caller; None takes what the file says.
    """

    path: Path
    label: str
    sex: Sex | None = None
    age_months: float | None = None


@dataclass(frozen=True)
class UnreadFolder:
    """A folder whose films are not known.

    Attributes:
        label: Its path.
        reason: Why it could not be read, for a person.
    """

    label: str
    reason: str


def stream_cases(
    sources: Sequence[str], sex: Sex | None = None, age_months: float | None = None, skip: Path | None = None
) -> Iterator[Case | UnreadFolder]:
    """Every film that the sources name, in order, found as it is asked for.

    The sources themselves, and all lines of cases files, are checked at once.

    Args:
        sources: Films, folders of films, or cases files.
        sex: Sex where a cases file does not give it.
        age_months: Chronological age in months where a cases file does not give it.
        skip: A folder that is not entered.

    Raises:
        InputError: A source does not exist, a folder holds no film, or a cases file has a wrong column or value.
    """
    streams = [_open_source(source, Case(Path(), "", sex, age_months), skip) for source in sources]
    return chain.from_iterable(streams)


def _open_source(source: str, default: Case, skip: Path | None) -> Iterator[Case | UnreadFolder]:
    path = Path(source)
    if not source or not path.exists():
        raise InputError(f"There is no file or folder {source or repr(source)}.")
    if path.is_dir():
        if next(_walk(source, skip), None) is None:
            raise InputError(f"Expected films in the folder {source}, found none.")
        return (
            found if isinstance(found, UnreadFolder) else replace(default, path=Path(found), label=str(Path(found)))
            for found in _walk(source, skip)
        )
    if path.suffix.lower() == ".csv":
        if sum(1 for _ in _read_cases(path, default)) == 0:
            raise InputError(f"Expected a film on each line after the first of {source}, found none.")
        return _read_cases(path, default)
    return iter([replace(default, path=path, label=str(path))])


def _walk(folder: str, skip: Path | None) -> Iterator[str | UnreadFolder]:
    """Films of a folder and its subfolders, in the order of their paths; hidden ones and links to folders are left out."""
    waiting = [(folder, True)]
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as entries:
                found = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries if _is_wanted(entry, skip)]
        except OSError as error:
            yield UnreadFolder(path, f"The folder could not be read ({error.strerror}), so its films are missing.")
            continue
        waiting += sorted(found, reverse=True)


def _is_wanted(entry: os.DirEntry[str], skip: Path | None) -> bool:
    if entry.name.startswith("."):
        return False
    if entry.is_dir(follow_symlinks=False):
        return skip is None or not skip.samefile(entry.path)
    return entry.is_file() and Path(entry.name).suffix.lower() not in NO_FILMS and entry.name != "DICOMDIR"


def _read_cases(source: Path, default: Case) -> Iterator[Case]:
    if not source.is_file():
        raise InputError(f"Expected a cases file, got a device or pipe: {source}.")
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_columns(source, reader.fieldnames or ())
            for row in reader:
                yield _read_case(source, reader.line_num, row, default)
    except UnicodeDecodeError:
        raise InputError(f"A cases file is text in UTF-8, which {source} is not; save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise InputError(f"Expected a cases file as CSV, but {source} is damaged ({error}): is a quote not closed?") from None


def _check_columns(source: Path, columns: Sequence[str]) -> None:
    if "path" not in columns or not set(columns) <= set(CASE_COLUMNS) or len(set(columns)) < len(columns):
        raise InputError(
            f"A cases file has the columns path, sex, age_months (the last two optional); {source} has {sorted(columns)}."
        )


def _read_case(source: Path, line: int, row: dict[str, str], default: Case) -> Case:
    name, sex, age = (row.get(column) or "" for column in CASE_COLUMNS)
    if not name or "\0" in name:
        raise InputError(f"{source}, line {line}: the path is {'no path' if name else 'empty'}.")
    try:
        return Case(
            path=source.parent / name,
            label=name,
            sex=parse_sex(sex) if sex else default.sex,
            age_months=_age(age) if age else default.age_months,
        )
    except InputError as error:
        raise InputError(f"{source}, line {line}: {error}") from None


def _age(text: str) -> float:
    try:
        return checked_age_months(float(text))
    except ValueError:
        raise InputError(f"age_months must be a number of months, got {text!r}.") from None
