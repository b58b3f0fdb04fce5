"""Films that a table lists: a CSV with a column for the film and, under any name, its labels."""

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
        mapping: Columns by field, where their names do not say enough.
        folder: Where the table's paths start, and below which films are looked for by name; by default the table's folder.

    Raises:
        InputError: The table names no films, none of their files is there, or a value cannot be used.
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
