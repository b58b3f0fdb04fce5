"""The RSNA Pediatric Bone Age Challenge 2017 as downloaded: folders of PNG files and a table for each set.

Training: `id, boneage, male` in `train.csv` or `boneage-training-dataset.csv`, films in `boneage-training-dataset/`.
Validation: `Image ID, male, Bone Age (months)` in `Validation Dataset.csv`, films in `boneage-validation-dataset-1/` and `-2/`.
Test: `Case ID, Sex, Ground truth bone age (months)` in `Bone age ground truth.xlsx`, to be saved as CSV; films in `Test Set
Images/`. Tables are recognised by their columns and films by their numbers, so files may be renamed and folders nested. All
ages are in months.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from openboneage.datasets.film_set import Film, FilmFiles
from openboneage.datasets.layouts.film_files import FilmIndex, tables_below
from openboneage.datasets.splits import Split, rsna_split
from openboneage.datasets.tables.columns import plain_name, recognise
from openboneage.datasets.tables.delimited import Table, read_table
from openboneage.datasets.tables.labels import LabelTable
from openboneage.errors import InputError

ID_RANGE = range(1000, 20000)
"""Range of the challenge's film numbers; a table with the same columns and other ids is another data set."""


@dataclass(frozen=True)
class OfficialSet:
    """One of the three sets.

    Attributes:
        name: Its name.
        columns: Names of its columns by field, without case and punctuation.
        split: Split of its films; None uses the fixed hash of the id.
    """

    name: str
    columns: dict[str, str]
    split: Split | None


OFFICIAL_SETS = (
    OfficialSet("training", {"id": "id", "bone_age_months": "boneage", "male": "male"}, None),
    OfficialSet("validation", {"id": "imageid", "bone_age_months": "boneagemonths", "male": "male"}, Split.VALIDATION),
    OfficialSet("test", {"id": "caseid", "bone_age_months": "groundtruthboneagemonths", "sex": "sex"}, Split.HELD_OUT),
)


@dataclass(frozen=True)
class OfficialTable:
    """A table of the challenge that was found."""

    kind: OfficialSet
    labels: LabelTable


def open_official(place: Path) -> FilmFiles | None:
    """Open the films of the challenge at a path; films without a file are left out.

    Args:
        place: A table of the challenge, a folder with such tables, or a folder of films next to them.

    Returns:
        The films; None if there is no table of the challenge, or none of its films.

    Raises:
        InputError: A label cannot be used.
    """
    if place.is_file():
        return _open(_official([place]), place.parent)
    return _open(_official(tables_below(place)) or _official(tables_below(place.resolve().parent, levels=0)), place)


def _open(tables: list[OfficialTable], folder: Path) -> FilmFiles | None:
    index = FilmIndex(folder)
    films, paths, parts = list[Film](), dict[str, Path](), list[str]()
    for table in tables:
        rows = table.labels.by_key("id")
        files = {film_id: file for film_id in rows if film_id not in paths and (file := index.find(film_id))}
        split = table.kind.split
        films += [table.labels.film(rows[i], i, split=split or rsna_split(i)) for i in files]
        paths |= files
        parts.append(f"{len(files)} of {len(rows)} films of the {table.kind.name} set")
    if not films:
        return None
    return FilmFiles("RSNA 2017", f"the RSNA challenge: {', '.join(parts)}", tuple(films), paths, frozenset({Split.TRAIN}))


def _official(paths: list[Path]) -> list[OfficialTable]:
    found = []
    for path in paths:
        with suppress(InputError):  # tables that cannot be read are not part of the challenge
            found.append(_recognised(read_table(path)))
    return [table for table in found if table]


def _recognised(table: Table) -> OfficialTable | None:
    """The set with the columns of a table; None for other tables."""
    columns = {plain_name(column): column for column in table.columns}
    for kind in OFFICIAL_SETS:
        if set(kind.columns.values()) <= set(columns):
            mapping = {field: columns[name] for field, name in kind.columns.items()}
            ids = [row.cells[mapping["id"]] for row in table.rows]
            if all(film_id.isdecimal() and int(film_id) in ID_RANGE for film_id in ids):
                return OfficialTable(kind, LabelTable(table, recognise(table, mapping)))
    return None
