"""Export of many films: a folder of de-identified files and a table of what bone age needs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openboneage.deidentify.film import Deidentified, deidentify
from openboneage.deidentify.pseudonyms import Pseudonyms
from openboneage.errors import BoneAgeError
from openboneage.hand.finder_card import FinderSpecification
from openboneage.weights.runtime import Model
from openboneage.whole_file import written_whole

TABLE_NAME = "films.csv"
COLUMNS = ("file", "patient", "sex", "age_months", "laterality")


@dataclass(frozen=True)
class Exported:
    """What became of one film.

    Attributes:
        file: Name of its copy; empty if it was left out.
        error: Why it was left out; empty if it was not.
    """

    file: str
    error: str = ""


def export(
    films: Iterable[bytes], folder: Path, finder: Model[FinderSpecification], pseudonyms: Pseudonyms
) -> Iterator[Exported]:
    """Write copies of films into a folder, and their table at the end.

    Args:
        films: The films' files.
        folder: Folder for the copies; it is made if it does not exist.
        finder: The hand finder.
        pseudonyms: Replacements of identifiers.

    Yields:
        What became of each film, in their order. The same film twice is one copy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, tuple[str, ...]] = {}
    for data in films:
        try:
            copy = deidentify(data, finder, pseudonyms)
        except BoneAgeError as error:
            yield Exported("", str(error))
            continue
        name = f"{copy.code}{copy.ending}"
        with written_whole(folder / name) as part:
            part.write_bytes(copy.content)
        rows[name] = _row(name, copy)
        yield Exported(name)
    with written_whole(folder / TABLE_NAME) as part:
        part.write_text(_table(rows.values()), encoding="utf-8")


def _row(name: str, copy: Deidentified) -> tuple[str, ...]:
    age = "" if copy.age_months is None else str(copy.age_months)
    return name, copy.patient, copy.sex.value, age, copy.laterality.value


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue()
