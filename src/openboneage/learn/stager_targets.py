"""What is known of the levels of the bones of a hand, for training.

Three sources, from strong to weak:

- The levels of a synthetic hand are known.
- On drawn films the measures of an epiphysis say how probable each level is (`datasets.bone_table`).
- Of all other films only the bone age is known. It does not say which level a bone has: it says how probable an age is at each
  level. The network is rewarded for the probability of the age given its levels, so it may choose freely among the levels that
  usually occur at that age, and does not learn to repeat the age.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts, level_shares
from openboneage.bones.stager_card import STEPS
from openboneage.datasets.bone_table import MeasuredBone, weak_labels
from openboneage.subject import Sex

LEVELS = STEPS + 1
WRONG_AGE = 0.02
"""Probability of the age at every level, relative to the most probable one: a few labels are off by years."""
NEIGHBOUR = 0.06
"""Probability of each level next to a known one: the edge between two levels is not sharp."""
AGES = np.arange(6.0, 229.0, 6.0)

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LevelTargets:
    """What is known of the levels of the 13 bones; levels that a bone does not have are 0.

    Attributes:
        levels: Probability of each level, `(13, 15)`, where it is known.
        known: Whether it is known, `(13,)`.
        age_given_level: Probability of the bone age of the film given each level, at most 1, `(13, 15)`; counts where `levels`
            is not known. 1 throughout where nothing is known.
    """

    levels: Floats
    known: NDArray[np.bool_]
    age_given_level: Floats

    @property
    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """All arrays, for a checksum."""
        return self.levels, self.known, self.age_given_level


def targets_at_age(sex: Sex, bone_age_months: float) -> LevelTargets:
    """The targets of a film of which only the bone age is known."""
    nothing = np.zeros((len(RUS), LEVELS), np.float32)
    return LevelTargets(nothing, np.zeros(len(RUS), bool), age_given_levels(sex, float(bone_age_months)))


def measured_targets(bones: Iterable[MeasuredBone]) -> dict[str, LevelTargets]:
    """The targets of drawn films, by id: levels from measures and bone age for each bone that was measured."""
    found = {}
    for film_id, labels in weak_labels(bones).items():
        first, measured = labels.bones[0], {bone.measures.bone for bone in labels.bones}
        found[film_id] = LevelTargets(
            np.stack([_padded(labels.levels_at_age[bone]) for bone in RUS]),
            np.array([bone in measured for bone in RUS]),
            age_given_levels(first.sex, first.bone_age_months),
        )
    return found


def graded_targets(levels: NDArray[np.int64]) -> LevelTargets:
    """The targets of a hand whose levels are known, `(13,)`."""
    shares = np.zeros((len(RUS), LEVELS), np.float32)
    for number, (level, count) in enumerate(zip(levels, level_counts(), strict=True)):
        shares[number, max(level - 1, 0)] += NEIGHBOUR
        shares[number, min(level + 1, count - 1)] += NEIGHBOUR
        shares[number, level] += 1 - 2 * NEIGHBOUR
    return LevelTargets(shares, np.ones(len(RUS), bool), np.ones_like(shares))


@cache
def age_given_levels(sex: Sex, bone_age_months: float) -> Floats:
    """How probable a bone age is at each level of each bone, relative to the most probable level, `(13, 15)`."""
    rows = []
    for bone, usual in _usual(sex).items():
        likelihood = level_shares(sex, bone, bone_age_months) / usual
        rows.append(_padded(np.maximum(likelihood / likelihood.max(), WRONG_AGE)))
    return np.stack(rows)


@cache
def _usual(sex: Sex) -> Mapping[str, NDArray[np.float64]]:
    """Share of each level of each bone if all ages are equally frequent."""
    return {bone: np.mean([level_shares(sex, bone, months) for months in AGES], axis=0) + 1e-3 for bone in RUS}


def _padded(shares: NDArray[np.float64]) -> Floats:
    return np.pad(shares, (0, LEVELS - len(shares))).astype(np.float32)
