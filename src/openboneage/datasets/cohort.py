"""Choosing films of a data set: cohorts by age, sex and race, and samples balanced by age."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openboneage.datasets.film_set import Film
from openboneage.errors import InputError
from openboneage.subject import MONTHS_PER_YEAR, Sex


@dataclass(frozen=True)
class AgeRange:
    """Ages from the first one to before the second, in months.

    Attributes:
        from_months: First age.
        to_months: First age beyond.
    """

    from_months: float = 0.0
    to_months: float = float("inf")

    def __post_init__(self) -> None:
        """Check that the range holds an age.

        Raises:
            InputError: It holds none.
        """
        if not 0 <= self.from_months < self.to_months:
            raise InputError(
                f"Expected ages from a smaller to a larger one, got {self.from_months:g} to {self.to_months:g} months."
            )

    @property
    def limited(self) -> bool:
        """Whether an age can lie outside."""
        return self != AgeRange()

    def why_not(self, name: str, months: float | None) -> str | None:
        """Why an age is not in the range; None if it is. A range without limits also takes an age that is not known."""
        if not self.limited:
            return None
        if months is None:
            return f"{name} not known"
        if months < self.from_months:
            return f"{name} under {self.from_months:g} months"
        return f"{name} of {self.to_months:g} months or more" if months >= self.to_months else None


@dataclass(frozen=True)
class Cohort:
    """Which films belong to a study.

    Attributes:
        bone_age: Range of the bone age as read.
        age: Range of the chronological age.
        sexes: Sexes.
        races: Races, in the words of the data set; empty for all.
    """

    bone_age: AgeRange = AgeRange()
    age: AgeRange = AgeRange()
    sexes: frozenset[Sex] = frozenset(Sex)
    races: frozenset[str] = frozenset()

    def why_not(self, film: Film) -> str | None:
        """The first reason why a film is not in the cohort; None if it is."""
        if film.sex not in self.sexes:
            return f"sex {film.sex}"
        if self.races and film.race not in self.races:
            return f"race {film.race or 'not known'}"
        return self.bone_age.why_not("bone age", film.bone_age_months) or self.age.why_not("chronological age", film.age_months)


LEE_2017 = Cohort(bone_age=AgeRange(5 * MONTHS_PER_YEAR), sexes=frozenset((Sex.FEMALE, Sex.MALE)))
"""Lee et al. 2017, "Data Categorization": from 5 years on; skeletally mature hands count as 18 years."""


@dataclass(frozen=True)
class Chosen:
    """The films of a cohort.

    Attributes:
        films: The films, in the order of the data set.
        excluded: Number of other films by reason.
    """

    films: tuple[Film, ...]
    excluded: Counter[str]


def choose(films: Sequence[Film], cohort: Cohort) -> Chosen:
    """Split films into those of a cohort and, by reason, the others.

    Raises:
        InputError: No film is in the cohort.
    """
    reasons = [cohort.why_not(film) for film in films]
    kept = tuple(film for film, reason in zip(films, reasons, strict=True) if reason is None)
    excluded = Counter(reason for reason in reasons if reason)
    if not kept:
        why = ", ".join(f"{count} {reason}" for reason, count in excluded.most_common(3))
        raise InputError(f"Expected films of the cohort, found none among {len(films)} ({why}).")
    return Chosen(kept, excluded)


def balanced_by_age(films: Sequence[Film], per_age: int, seed: int, width_months: float = 1.0) -> list[Film]:
    """Draw the same number of films of each bone age (Pan et al. 2020, section 5.3).

    Ages with fewer films give each of them several times, as evenly as possible; ages without films give none.

    Args:
        films: Films with a bone age.
        per_age: Films to draw of each age.
        seed: Seed of the draw; the same seed draws the same films.
        width_months: Ages that count as one; Pan et al. take each bone age for itself.

    Raises:
        InputError: A number is not over 0, or a film has no bone age.
    """
    if per_age < 1 or width_months <= 0:
        raise InputError(f"Expected a number of films and a width over 0, got {per_age} and {width_months:g}.")
    by_age = defaultdict[int, list[Film]](list)
    for film in films:
        by_age[int(film.label_months // width_months)].append(film)
    rng = np.random.default_rng(seed)
    return [group[i] for _, group in sorted(by_age.items()) for i in _drawn(len(group), per_age, rng)]


def _drawn(count: int, wanted: int, rng: np.random.Generator) -> list[int]:
    """Positions in a group: rounds of all of them in random order, the last round cut."""
    rounds = [rng.permutation(count) for _ in range(-(-wanted // count))]
    return [int(i) for i in np.concatenate(rounds)[:wanted]]
