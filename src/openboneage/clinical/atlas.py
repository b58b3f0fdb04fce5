"""The plates of the printed atlases: their ages, and the plates nearest to a bone age."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from openboneage.clinical.table_files import FloatArray, Table, known_sex, load_table
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding
from openboneage.subject import Sex, format_age


class Atlas(StrEnum):
    """A printed atlas of standards."""

    GREULICH_PYLE = "greulich-pyle"
    GILSANZ_RATIB = "gilsanz-ratib"


_TABLES = {Atlas.GREULICH_PYLE: "gp_standard_ages.csv", Atlas.GILSANZ_RATIB: "gilsanz_ratib_ages.csv"}


@dataclass(frozen=True)
class PlateMatch:
    """A plate of an atlas, and the probability that it is the nearest one."""

    age_months: float
    probability: float


def plates(sex: Sex, atlas: Atlas = Atlas.GREULICH_PYLE) -> tuple[float, ...]:
    """Return the ages of an atlas's plates in months, rising.

    Greulich-Pyle has 31 plates for boys and 27 for girls, Gilsanz-Ratib 29 for each.

    Raises:
        InputError: The sex is unknown.
    """
    return tuple(float(age) for age in _table(sex, atlas).column("age_months"))


def plate_findings(sex: Sex, atlas: Atlas) -> tuple[Finding, ...]:
    """Return findings on the table of the plates."""
    return _table(sex, atlas).findings(sex)


def nearest_plates(
    sex: Sex, ages_months: FloatArray, probabilities: FloatArray, count: int = 3, atlas: Atlas = Atlas.GREULICH_PYLE
) -> tuple[PlateMatch, ...]:
    """Return the plates that are most probably nearest to a bone age (`nearest_ages`), the most probable first.

    Args:
        sex: Sex of the child.
        ages_months: Bone ages, `(n,)`, months.
        probabilities: Probability of each, `(n,)`; they need not sum to 1.
        count: Maximum number of plates; those with probability 0 are left out.
        atlas: The atlas.

    Raises:
        InputError: The sex is unknown, or the numbers are not a distribution.
        RefusedError: The mean bone age lies below the first plate.
    """
    if ages_months.shape != probabilities.shape or not (probabilities >= 0).all() or not probabilities.sum() > 0:
        raise InputError("A distribution of bone age needs one probability for each age, none negative, and not all zero.")
    ages = np.array(plates(sex, atlas))
    mean = float(np.average(ages_months, weights=probabilities))
    if mean < ages[0]:
        raise RefusedError(f"The first plate of {atlas} is {format_age(ages[0])}; below it the atlas cannot be used.")
    return tuple(PlateMatch(float(ages[i]), mass) for i, mass in nearest_ages(ages, ages_months, probabilities)[:count])


def nearest_ages(ages: FloatArray, ages_months: FloatArray, probabilities: FloatArray) -> list[tuple[int, float]]:
    """Return the places of the ages that are most probably nearest to a bone age, with probabilities, the most probable first.

    The limit between two ages is the middle of them; an age on it belongs to the younger one.

    Args:
        ages: Ages of an atlas, rising, `(plates,)`, months.
        ages_months: Bone ages, `(n,)`, months.
        probabilities: Probability of each, `(n,)`; they need not sum to 1.
    """
    nearest = np.searchsorted((ages[1:] + ages[:-1]) / 2, ages_months)
    mass = np.bincount(nearest, weights=probabilities, minlength=len(ages)) / probabilities.sum()
    return [(int(i), float(mass[i])) for i in np.argsort(-mass, kind="stable") if mass[i] > 0]


def _table(sex: Sex, atlas: Atlas) -> Table:
    return load_table(_TABLES[atlas]).where(sex=known_sex(sex))
