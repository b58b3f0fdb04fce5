"""The films of the RSNA Pediatric Bone Age Challenge 2017 (Halabi et al., Radiology 2018; 290(2):498-503), reduced.

`train-100px.zip` holds point samples: pixel `(i, j)` is native pixel `(floor((i + 0.5) * height / 100), floor((j + 0.5) *
width / 100))`, checked against the native films. `train-64px-antialiased.zip` holds a smooth reduction of a part of them.
"""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.images import decode_grey
from openboneage.datasets.reduced import ReducedFilm, reduced_radiograph
from openboneage.datasets.splits import Split, rsna_split
from openboneage.errors import InputError
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Sex, parse_sex

TYPICAL_ASPECT = 0.79
"""Median width over height of the films; used for the four films whose native size is not known."""


@dataclass(frozen=True)
class Film:
    """One training film: its label and its shape.

    Attributes:
        id: RSNA identifier.
        age_months: Bone age as read by one radiologist, 1 to 228 months.
        sex: Sex of the child.
        aspect: Native width over height.
        split: Split the film belongs to.
    """

    id: str
    age_months: float
    sex: Sex
    aspect: float
    split: Split


@dataclass(frozen=True)
class RsnaFilms:
    """The RSNA films below a folder that holds `train.csv`, the two zip files and `native/`."""

    root: Path
    _zips: dict[str, zipfile.ZipFile] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def films(self) -> dict[str, Film]:
        """Every film by id, in the order of `train.csv`."""
        return {row["id"]: self._film(row) for row in _read_table(self.root / "train.csv")}

    @cached_property
    def smooth_ids(self) -> frozenset[str]:
        """Films that also have a smooth 64-px view."""
        return frozenset(Path(name).stem for name in self._zip("train-64px-antialiased.zip").namelist())

    def of(self, split: Split) -> list[Film]:
        """Films of one split."""
        return [film for film in self.films.values() if film.split is split]

    def point_sampled(self, film_id: str) -> NDArray[np.uint8]:
        """The 100-px point samples of a film, `(100, 100)` uint8."""
        return decode_grey(self._zip("train-100px.zip").read(f"{film_id}.png"), f"Film {film_id} of the RSNA archive")

    def smooth(self, film_id: str) -> NDArray[np.uint8]:
        """The 64-px smooth reduction of a film, `(64, 64)` uint8; only for `smooth_ids`."""
        return decode_grey(
            self._zip("train-64px-antialiased.zip").read(f"{film_id}.jpeg"), f"Film {film_id} of the RSNA archive"
        )

    def reduced(self, film: Film) -> ReducedFilm:
        """A film as training sees it, with the averages that the archive has for a part of the films."""
        averaged = self.smooth(film.id) if film.id in self.smooth_ids else None
        return ReducedFilm(self.point_sampled(film.id), averaged, film.aspect)

    def native_path(self, film_id: str) -> Path:
        """File of a native film."""
        return self.root / "native" / f"{film_id}.png"

    def _film(self, row: dict[str, str]) -> Film:
        height, width = row["native_height_px"], row["native_width_px"]
        return Film(
            id=row["id"],
            age_months=float(row["boneage_months"]),
            sex=parse_sex(row["sex"]),
            aspect=float(width) / float(height) if height and width else TYPICAL_ASPECT,
            split=rsna_split(row["id"]),
        )

    def _zip(self, name: str) -> zipfile.ZipFile:
        if name not in self._zips:
            self._zips[name] = zipfile.ZipFile(_existing(self.root / name))
        return self._zips[name]


def film_radiograph(pixels: NDArray[np.uint8], film: Film) -> Radiograph:
    """A reduced film as a radiograph, its label left behind."""
    return reduced_radiograph(pixels, film.aspect, f"{film.id}.png")


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise InputError(
            f"Expected the RSNA file {path.name} in {path.parent}, found none. Give the folder that holds train.csv."
        )
    return path


def _read_table(path: Path) -> list[dict[str, str]]:
    with _existing(path).open(newline="") as file:
        return list(csv.DictReader(file))
