"""Chest radiographs with the patient's age: a table in the layout of NIH ChestX-ray14, and images in folders or zip archives.

The second task of RidgeNet 2021. `Data_Entry_2017.csv` has the columns Image Index, Patient ID, Patient Age and Patient Gender;
ages are whole years, in older releases written `058Y`. The short names id, patient, age_years and sex are read too.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.images import decode_grey
from openboneage.datasets.tables.delimited import Row, read_table
from openboneage.errors import InputError
from openboneage.subject import MONTHS_PER_YEAR

COLUMNS = {
    "id": ("Image Index", "id"),
    "patient": ("Patient ID", "patient"),
    "age": ("Patient Age", "age_years"),
    "sex": ("Patient Gender", "Patient Sex", "sex"),
}
"""Names of each column."""
SEXES = {"F": 0, "M": 1}
IMAGES = (".png", ".jpg", ".jpeg", ".avif")


@dataclass(frozen=True)
class ChestFilm:
    """One chest film.

    Attributes:
        id: Name of the image, without its ending.
        patient: Key of the patient.
        age_months: Age of the patient, from whole years.
        sex: 0 for a woman or girl, 1 for a man or boy.
    """

    id: str
    patient: str
    age_months: float
    sex: int


@dataclass(frozen=True)
class ChestFilms:
    """Chest films of a folder.

    Attributes:
        folder: The folder with the table and the images.
        films: Films that have an image, an age and a sex.
    """

    folder: Path
    films: tuple[ChestFilm, ...]

    @classmethod
    def open(cls, folder: Path, oldest_years: float = float("inf")) -> ChestFilms:
        """Open a folder with one table.

        Args:
            folder: The folder.
            oldest_years: Patients of this age or older are left out; RidgeNet takes those up to 20.

        Raises:
            InputError: There is no table, a column is missing, or no film has an image, an age and a sex.
        """
        tables = sorted(folder.glob("*.csv"))
        if len(tables) != 1:
            raise InputError(f"Expected one table (CSV) of chest films in {folder.name}, found {len(tables)}.")
        table = read_table(tables[0])
        names = {field: _column(known, tables[0], table.columns) for field, known in COLUMNS.items()}
        whole = cls(folder, ())
        found = [_film(row, names) for row in table.rows]
        films = tuple(film for film in found if film and film.id in whole._images and film.age_months < 12 * oldest_years)
        if not films:
            raise InputError(f"Expected chest films with an image, an age and a sex in {folder.name}, found none.")
        return cls(folder, films)

    @property
    def patients(self) -> int:
        """Number of patients."""
        return len({film.patient for film in self.films})

    def folds(self, count: int) -> list[int]:
        """Fold of each film; the films of a patient share one, by a hash of the patient."""
        return [int.from_bytes(hashlib.sha256(film.patient.encode()).digest()[:4], "big") % count for film in self.films]

    def square(self, film: ChestFilm, side_px: int) -> NDArray[np.uint8]:
        """The film in the middle of a black square.

        Raises:
            UnreadableError: The image cannot be decoded.
        """
        path, member = self._images[film.id]
        data = path.read_bytes() if member is None else zipfile.ZipFile(path).read(member)
        grey = decode_grey(data, film.id)
        scale = side_px / max(grey.shape)
        size = max(round(grey.shape[1] * scale), 1), max(round(grey.shape[0] * scale), 1)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(grey, size, interpolation=how), np.uint8)
        square = np.zeros((side_px, side_px), np.uint8)
        top, left = (side_px - small.shape[0]) // 2, (side_px - small.shape[1]) // 2
        square[top : top + small.shape[0], left : left + small.shape[1]] = small
        return square

    @cached_property
    def _images(self) -> dict[str, tuple[Path, str | None]]:
        """The file of each image, or the archive and the name in it."""
        files: dict[str, tuple[Path, str | None]] = {
            path.stem: (path, None) for path in self.folder.rglob("*") if path.suffix.lower() in IMAGES
        }
        for archive in sorted(self.folder.glob("*.zip")):
            with zipfile.ZipFile(archive) as members:
                names = [name for name in members.namelist() if Path(name).suffix.lower() in IMAGES]
            files |= {Path(name).stem: (archive, name) for name in names}
        return files


def _column(known: tuple[str, ...], path: Path, there: tuple[str, ...]) -> str:
    for name in known:
        if name in there:
            return name
    raise InputError(f"Expected a column {known[0]} in {path.name}; it has {', '.join(there)}.")


def _film(row: Row, names: dict[str, str]) -> ChestFilm | None:
    """The film of a row; None where age or sex are not known."""
    cells = {field: row.cells[name].strip() for field, name in names.items()}
    sex, years = SEXES.get(cells["sex"].upper()[:1]), cells["age"].upper().rstrip("Y")
    if sex is None or not years.replace(".", "", 1).isdigit():
        return None
    return ChestFilm(Path(cells["id"]).stem, cells["patient"], float(years) * MONTHS_PER_YEAR, sex)
