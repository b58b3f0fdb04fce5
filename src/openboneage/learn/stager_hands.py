"""Training hands of the bone stager: crops of the 13 bones, found as in an assessment, and what is known of their levels.

A crop of a training film has a surround, so that it can be turned and shifted. Crops are kept on disk, a file for each film, as
finding the bones takes longer than reading them.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.bones.crops import CropSpec, joint_crop
from openboneage.bones.find import find_bones
from openboneage.bones.finder_card import BONE_FINDER
from openboneage.bones.names import RUS
from openboneage.datasets.film_set import Film
from openboneage.datasets.region_films import Kind, RegionFilms
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.hand.frame import HEIGHT
from openboneage.hand.locate import locate_hand
from openboneage.learn.bone_crops import synthetic_hands
from openboneage.learn.stager_targets import LevelTargets, graded_targets, targets_at_age
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Sex

FORMAT = 1
"""Incremented when the preparation changes, so that older files are not read."""
SURROUND = 1.5
"""A training crop is this many times as wide as the input of the network."""


class Source(StrEnum):
    """Where the crops of a hand are from."""

    FILM = "film"
    """A film of the set as it is."""
    SHARP = "sharp"
    """A film that is sharp within its drawn regions, or at full size."""
    SYNTHETIC = "synthetic"
    """A synthetic hand."""


@dataclass(frozen=True, eq=False)
class CroppedHand:
    """The crops of a film.

    Attributes:
        crops: Crop of each bone of `RUS`, `(13, size, size)` uint8; 0 where the joint was not found.
        found: Whether the joint was found, `(13,)`.
        px_per_unit: Film pixels for a unit of the hand's frame.
    """

    crops: NDArray[np.uint8]
    found: NDArray[np.bool_]
    px_per_unit: float


@dataclass(frozen=True, eq=False)
class StagerHand:
    """One hand with its labels.

    Attributes:
        id: Film or synthetic hand.
        source: Where the crops are from.
        cropped: The crops.
        age_months: Bone age as read; None for a synthetic hand, whose bones teach levels only.
        sex: 0 for a girl, 1 for a boy.
        targets: What is known of the levels of its bones.
    """

    id: str
    source: Source
    cropped: CroppedHand
    age_months: float | None
    sex: int
    targets: LevelTargets

    def update(self, digest: hashlib._Hash) -> None:
        """Add everything to a checksum."""
        digest.update(repr((self.id, str(self.source), self.age_months, self.sex, self.cropped.px_per_unit)).encode())
        for array in (self.cropped.crops, self.cropped.found, *self.targets.arrays):
            digest.update(np.ascontiguousarray(array).tobytes())


@dataclass(frozen=True)
class CropMaker:
    """Finds the bones of films and draws their crops.

    Attributes:
        films: The data set, and its sharp films.
        hand_finder: Card of the hand finder.
        bone_finder: Card of the bone finder.
        spec: Size of a crop.
        cache: Folder of crops: those in it are read, the others are made and written.
    """

    films: RegionFilms
    hand_finder: Path
    bone_finder: Path
    spec: CropSpec
    cache: Path

    def make(self, items: Sequence[tuple[Film, Kind | None]], executor: Executor, title: str) -> list[CroppedHand]:
        """The crops of films; with a kind, the film as those pixels.

        Args:
            items: Films and the kinds of their pixels; None is the film of the set.
            executor: Where to run.
            title: Title of the progress bar.
        """
        self.cache.mkdir(parents=True, exist_ok=True)
        return map_chunks(self.chunk, items, executor, title)

    def chunk(self, items: Sequence[tuple[Film, Kind | None]]) -> list[CroppedHand]:
        """The crops of some films, in this process."""
        hand_finder, bone_finder = HAND_FINDER.load(self.hand_finder, threads=1), BONE_FINDER.load(self.bone_finder, threads=1)
        settings = (FORMAT, hand_finder.card.sha256, bone_finder.card.sha256, asdict(self.spec))

        def crop(radiograph: Radiograph) -> CroppedHand:
            hand = locate_hand(radiograph, hand_finder)
            outlines = find_bones(hand, bone_finder)
            drawn = [joint_crop(hand.film, outlines, bone, self.spec) for bone in RUS]
            found = np.array([each is not None for each in drawn])
            empty = np.zeros((self.spec.crop_px, self.spec.crop_px), np.uint8)
            return CroppedHand(np.stack([empty if each is None else each for each in drawn]), found, hand.pixels_per_unit)

        def kept(film: Film, kind: Kind | None) -> CroppedHand:
            radiograph = self.films.radiograph(film, kind)
            path = self.cache / f"{_key(settings, radiograph.display)}.npz"
            try:
                return _read(path)
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                hand = crop(radiograph)
                _write(path, hand)
                return hand

        return [kept(film, kind) for film, kind in items]


def film_hands(
    maker: CropMaker,
    films: Sequence[Film],
    labels: Mapping[str, LevelTargets],
    executor: Executor,
) -> list[StagerHand]:
    """The hands of labelled films, each once as it is and once for its sharp pixels, if there are any.

    Args:
        maker: Makes the crops.
        films: Films with a bone age and a sex.
        labels: Levels of the films that have weak labels, by id; all others have those of their bone age.
        executor: Where to run.
    """
    items: list[tuple[Film, Kind | None]] = [(film, None) for film in films]
    items += [(film, kind) for film in films for kind in maker.films.kinds(film) if kind in (Kind.FULL, Kind.COMPOSITE)]
    cropped = maker.make(items, executor, "crops")
    return [
        StagerHand(
            film.id,
            Source.SHARP if kind else Source.FILM,
            crops,
            film.label_months,
            int(film.sex is Sex.MALE),
            labels.get(film.id) or targets_at_age(film.sex, film.label_months),
        )
        for (film, kind), crops in zip(items, cropped, strict=True)
    ]


def synthetic_stager_hands(
    count: int, height_px: int, bone_spread: float, spec: CropSpec, executor: Executor
) -> list[StagerHand]:
    """Synthetic hands with their levels; the bones of a hand differ more than those of a child, by the factor `bone_spread`."""
    made = synthetic_hands(count, height_px, spec, executor, bone_spread)
    found = np.ones(len(RUS), bool)
    return [
        StagerHand(
            hand.id,
            Source.SYNTHETIC,
            CroppedHand(hand.crops, found, height_px / HEIGHT),
            None,
            int(hand.sex is Sex.MALE),
            graded_targets(hand.levels),
        )
        for hand in made
    ]


def trainable_hands(hands: Sequence[StagerHand]) -> list[StagerHand]:
    """Hands on which at least one bone was found."""
    return [hand for hand in hands if hand.cropped.found.any()]


def _key(settings: tuple[object, ...], film: NDArray[np.uint8]) -> str:
    digest = hashlib.sha256(repr((*settings, film.shape)).encode())
    digest.update(np.ascontiguousarray(film).data)
    return digest.hexdigest()


def _read(path: Path) -> CroppedHand:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return CroppedHand(stored["crops"], stored["found"], float(stored["px_per_unit"]))


def _write(path: Path, hand: CroppedHand) -> None:
    """Write under a temporary name first, so that a stop leaves no incomplete file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        np.savez(file, **asdict(hand))
    Path(file.name).replace(path)
