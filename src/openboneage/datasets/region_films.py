"""Films with drawn regions or expert boxes, with the pixels that there are and the names of what was drawn.

`grey-1280px.zip` has the films within their regions at up to 1,280 px, and 0 outside. The rest comes from the reduction to
299 px, enlarged, so that the picture looks like a film.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.annotations import Box, read_boxes
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.datasets.images import decode_grey
from openboneage.datasets.regions import DrawnRegions, Polygon, read_regions
from openboneage.datasets.skeleton import name_boxes, name_regions
from openboneage.hand import geometry
from openboneage.reading.radiograph import Radiograph

EXPERTS = "eval/expert"
"""Boxes by experts: tight around epiphysis and joint space. The other readers drew larger ones."""
SAME = ("radius", "ulna")
"""Joints whose regions were drawn like the boxes: median sizes and places agree within 0.01 frame units."""
EDGE_PX = 5
"""Width over which the sharp film passes into the coarse one, inside the drawn edge: there the archive's own edge is."""


class Kind(StrEnum):
    """Pixels and labels of a film."""

    FULL = "full"
    """A film at full size, with drawn bones and regions."""
    COMPOSITE = "composite"
    """A film that is sharp inside its regions only, with drawn bones. Its regions are no labels: their edges are visible."""
    COARSE = "coarse"
    """A film of 299 px, with drawn bones and regions."""
    BOXED = "boxed"
    """A film of 299 px with boxes by experts, without bones."""


@dataclass(frozen=True, eq=False)
class LabelledFilm:
    """A film and what was drawn on it, in its own pixels.

    Attributes:
        radiograph: The film.
        bones: Epiphyses and identified carpal bones.
        others: Polygons without a name.
        regions: Joint regions.
        tight: Corners of boxes by experts.
    """

    radiograph: Radiograph
    bones: Mapping[str, Polygon]
    others: Sequence[Polygon]
    regions: Mapping[str, Polygon]
    tight: Mapping[str, Polygon]


@dataclass(frozen=True)
class RegionFilms:
    """The films of a set that have drawn regions or boxes by experts.

    Attributes:
        films: The set, at 299 px.
        regions: `regions.json.gz`; `grey-1280px.zip` is beside it, `native-more/` in the folder above. Either may be absent.
        boxes: Table of boxes.
    """

    films: FilmSet
    regions: Path
    boxes: Path | None = None

    def __reduce__(self) -> tuple[type[RegionFilms], tuple[FilmSet, Path, Path | None]]:
        """Pickle only the settings: each process opens the files itself."""
        return type(self), (self.films, self.regions, self.boxes)

    def kinds(self, film: Film) -> tuple[Kind, ...]:
        """The kinds of pixels and labels that a film has; both sharp and coarse where its regions were drawn."""
        if film.id in self._drawn:
            sharp = Kind.FULL if self._full(film.id).is_file() else Kind.COMPOSITE if self._is_sharp(film.id) else None
            return (sharp, Kind.COARSE) if sharp else (Kind.COARSE,)
        return (Kind.BOXED,) if film.id in self._boxed else ()

    def labelled(self, film: Film, kind: Kind) -> LabelledFilm | None:
        """A film of one of its kinds; None if its labels cannot be named."""
        radiograph = self.radiograph(film, kind)
        height, width = radiograph.display.shape
        if kind is Kind.BOXED:
            tight = name_boxes([_corners(box) * (width, height) for box in self._boxed[film.id]], (width, height))
            same = {name: tight[name] for name in SAME if name in tight}
            return LabelledFilm(radiograph, {}, (), same, tight) if tight else None
        drawn = self._drawn[film.id]
        named = name_regions(drawn)
        if named is None:
            return None
        onto = geometry.scaling(width / drawn.size_px[0], height / drawn.size_px[1])
        bones, regions = (
            {name: geometry.move(polygon, onto) for name, polygon in part.items()} for part in (named.bones, named.joints)
        )
        others = tuple(geometry.move(polygon, onto) for polygon in named.others)
        return LabelledFilm(radiograph, bones, others, {} if kind is Kind.COMPOSITE else regions, {})

    def radiograph(self, film: Film, kind: Kind | None) -> Radiograph:
        """Read the pixels of a film: of one of its kinds, or as it is in the set."""
        if kind is Kind.FULL:
            return _radiograph(decode_grey(self._full(film.id).read_bytes(), f"Film {film.id} at full size"), film.id)
        coarse = self.films.radiograph(film)
        if kind is not Kind.COMPOSITE or self._sharp is None:
            return coarse
        sharp = decode_grey(self._sharp.read(f"{film.id}.avif"), f"Film {film.id} of the drawn regions")
        return _radiograph(composite(sharp, coarse.display, self._drawn[film.id]), film.id)

    @cached_property
    def _drawn(self) -> dict[str, DrawnRegions]:
        return read_regions(self.regions)

    @cached_property
    def _boxed(self) -> dict[str, list[Box]]:
        by_label = read_boxes(self.boxes, EXPERTS) if self.boxes else {}
        return {film_id: [box for boxes in labels.values() for box in boxes] for film_id, labels in by_label.items()}

    @cached_property
    def _sharp(self) -> zipfile.ZipFile | None:
        path = self.regions.with_name("grey-1280px.zip")
        return zipfile.ZipFile(path) if path.is_file() else None

    def _is_sharp(self, film_id: str) -> bool:
        return self._sharp is not None and f"{film_id}.avif" in self._sharp.NameToInfo

    def _full(self, film_id: str) -> Path:
        return self.regions.parent.parent / "native-more" / f"{film_id}.avif"


def _corners(box: Box) -> Polygon:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def composite(sharp: NDArray[np.uint8], coarse: NDArray[np.uint8], drawn: DrawnRegions) -> NDArray[np.uint8]:
    """A film that is sharp inside its drawn regions and coarse outside, `(height, width)` of the sharp one."""
    height, width = sharp.shape
    around = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    inside = np.zeros(sharp.shape, np.uint8)
    scale = np.array([width / drawn.size_px[0], height / drawn.size_px[1]])
    for polygon in (*drawn.joints, *drawn.bones):
        cv2.fillPoly(inside, [np.rint(polygon * scale).astype(np.int32)], 255)
    side = 2 * EDGE_PX + 1
    weight = cv2.blur(cv2.erode(inside, np.ones((side, side), np.uint8)), (EDGE_PX, EDGE_PX)).astype(np.float32) / 255
    return np.rint(weight * sharp + (1 - weight) * around).clip(0, 255).astype(np.uint8)


def _radiograph(pixels: NDArray[np.uint8], film_id: str) -> Radiograph:
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return Radiograph(pixels=pixels, display=pixels, name=film_id, sha256=digest, format="AVIF", bits=8)
