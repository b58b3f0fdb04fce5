"""Films listed in a table: a CSV with a column for the film and columns for its labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openboneage.datasets.dicom_header import read_header
from openboneage.datasets.film_set import FilmFiles
from openboneage.datasets.layouts.film_files import FilmIndex
from openboneage.datasets.tables.labels import LabelTable


def open_csv(path: Path, mapping: Mapping[str, str] | None = None, folder: Path | None = None) -> FilmFiles:
    """Open the films of a table; a film without a file is left out.

    Args:
        path: The table.
        mapping: Columns by field, if their names are not recognised.
        folder: Folder that the table's paths are relative to, and in which films are searched by name; default: the table's
            folder.

    Raises:
        InputError: The table names no films, none of their files exists, or a value is invalid.
    """
    labels, index = LabelTable.read(path, mapping), FilmIndex(folder or path.parent)
    rows = labels.by_key("path", "id")
    files = {key: file for key in rows if (file := index.find(key))}
    films, paths = [], {}
    for key, file in files.items():
        row = rows[key]
        film = labels.film(row, labels.columns.text(row, "id") or key, read_header(file))
        films.append(film)
        paths[film.id] = file
    layout = f"a table with {labels.used}; {len(films)} of its {len(rows)} films are there"
    return FilmFiles(path.name, layout, tuple(films), paths)
