"""RSNA films with drawn regions as the pixels that there are, and the drawn bones as the value that finding bones returns.

133 films are there at full size (`native-more/`). Of the others `grey-1280px.zip` has the pixels within the drawn regions, and
`train-299px.zip` all of the film at a lower resolution: the film is composed of both.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.names import CARPAL, CARPALS, EPIPHYSES, JOINTS
from openboneage.bones.outlines import BoneOutline, HandOutlines, JointBox, Reason
from openboneage.datasets.film_set import Film
from openboneage.datasets.images import decode_grey
from openboneage.datasets.layouts.rsna_packs import Pixels, RsnaFilms
from openboneage.datasets.region_films import composite
from openboneage.datasets.regions import DrawnRegions, Polygon, read_regions
from openboneage.datasets.skeleton import NamedRegions, name_regions
from openboneage.hand import geometry

FOREARM = 0.93
"""Place along the hand, in units of its frame, beyond which polygons are epiphyses of radius and ulna, or drawn as one with
them."""


@dataclass(frozen=True, eq=False)
class DrawnHand:
    """A film with drawn bones.

    Attributes:
        film: Its labels.
        pixels: Brightness with bright bones, `(height, width)`.
        outlines: The drawn bones and joints that have a name, in these pixels.
        full_size: Whether the pixels are sharp outside the drawn regions as well.
    """

    film: Film
    pixels: NDArray[np.uint8]
    outlines: HandOutlines
    full_size: bool


@dataclass(frozen=True)
class DrawnHands:
    """The films of a folder of RSNA packs that have drawn regions.

    Attributes:
        root: The folder; it holds `regions/`.
    """

    root: Path
    _zips: dict[str, zipfile.ZipFile] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[type[DrawnHands], tuple[Path]]:
        """Pickle only the path: each process opens the archives itself."""
        return type(self), (self.root,)

    @cached_property
    def films(self) -> tuple[Film, ...]:
        """Labelled films with drawn regions."""
        return tuple(film for film in self._packs.films if film.id in self._drawn)

    def read(self, film: Film) -> DrawnHand | None:
        """Read a film; None if its regions cannot be named."""
        drawn, path = self._drawn[film.id], self.full_size_path(film)
        named = name_regions(drawn)
        if named is None:
            return None
        if path.is_file():
            pixels = decode_grey(path.read_bytes(), f"Film {film.id} of native-more")
        else:
            pixels = composite(self._sharp(film.id), self._packs.packed(film).display, drawn)
        return DrawnHand(film, pixels, outlines_of(named, pixels.shape[1] / drawn.size_px[0]), path.is_file())

    def outlines(self, film: Film) -> HandOutlines | None:
        """The outlines of a film in native pixels, without reading the film; None if its regions cannot be named."""
        named = name_regions(self._drawn[film.id])
        return outlines_of(named, 1.0) if named else None

    def full_size_path(self, film: Film) -> Path:
        """Where the file of a film at full size is, if there is one."""
        return self.root / "native-more" / f"{film.id}.avif"

    def _sharp(self, film_id: str) -> NDArray[np.uint8]:
        name = "grey-1280px.zip"
        if name not in self._zips:
            self._zips[name] = zipfile.ZipFile(self.root / "regions" / name)
        return decode_grey(self._zips[name].read(f"{film_id}.avif"), f"Film {film_id} of {name}")

    @cached_property
    def _packs(self) -> RsnaFilms:
        return RsnaFilms(self.root, Pixels.FINE)

    @cached_property
    def _drawn(self) -> dict[str, DrawnRegions]:
        return read_regions(self.root / "regions" / "regions.json.gz")


def outlines_of(named: NamedRegions, scale: float) -> HandOutlines:
    """Drawn regions as the bones and joints of a hand, in pixels of a film reduced by a scale."""
    to_frame = geometry.chain(geometry.scaling(1 / scale, 1 / scale), named.to_frame)
    bones = {name: BoneOutline(name, polygon * scale, 1.0) for name, polygon in named.bones.items()}
    carpals = tuple(BoneOutline(CARPAL, polygon * scale, 1.0) for polygon in named.others if _is_carpal(polygon, named))
    joints = {name: JointBox(name, _box(polygon, named.to_frame) * scale, 1.0) for name, polygon in named.joints.items()}
    return HandOutlines(
        to_frame,
        bones,
        carpals,
        joints,
        {name: Reason.NOT_SEEN for name in (*EPIPHYSES, *CARPALS) if name not in bones},
        {name: Reason.NOT_SEEN for name in JOINTS if name not in joints},
    )


def _is_carpal(polygon: Polygon, named: NamedRegions) -> bool:
    """Whether a polygon without a name lies in the region of the wrist, and not in its last part, where radius and ulna are."""
    if "wrist" not in named.joints:
        return False
    region, (x, y) = geometry.move(named.joints["wrist"], named.to_frame), geometry.move(polygon, named.to_frame).mean(axis=0)
    (left, top), (right, bottom) = region.min(axis=0), region.max(axis=0)
    return bool(left < x < right and top < y < min(bottom, FOREARM))


def _box(polygon: Polygon, to_frame: geometry.Affine) -> geometry.Points:
    """Corners of the box of a polygon that is upright in the frame."""
    moved = geometry.move(polygon, to_frame)
    (left, top), (right, bottom) = moved.min(axis=0), moved.max(axis=0)
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    return geometry.move(corners, geometry.inverse(to_frame))
