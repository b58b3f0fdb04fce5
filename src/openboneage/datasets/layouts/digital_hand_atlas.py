"""The Digital Hand Atlas: 1,390 normal hands of four ethnic groups, read by two radiologists.

Gertych et al., Comput Med Imaging Graph 2007; 31(4-5):322-331; Zhang et al., Radiology 2009; 250(1):228-235.

Known, from the links of the atlas's pages and from copies of it: films lie in `JPEGimages/ASIF/ASIF05/5262.jpg`
or `DICOM/ASIF/ASIF01/5024.dcm`: the ethnic group (ASI, BLK, CAU, HIS), F or M, then the age in whole years, 00 to 18. A row of
the atlas's table begins with the link to the film.

Assumed, because no copy of the table was available: its columns for the two readings are called `Reading 1` and `Reading 2`,
its column for the child's age `Chronological Age` or `Age`, and all three are in years. Other columns or units are named with
`--columns`, such as `bone_age_months=BA1`. Without a table the films have no bone age, and their chronological age is that of
their folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from openboneage.datasets.film_set import Film, FilmFiles
from openboneage.datasets.layouts.film_files import IMAGE_ENDINGS, files_below, tables_below
from openboneage.datasets.splits import split_of
from openboneage.datasets.tables.columns import plain_name, recognise
from openboneage.datasets.tables.delimited import Table, read_table
from openboneage.datasets.tables.html_table import read_html_table
from openboneage.datasets.tables.labels import LabelTable
from openboneage.errors import InputError
from openboneage.subject import MONTHS_PER_YEAR, Sex

RACES = {"ASI": "Asian", "BLK": "Black", "CAU": "Caucasian", "HIS": "Hispanic"}
_GROUP = re.compile(rf"({'|'.join(RACES)})([FM])(\d\d)")
_COLUMNS = {
    "path": ("image", "jpegimage", "path", "link", "file"),
    "bone_age_years": ("reading1", "firstreading", "reader1"),
    "second_reading_years": ("reading2", "secondreading", "reader2"),
    "age_years": ("chronologicalage", "chronage", "age"),
}
"""Columns of the atlas's table, by names without case and punctuation."""


def holds_atlas(folder: Path) -> bool:
    """Whether a folder has the atlas's folders, such as `ASIF05`, at most three levels down."""
    return any(_GROUP.fullmatch(path.name) for level in range(4) for path in folder.glob("*/" * level + "*") if path.is_dir())


def open_atlas(folder: Path, labels: Path | None = None, mapping: Mapping[str, str] | None = None) -> FilmFiles:
    """Open the films of the atlas; if a film exists as JPEG and as DICOM, the DICOM file is used.

    Args:
        folder: Folder that holds `JPEGimages/`, `DICOM/`, or the folders of the groups.
        labels: Table of readings, CSV or HTML; without one, the only table in the folder.
        mapping: Columns of that table by field, where their names do not say enough.

    Raises:
        InputError: There is no film, or the table cannot be used.
    """
    paths = {path.stem: path for path in sorted(_films(folder), key=lambda path: path.suffix.lower() == ".dcm")}
    labels = labels or _only_table(folder)
    table = _label_table(labels, mapping) if labels else None
    rows = {Path(key.replace("\\", "/")).stem: row for key, row in table.by_key("path", "id").items()} if table else {}
    films = []
    for film_id, path in sorted(paths.items()):
        plain = _film_of_group(film_id, path.parent.name)
        read = table.film(rows[film_id], film_id) if table and film_id in rows else plain
        age_months = plain.age_months if read.age_months is None else read.age_months
        films.append(replace(read, sex=plain.sex, race=plain.race, age_months=age_months))
    labelled = (
        f"{len(rows.keys() & paths.keys())} of {len(paths)} films are in {labels.name}" if labels else "no table of readings"
    )
    return FilmFiles("Digital Hand Atlas", f"the Digital Hand Atlas; {labelled}", tuple(films), paths)


def _films(folder: Path) -> list[Path]:
    return [path for path in files_below(folder) if _GROUP.fullmatch(path.parent.name) and path.suffix.lower() in IMAGE_ENDINGS]


def _film_of_group(film_id: str, group: str) -> Film:
    """Sex, race and age of a film from the name of its folder."""
    match = _GROUP.fullmatch(group)
    race, sex, years = match.groups() if match else ("", "", "")
    return Film(
        id=film_id,
        sex=Sex.FEMALE if sex == "F" else Sex.MALE,
        bone_age_months=None,
        split=split_of(film_id),
        age_months=float(years) * MONTHS_PER_YEAR,
        race=RACES[race],
    )


def _only_table(folder: Path) -> Path | None:
    tables = [*tables_below(folder), *sorted(folder.glob("*.htm*"))]
    if len(tables) > 1:
        names = ", ".join(path.name for path in tables)
        raise InputError(f"Expected one table of readings in {folder.name}, found {names}; give one with --labels.")
    return tables[0] if tables else None


def _label_table(path: Path, mapping: Mapping[str, str] | None) -> LabelTable:
    table = read_html_table(path) if path.suffix.lower() in (".htm", ".html") else read_table(path)
    if table.columns[0].lower().endswith(".jpg"):
        raise InputError(f"{path.name} has no header; name its columns in a first line, such as image,...,Reading 1,Reading 2.")
    return LabelTable(table, recognise(table, {**_atlas_columns(table), **(mapping or {})}))


def _atlas_columns(table: Table) -> dict[str, str]:
    names = {plain_name(column): column for column in table.columns}
    found = {field: [names[name] for name in known if name in names] for field, known in _COLUMNS.items()}
    return {field: columns[0] for field, columns in found.items() if columns}
