"""Reference hands beside a film: an atlas of labelled images, and the hands that are most probably nearest to a bone age.

An atlas is a folder with `atlas.csv` (columns `sex`, `age_months`, `file`), the images, and `about.txt`, which says what they
are and is shown with them. The atlas of the package is synthetic (`tools/reference_hands.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from openboneage.assess.assessment import Assessment
from openboneage.clinical.atlas import nearest_ages
from openboneage.clinical.input_files import csv_rows, read_text
from openboneage.errors import InputError
from openboneage.subject import Sex, checked_age_months, parse_sex

IMAGE_TYPES = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
COUNT, COUNT_FOR_EACH_SEX = 5, 2
LEAST_PROBABILITY = 0.01
_COLUMNS = ("sex", "age_months", "file")


@dataclass(frozen=True)
class ReferenceHand:
    """An image of an atlas."""

    sex: Sex
    age_months: float
    path: Path

    @property
    def media_type(self) -> str:
        """Type of the image, such as `image/webp`."""
        return IMAGE_TYPES[self.path.suffix.lower()]


@dataclass(frozen=True)
class Match:
    """A hand of an atlas, and the probability that it is the nearest one.

    Attributes:
        number: Number of the hand in the atlas.
        sex: Its sex.
        age_months: Its bone age, months.
        probability: Probability that no other hand of the atlas is nearer to the bone age, 0 to 1.
        is_likeliest: Whether it is the most probable one of its sex.
    """

    number: int
    sex: Sex
    age_months: float
    probability: float
    is_likeliest: bool


@dataclass(frozen=True)
class ReferenceAtlas:
    """An atlas of labelled images.

    Attributes:
        about: What the images are, for readers.
        hands: The images.
    """

    about: str
    hands: tuple[ReferenceHand, ...]

    @classmethod
    def of_package(cls) -> ReferenceAtlas:
        """The synthetic atlas."""
        return cls.read(Path(str(files("openboneage.reading_room").joinpath("atlas"))))

    @classmethod
    def read(cls, folder: Path) -> ReferenceAtlas:
        """Read an atlas.

        Raises:
            InputError: A file is missing, or the table cannot be read.
        """
        columns, rows = csv_rows(read_text(folder / "atlas.csv"), "atlas.csv", ", ".join(_COLUMNS))
        if sorted(columns) != sorted(_COLUMNS):
            raise InputError(f"Expected the columns {', '.join(_COLUMNS)} in atlas.csv, got {', '.join(columns)}.")
        about = " ".join(read_text(folder / "about.txt").split())
        return cls(about, tuple(_hand(folder, row, number) for number, row in enumerate(rows, start=1)))

    def nearest(self, assessment: Assessment) -> tuple[Match, ...]:
        """The most probable hands, rising by age: up to five, or two for each sex where it is unknown."""
        answers = assessment.answers
        count = COUNT if len(answers) == 1 else COUNT_FOR_EACH_SEX
        found: list[Match] = []
        for sex, answer in answers.items():
            numbers = [number for number, hand in enumerate(self.hands) if hand.sex is sex]
            numbers.sort(key=lambda number: self.hands[number].age_months)
            ages = np.array([self.hands[number].age_months for number in numbers])
            if not len(ages):
                continue
            months = np.arange(len(answer.bone_age.probabilities), dtype=np.float64)
            places = nearest_ages(ages, months, answer.bone_age.probabilities)
            likeliest = [(place, mass) for place, mass in places[:count] if mass >= LEAST_PROBABILITY]
            found += [
                Match(numbers[place], sex, float(ages[place]), mass, place == likeliest[0][0])
                for place, mass in sorted(likeliest)
            ]
        return tuple(found)


def _hand(folder: Path, row: dict[str, str], number: int) -> ReferenceHand:
    name = row["file"]
    path = folder / name
    if Path(name).name != name or path.suffix.lower() not in IMAGE_TYPES or not path.is_file():
        kinds = ", ".join(IMAGE_TYPES)
        raise InputError(f"atlas.csv, row {number}: expected the name of an image in the same folder ({kinds}), got {name!r}.")
    sex = parse_sex(row["sex"])
    if sex is Sex.UNKNOWN:
        raise InputError(f"atlas.csv, row {number}: expected the sex F or M, got {row['sex']!r}.")
    try:
        months = float(row["age_months"])
    except ValueError:
        raise InputError(f"atlas.csv, row {number}: expected an age in months, got {row['age_months']!r}.") from None
    return ReferenceHand(sex, checked_age_months(months), path)
