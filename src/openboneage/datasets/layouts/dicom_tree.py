"""A folder of DICOM films, as exported by an archive; bone ages come from a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openboneage.datasets.dicom_header import read_header
from openboneage.datasets.film_set import FilmFiles
from openboneage.datasets.layouts.film_files import files_below
from openboneage.datasets.tables.labels import LabelTable, unlabelled_film


def open_dicom_tree(folder: Path, labels: Path | None = None, mapping: Mapping[str, str] | None = None) -> FilmFiles:
    """Open the DICOM films below a folder.

    Args:
        folder: The folder. Files that are not DICOM images are ignored.
        labels: Table of labels, keyed by SOP Instance UID, by path from the folder, or by file name without ending.
        mapping: Columns of that table by field, if their names are not recognised.

    Returns: The films. Sex, age and patient come from the header if the table lacks them; films of one patient belong to one
        split.

    Raises:
        InputError: There is no DICOM film, or the table cannot be used.
    """
    table = LabelTable.read(labels, mapping) if labels else None
    rows = table.by_key("sop_instance_uid", "path", "id") if table else {}
    films, paths, labelled = [], {}, 0
    for path in files_below(folder):
        header = read_header(path)
        if header is None:
            continue
        place = path.relative_to(folder).as_posix()
        film_id = header.uid or place
        row = next((rows[key] for key in (header.uid, place, path.stem) if key in rows), None)
        films.append(table.film(row, film_id, header) if table and row else unlabelled_film(film_id, header))
        paths[film_id] = path
        labelled += row is not None
    return FilmFiles(
        folder.name, f"a tree of DICOM files; {labelled} of {len(films)} films are in a table", tuple(films), paths
    )
