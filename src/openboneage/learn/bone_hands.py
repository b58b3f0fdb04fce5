"""Training hands of the bone finder: films with drawn bones and joints, found as in an assessment.

A film appears once for each kind of its pixels and labels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.bones.maps import EXTENTS
from openboneage.datasets.film_set import Film
from openboneage.datasets.region_films import Kind, LabelledFilm, RegionFilms
from openboneage.hand import geometry
from openboneage.hand.drawing import PictureSpec
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.locate import locate_hand
from openboneage.learn.hand_cache import PreparedHand
from openboneage.learn.hands import prepared
from openboneage.weights.runtime import Model

Polygons = Mapping[str, geometry.Points]
"""Corners `(n, 2)` in the hand's frame, by name."""


@dataclass(frozen=True, eq=False)
class BoneHand:
    """One hand with its labels, in the frame in which it was found.

    Attributes:
        id: Film.
        kind: Its pixels and labels.
        prepared: Pixels and mask.
        bones: Epiphyses and identified carpal bones; empty where none were drawn.
        others: Polygons without a name.
        regions: Joint regions.
        tight: Boxes around epiphysis and joint space, as the middles of their four sides.
    """

    id: str
    kind: Kind
    prepared: PreparedHand
    bones: Polygons
    others: Sequence[geometry.Points]
    regions: Polygons
    tight: Polygons

    @property
    def boxes(self) -> Mapping[str, Polygons]:
        """The shapes whose bounds are boxes, by extent."""
        return dict(zip(EXTENTS, (self.regions, self.tight), strict=True))

    def update(self, digest: hashlib._Hash) -> None:
        """Add everything to a checksum."""
        digest.update(repr((self.id, str(self.kind), self.prepared.low, self.prepared.high)).encode())
        shapes: Sequence[tuple[str, geometry.Points]] = [
            *(item for part in (self.bones, self.regions, self.tight) for item in sorted(part.items())),
            *(("", polygon) for polygon in self.others),
        ]
        for name, polygon in shapes:
            digest.update(name.encode() + _bytes(polygon))
        for pixels in (self.prepared.canvas, self.prepared.mask):
            digest.update(_bytes(pixels))


def _bytes(array: NDArray[np.float64] | NDArray[np.uint8]) -> bytes:
    return np.ascontiguousarray(array).tobytes()


NEAR_KNUCKLE = 0.3
"""Largest distance of the drawn third knuckle from the one found, in frame units."""


def prepare_bone_hands(
    films: RegionFilms, chosen: Sequence[Film], finder_card: Path, spec: PictureSpec, executor: Executor
) -> list[BoneHand]:
    """Find the hands on labelled films, in several processes; a film comes once for each kind of its pixels.

    Args:
        films: Films and labels.
        chosen: The films to prepare; those without labels that can be named are left out.
        finder_card: Card of the hand finder.
        spec: Input of the network.
        executor: Where to run.
    """
    items = [(film, kind) for film in chosen for kind in films.kinds(film)]
    hands = map_chunks(partial(_prepare_chunk, films, finder_card, spec), items, executor, "bones")
    return [hand for hand in hands if hand]


def _prepare_chunk(
    films: RegionFilms, finder_card: Path, spec: PictureSpec, items: Sequence[tuple[Film, Kind]]
) -> list[BoneHand | None]:
    finder, hands = HAND_FINDER.load(finder_card, threads=1), []
    for film, kind in items:
        labelled = films.labelled(film, kind)
        hands.append(bone_hand(film.id, kind, labelled, finder, spec) if labelled else None)
    return hands


def bone_hand(
    film_id: str, kind: Kind, film: LabelledFilm, finder: Model[FinderSpecification], spec: PictureSpec
) -> BoneHand | None:
    """Find the hand on a labelled film, and move the labels to its frame; None if another hand or none was found."""
    hand = locate_hand(film.radiograph, finder)

    def in_frame(polygons: Mapping[str, geometry.Points]) -> dict[str, geometry.Points]:
        return {name: geometry.move(polygon, hand.film_to_frame) for name, polygon in polygons.items()}

    regions, tight = in_frame(film.regions), {name: geometry.side_middles(box) for name, box in in_frame(film.tight).items()}
    bones = in_frame(film.bones)
    knuckle = (regions | tight | bones).get("mcp3", bones.get("pp3"))
    if knuckle is None or np.hypot(*knuckle.mean(axis=0)) > NEAR_KNUCKLE:
        return None
    others = tuple(in_frame(dict(enumerate(film.others))).values())  # type: ignore[arg-type]
    return BoneHand(film_id, kind, prepared(hand, spec), bones, others, regions, tight)
