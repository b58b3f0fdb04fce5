"""Paths of the figures of many films. A figure replaces only an earlier figure of the same film."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openboneage.errors import InputError
from openboneage.report.film_mark import FIGURE_KINDS, film_mark
from openboneage.whole_file import written_whole

FILM_ENDINGS = frozenset({".bmp", ".dcm", ".dicom", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
"""Endings that are removed from a film's name; the last part of a DICOM UID is not an ending."""

LARGEST_FIGURE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Figures:
    """Paths of figures.

    Attributes:
        out: A folder, or the file of the only figure.
        films: Folder of all films; figures are placed in `out` as films are placed in it. None if `out` is a file.
        overwrite: Whether other files may be replaced.
    """

    out: Path
    films: Path | None
    overwrite: bool

    @classmethod
    def of(cls, out: Path, sources: Sequence[str], overwrite: bool = False) -> Figures:
        """Figures of the films of these sources; `out` or its parent folder is created.

        Raises:
            InputError: The folder for figures is one of the folders with films.
        """
        out = out.absolute()
        if out.suffix.lower() in FIGURE_KINDS:
            out.parent.mkdir(parents=True, exist_ok=True)
            return cls(out, None, overwrite)
        out.mkdir(parents=True, exist_ok=True)
        for source in sources:
            if Path(source).is_dir() and out.samefile(source):
                raise InputError(f"The figures would be written among the films of {source}; name another folder.")
        return cls(out, _common_folder(sources), overwrite)

    def path_of(self, film: Path) -> Path:
        """Path of the figure of a film.

        A film outside the common folder, which a cases file may name, has its whole path below `out`.
        """
        if self.films is None:
            return self.out
        film = _normal(film)
        inside = film.relative_to(self.films if film.is_relative_to(self.films) else film.anchor)
        name = film.stem if film.suffix.lower() in FILM_ENDINGS else film.name
        return self.out / inside.parent / f"{name}.png"

    def save(self, film: Path, sha256: str, draw: Callable[[str], bytes]) -> None:
        """Draw and write a figure atomically.

        Args:
            film: Path of the film.
            sha256: Checksum of the film.
            draw: Returns the figure as a file of a kind, such as `png`.

        Raises:
            InputError: The file exists and is not a figure of this film.
        """
        path = self.path_of(film)
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(path):
            self._check_replaceable(path, film, sha256)
        content = draw(path.suffix.lower().removeprefix("."))
        with written_whole(path) as part:
            part.write_bytes(content)
            try:
                path.open("xb").close()  # reserves the name
            except FileExistsError:
                self._check_replaceable(path, film, sha256)

    def _check_replaceable(self, path: Path, film: Path, sha256: str) -> None:
        if path.exists() and path.samefile(film):
            raise InputError(f"The figure would replace its own film, {path}; name another file or folder.")
        if not self.overwrite and not _is_figure_of(path, sha256):
            raise InputError(f"{path} exists and is not a figure of this film; name another one, or add --overwrite.")


def _is_figure_of(path: Path, sha256: str) -> bool:
    if not path.is_file() or path.stat().st_size > LARGEST_FIGURE_BYTES:
        return False
    return film_mark(sha256).encode() in path.read_bytes()


def _common_folder(sources: Sequence[str]) -> Path:
    """The common folder of all films, folders and cases files."""
    folders = [path if path.is_dir() else path.parent for path in map(_normal, sources)]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # on two drives
        return Path(folders[0].anchor)


def _normal(path: str | Path) -> Path:
    """The path from the root; links are kept, so that figures are placed as the films are listed."""
    return Path(os.path.normpath(Path(path).absolute()))
