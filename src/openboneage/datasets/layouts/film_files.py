"""Films among the files of a folder, and the file that a row of a table refers to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from openboneage.datasets.tables.delimited import TABLE_ENDINGS
from openboneage.errors import InputError

IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".dcm", ".dicom", "")
"""Endings of film files; DICOM files often have none."""


def files_below(folder: Path) -> list[Path]:
    """All files below a folder, sorted by path, without hidden ones."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )


def tables_below(folder: Path, levels: int = 2) -> list[Path]:
    """Tables in a folder and its subfolders down to a level."""
    found = [path for level in range(levels + 1) for path in folder.glob("*/" * level + "*")]
    return sorted(path for path in found if path.suffix.lower() in TABLE_ENDINGS and path.is_file())


class FilmIndex:
    """The image files below a folder, found by path or by name without ending."""

    def __init__(self, folder: Path) -> None:
        """Store a folder; its files are listed at the first search by name."""
        self._folder = folder

    @cached_property
    def _by_stem(self) -> Mapping[str, list[Path]]:
        by_stem: dict[str, list[Path]] = defaultdict(list)
        for path in files_below(self._folder):
            if path.suffix.lower() in IMAGE_ENDINGS:
                by_stem[path.stem].append(path)
        return dict(by_stem)

    def find(self, text: str) -> Path | None:
        """The file that a cell refers to: a path from the folder, or a name with or without ending; None if there is none.

        Raises:
            InputError: Several files have that name.
        """
        if text and (path := self._folder / text).is_file():
            return path
        found = self._by_stem.get(text) or self._by_stem.get(Path(text.replace("\\", "/")).stem, [])
        if len(found) > 1:
            places = ", ".join(str(path.relative_to(self._folder)) for path in found[:3])
            raise InputError(f"Expected one file for the film {text}, found {places}; give a column with paths.")
        return found[0] if found else None
