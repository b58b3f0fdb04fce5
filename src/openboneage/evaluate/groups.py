"""Groups of films by sex, race and age band."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.film_set import Film
from openboneage.evaluate.metrics import AGE_BANDS_MONTHS, Ages
from openboneage.subject import Sex

ALL = "all"
SEX_GROUPS = {Sex.FEMALE: "girls", Sex.MALE: "boys", Sex.UNKNOWN: "sex unknown"}


def groups_of(films: Sequence[Film]) -> dict[str, NDArray[np.bool_]]:
    """The members of each group, `(films,)`, by its name; groups without films are left out."""
    sexes, races = np.array([film.sex for film in films]), np.array([film.race or "" for film in films])
    months = np.array([film.label_months for film in films])
    groups = {ALL: np.ones(len(films), bool)}
    groups |= {name: sexes == sex for sex, name in SEX_GROUPS.items()}
    groups |= {race: races == race for race in sorted(set(races.tolist())) if race}
    groups |= {f"{low}-{high - 1} months": (low <= months) & (months < high) for low, high in AGE_BANDS_MONTHS}
    return {name: members for name, members in groups.items() if members.any()}


def second_readings(films: Sequence[Film]) -> Ages:
    """Bone ages of the second reader in months, `(films,)`; NaN for films that were read once."""
    return np.array([film.second_reading_months for film in films], float)
