"""The training films of the RSNA Pediatric Bone Age Challenge 2017 (Halabi et al., Radiology 2018; 290(2):498-503), in packs.

A folder holds `train.csv` and reductions of the films: `train-100px.zip` (point samples) and `train-299px.zip` (averages), both
without their aspect ratio; `native/` (the films
kept for the check at full size) and `native-more/` (further films, up to 1,600 px).
"""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.film_set import Film
from openboneage.datasets.images import decode_grey
from openboneage.datasets.splits import Split, rsna_split
from openboneage.errors import InputError
from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from openboneage.subject import parse_sex

TYPICAL_ASPECT = 0.79
"""Median width over height of the films; used for the four films whose native size is not known."""
SAMPLED_HEIGHT_PX = 150
"""Height of a film of the 100-px pack with its aspect restored: enough to keep every sample."""
FINE_HEIGHT_PX = 378
"""Height of a film of the 299-px pack with its aspect restored: at the typical aspect its width stays 299 px."""


class Pixels(StrEnum):
    """Resolution of a film; the films of the full-size test always have full size."""

    SAMPLED = "100px"
    FINE = "299px"
    FULL_SIZE = "full-size"


@dataclass(frozen=True)
class RsnaFilms:
    """The films of a folder of packs that have pixels of the chosen kind.

    Attributes:
        root: The folder.
        pixels: The kind of pixels.
    """

    root: Path
    pixels: Pixels = Pixels.SAMPLED
    _zips: dict[str, zipfile.ZipFile] = field(default_factory=dict, init=False, repr=False, compare=False)

    name = "RSNA 2017"
    learned_from = frozenset({Split.TRAIN})

    def __reduce__(self) -> tuple[type[RsnaFilms], tuple[Path, Pixels]]:
        """Pickle only the path: each process opens the archives itself."""
        return type(self), (self.root, self.pixels)

    @property
    def layout(self) -> str:
        """What was recognised."""
        return f"the RSNA packs, {len(self.films)} films ({self.pixels})"

    @cached_property
    def films(self) -> tuple[Film, ...]:
        """Films in the order of `train.csv`."""
        films = (
            Film(row["id"], parse_sex(row["sex"]), float(row["boneage_months"]), rsna_split(row["id"])) for row in self._rows
        )
        return tuple(film for film in films if film.split is Split.NATIVE or self._has_pixels(film.id))

    @cached_property
    def by_id(self) -> dict[str, Film]:
        """Films by id."""
        return {film.id: film for film in self.films}

    @cached_property
    def aspects(self) -> dict[str, float]:
        """Native width over height by id."""
        sizes = {row["id"]: (row["native_width_px"], row["native_height_px"]) for row in self._rows}
        return {film_id: float(w) / float(h) if w and h else TYPICAL_ASPECT for film_id, (w, h) in sizes.items()}

    def radiograph(self, film: Film) -> Radiograph:
        """Read a film: at full size, or reduced with its aspect restored."""
        return read(self.native_path(film.id)) if film.split is Split.NATIVE else self.packed(film)

    def packed(self, film: Film) -> Radiograph:
        """Read a film from its pack, a native film at 100 px: drawings fit it.

        They do not fit the native films whose background was removed, as these were turned and cropped.
        """
        if film.split is Split.NATIVE or self.pixels is Pixels.SAMPLED:
            return _unsquashed(self.point_sampled(film.id), self.aspects[film.id], f"{film.id}.png", SAMPLED_HEIGHT_PX)
        if self.pixels is Pixels.FULL_SIZE:
            return self._more(film.id)
        pixels = self._image("train-299px.zip", f"{film.id}.avif")
        return _unsquashed(pixels, self.aspects[film.id], f"{film.id}.avif", FINE_HEIGHT_PX)

    def point_sampled(self, film_id: str) -> NDArray[np.uint8]:
        """The point samples of a film, `(100, 100)` uint8."""
        return self._image("train-100px.zip", f"{film_id}.png")

    def native_path(self, film_id: str) -> Path:
        """File of a native film."""
        return self.root / "native" / f"{film_id}.png"

    @cached_property
    def _rows(self) -> list[dict[str, str]]:
        with _existing(self.root / "train.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def _has_pixels(self) -> Callable[[str], bool]:
        """Whether a film that is not native has pixels of the chosen kind."""
        if self.pixels is Pixels.SAMPLED:
            return lambda _: True
        if self.pixels is Pixels.FULL_SIZE:
            return frozenset(path.stem for path in (self.root / "native-more").glob("*.avif")).__contains__
        return self._ids_in("train-299px.zip").__contains__

    def _more(self, film_id: str) -> Radiograph:
        data = _existing(self.root / "native-more" / f"{film_id}.avif").read_bytes()
        pixels = decode_grey(data, f"Film {film_id} of native-more")
        digest = hashlib.sha256(data).hexdigest()
        return Radiograph(pixels=pixels, display=pixels, name=f"{film_id}.avif", sha256=digest, format="AVIF", bits=8)

    def _image(self, archive: str, name: str) -> NDArray[np.uint8]:
        return decode_grey(self._zip(archive).read(name), f"Film {Path(name).stem} of the RSNA archive")

    def _ids_in(self, archive: str) -> frozenset[str]:
        return frozenset(Path(name).stem for name in self._zip(archive).namelist())

    def _zip(self, name: str) -> zipfile.ZipFile:
        if name not in self._zips:
            self._zips[name] = zipfile.ZipFile(_existing(self.root / name))
        return self._zips[name]


def _unsquashed(pixels: NDArray[np.uint8], aspect: float, name: str, height_px: int) -> Radiograph:
    """A square reduction of a film as a radiograph, its aspect ratio restored."""
    size = max(round(height_px * aspect), 1), height_px
    shown = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return Radiograph(pixels=shown, display=shown, name=name, sha256=digest, format="PNG", bits=8)


def holds_packs(folder: Path) -> bool:
    """Whether a folder holds `train.csv` as the packs have it."""
    table = folder / "train.csv"
    if not table.is_file():
        return False
    with table.open(encoding="utf-8", errors="replace") as file:
        return "native_height_px" in file.readline()


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise InputError(
            f"Expected the RSNA file {path.name} in {path.parent}, found none. Give the folder that holds train.csv."
        )
    return path
