"""Hands whose 13 bones were graded: a crop and a RUS-CHN level of each bone, with age and sex.

On disk, a folder with `levels.csv` (`id`, `sex`, `age_months` and a column of levels for each bone of `RUS`) and the grey
images `crops/ID-BONE.png`, such as `crops/17-radius.png`. Hands follow the split by id, see `datasets.splits`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.datasets.images import decode_grey
from openboneage.datasets.splits import Split, split_of
from openboneage.errors import InputError
from openboneage.subject import Sex, parse_sex


@dataclass(frozen=True, eq=False)
class HandCrops:
    """The bones of one hand, in the order of `RUS`.

    Attributes:
        id: Identifier, unique in its set.
        sex: Sex of the child.
        age_months: Bone age as read.
        crops: Crop of each bone, `(13, size, size)` uint8.
        split: Split that the hand belongs to.
    """

    id: str
    sex: Sex
    age_months: float
    crops: NDArray[np.uint8]
    split: Split

    def __post_init__(self) -> None:
        """Check the shape.

        Raises:
            InputError: It does not fit the 13 bones.
        """
        if self.crops.ndim != 3 or len(self.crops) != len(RUS):
            raise InputError(f"Expected crops of 13 bones, got the shape {self.crops.shape}.")


@dataclass(frozen=True, eq=False)
class GradedHand(HandCrops):
    """One hand with the levels of its bones.

    Attributes:
        levels: RUS-CHN level of each bone, `(13,)`.
    """

    levels: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Check shapes and levels.

        Raises:
            InputError: They do not fit the 13 bones.
        """
        super().__post_init__()
        if self.levels.shape != (len(RUS),):
            raise InputError(f"Expected levels of 13 bones, got the shape {self.levels.shape}.")
        for bone, level, count in zip(RUS, self.levels, level_counts(), strict=True):
            if not 0 <= level < count:
                raise InputError(f"Expected a level from 0 to {count - 1} of the {bone} of hand {self.id}, got {level}.")


def read_graded_hands(folder: Path, size_px: int) -> list[GradedHand]:
    """Read the hands of a folder, with crops of a common size.

    Raises:
        InputError: The table or a crop is missing, or a row is not as described above.
    """
    table = folder / "levels.csv"
    if not table.is_file():
        raise InputError(f"Expected the table of levels {table}, found none.")
    with table.open(newline="") as file:
        return [_hand(folder, row, size_px) for row in csv.DictReader(file)]


def _hand(folder: Path, row: Mapping[str, str], size_px: int) -> GradedHand:
    try:
        levels = np.array([int(row[bone]) for bone in RUS])
        sex, age_months = parse_sex(row["sex"]), float(row["age_months"])
        crops = np.stack([_crop(folder / "crops" / f"{row['id']}-{bone}.png", size_px) for bone in RUS])
    except (KeyError, ValueError) as error:
        raise InputError(f"Expected id, sex, age_months and 13 levels in each row of levels.csv: {error}.") from None
    return GradedHand(row["id"], sex, age_months, crops, split_of(row["id"]), levels)


def _crop(path: Path, size_px: int) -> NDArray[np.uint8]:
    if not path.is_file():
        raise InputError(f"Expected the crop {path}, found none.")
    grey = decode_grey(path.read_bytes(), path.name)
    how = cv2.INTER_AREA if min(grey.shape) > size_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (size_px, size_px), interpolation=how), np.uint8)


def hands_of(hands: Sequence[GradedHand], *splits: Split) -> list[GradedHand]:
    """Hands of some splits.

    Raises:
        InputError: There is none.
    """
    chosen = [hand for hand in hands if hand.split in splits]
    if not chosen:
        raise InputError(f"Expected graded hands of the split {' or '.join(splits)} among {len(hands)}, found none.")
    return chosen
