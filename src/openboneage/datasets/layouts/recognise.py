"""Recognise the layout of a data set and open it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openboneage.datasets.dicom_header import read_header
from openboneage.datasets.film_set import FilmFiles, FilmSet
from openboneage.datasets.layouts.dicom_tree import open_dicom_tree
from openboneage.datasets.layouts.digital_hand_atlas import holds_atlas, open_atlas
from openboneage.datasets.layouts.film_files import files_below, tables_below
from openboneage.datasets.layouts.labelled_csv import open_csv
from openboneage.datasets.layouts.rsna_official import open_official
from openboneage.datasets.layouts.rsna_packs import Pixels, RsnaFilms, holds_packs
from openboneage.datasets.tables.delimited import SPREADSHEET_ENDINGS, TABLE_ENDINGS
from openboneage.datasets.tables.labels import LabelTable
from openboneage.errors import InputError

LOOKED_FOR = (
    "the RSNA packs (a folder with train.csv and train-100px.zip)",
    "the RSNA challenge as downloaded (a table with id, boneage, male, or the tables of its validation and test sets)",
    "the Digital Hand Atlas (folders such as ASIF05)",
    "DICOM files",
    "one table (.csv) with a column id or path",
)


def open_film_set(
    path: Path, labels: Path | None = None, mapping: Mapping[str, str] | None = None, pixels: Pixels | None = None
) -> FilmSet:
    """Open a data set of any known layout; its `layout` names the one that was recognised.

    Args:
        path: A folder or a table.
        labels: Table of labels for a folder of films that has none, or several tables.
        mapping: Columns of the table of labels by field, if their names are not recognised.
        pixels: Resolution of the films of the RSNA packs.

    Raises:
        InputError: The path is missing, no layout is recognised, or the table cannot be used.
    """
    if not path.exists():
        raise InputError(f"There is no file or folder {path}.")
    if path.is_dir() and holds_packs(path):
        return RsnaFilms(path, pixels or Pixels.SAMPLED)
    if pixels:
        raise InputError(f"Only the RSNA packs have several resolutions, but {path} does not contain them.")
    if path.is_file():
        return _open_table(path, mapping)
    if holds_atlas(path):
        return open_atlas(path, labels, mapping)
    if not (labels or mapping) and (official := open_official(path)):
        return official
    return _open_folder(path, labels, mapping)


def _open_table(path: Path, mapping: Mapping[str, str] | None) -> FilmFiles:
    if path.suffix.lower() not in (*TABLE_ENDINGS, *SPREADSHEET_ENDINGS):
        raise InputError(f"Expected a folder of films or a table (CSV), got {path.name}; a single film is for boneage assess.")
    if not mapping and (official := open_official(path)):
        return official
    if "sop_instance_uid" in LabelTable.read(path, mapping).columns:
        return open_dicom_tree(path.parent, path, mapping)
    return open_csv(path, mapping)


def _open_folder(folder: Path, labels: Path | None, mapping: Mapping[str, str] | None) -> FilmFiles:
    tables = [labels] if labels else tables_below(folder, levels=0)
    if any(map(read_header, files_below(folder))) and len(tables) < 2:
        return open_dicom_tree(folder, tables[0] if tables else None, mapping)
    if len(tables) == 1:
        return open_csv(tables[0], mapping, folder)
    raise InputError(f"Expected a data set in {folder}; looked for {'; '.join(LOOKED_FOR)}; found {_found(folder, tables)}.")


def _found(folder: Path, tables: list[Path]) -> str:
    if tables:
        return f"{len(tables)} tables; select one with --labels"
    sheets = [path.name for path in folder.iterdir() if path.suffix.lower() in SPREADSHEET_ENDINGS]
    return f"the spreadsheet {sheets[0]}, which has to be saved as CSV" if sheets else "none of these"
