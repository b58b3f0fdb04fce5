"""The table of measured bones: a row for each long bone of each drawn film. It takes minutes to make, and is kept as a file.

`weak_labels` gives the levels of its bones by the present criteria (`bones.criteria`). Nobody staged these films.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.criteria import hand_levels
from openboneage.bones.epiphysis import EpiphysisMeasures, measure_epiphyses
from openboneage.bones.names import EPIPHYSES
from openboneage.datasets.drawn_hands import DrawnHand
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex

WIDEST, NARROWEST = 1.7, 0.05
"""Widths of an epiphysis over its metaphysis beyond which bones were drawn as one, or the shaft was not found."""
LEAST_CONTRAST = 2.0
NUMBERS = tuple(item.name for item in fields(EpiphysisMeasures) if item.name not in ("bone", "spacing_mm"))


@dataclass(frozen=True, eq=False)
class MeasuredBone:
    """A row of the table.

    Attributes:
        film_id: The film.
        split: Its split.
        sex: Sex of the child.
        bone_age_months: Bone age of the film as read.
        full_size: Whether the film is sharp outside the drawn regions.
        measures: What was measured.
    """

    film_id: str
    split: Split
    sex: Sex
    bone_age_months: float
    full_size: bool
    measures: EpiphysisMeasures


def measure_hand(hand: DrawnHand) -> list[MeasuredBone]:
    """Measure the long bones of a film; those with implausible measures are left out."""
    film = hand.film
    measured = (each.measures for each in measure_epiphyses(hand.pixels, hand.outlines, EPIPHYSES).values())
    return [
        MeasuredBone(film.id, film.split, film.sex, film.label_months, hand.full_size, measures)
        for measures in measured
        if NARROWEST < measures.width < WIDEST and measures.contrast > LEAST_CONTRAST
    ]


@dataclass(frozen=True, eq=False)
class WeakLabels:
    """Levels of the 13 bones of a film that nobody staged.

    Attributes:
        bones: The bones that were measured: one film, at least one bone.
        levels: Probability of each RUS-CHN level from 0 on, by bone, from the measures alone.
        levels_at_age: The same from the measures and the bone age of the film.
    """

    bones: tuple[MeasuredBone, ...]
    levels: Mapping[str, NDArray[np.float64]]
    levels_at_age: Mapping[str, NDArray[np.float64]]


def weak_labels(bones: Iterable[MeasuredBone]) -> dict[str, WeakLabels]:
    """The weak labels of each film, by its id; bones without measures have what is usual beside the others."""
    films: dict[str, list[MeasuredBone]] = defaultdict(list)
    for bone in bones:
        films[bone.film_id].append(bone)
    return {film_id: _labels(tuple(of_film)) for film_id, of_film in films.items()}


def _labels(bones: tuple[MeasuredBone, ...]) -> WeakLabels:
    measures, sex = [bone.measures for bone in bones], bones[0].sex
    return WeakLabels(bones, hand_levels(measures, sex), hand_levels(measures, sex, bones[0].bone_age_months))


def write_bones(path: Path, bones: Iterable[MeasuredBone]) -> None:
    """Write the table as CSV."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["film", "split", "sex", "bone_age_months", "full_size", "bone", *NUMBERS])
        for bone in bones:
            numbers = asdict(bone.measures)
            label = [bone.film_id, bone.split, bone.sex, f"{bone.bone_age_months:g}", int(bone.full_size), bone.measures.bone]
            writer.writerow([*label, *(f"{numbers[name]:.4f}" for name in NUMBERS)])


def read_bones(path: Path) -> list[MeasuredBone]:
    """Read a table that `write_bones` wrote.

    Raises:
        InputError: The file is missing or is not such a table.
    """
    try:
        with path.open(newline="") as file:
            return [_bone(row) for row in csv.DictReader(file)]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"Expected a table of measured bones at {path}: {error}. `boneage evaluate epiphyses` writes it."
        ) from None


def _bone(row: dict[str, str]) -> MeasuredBone:
    measures = EpiphysisMeasures(bone=row["bone"], spacing_mm=None, **{name: float(row[name]) for name in NUMBERS})
    return MeasuredBone(
        row["film"],
        Split(row["split"]),
        Sex(row["sex"]),
        float(row["bone_age_months"]),
        bool(int(row["full_size"])),
        measures,
    )
