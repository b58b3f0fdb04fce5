"""The child of a synthetic hand: sex, age, tempo, and the maturity of every bone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openboneage.bones.names import CARPALS, EPIPHYSES, SESAMOID
from openboneage.phantom.growth import bone_sd_months, carpal_growth, median_stage
from openboneage.subject import Sex

NODULES = (*CARPALS, SESAMOID)
"""Bones that grow from one centre and have no shaft."""
CARPAL_SD_MONTHS = 6.0
"""Variation of the carpus as a whole against the other bones; our own choice."""
TEMPO_SD = 0.09
"""Standard deviation of the bone age as a share of the age: 9 to 11 months at ten years (Greulich and Pyle)."""


@dataclass(frozen=True)
class Child:
    """A child and the maturity of its bones.

    Attributes:
        sex: Female or male.
        age_months: Chronological age.
        tempo_months: Bone age minus chronological age.
        bone_months: Deviation of each of `EPIPHYSES` from the bone age of the hand.
        nodule_months: Deviation of each of `NODULES`.
    """

    sex: Sex
    age_months: float
    tempo_months: float
    bone_months: tuple[float, ...]
    nodule_months: tuple[float, ...]

    @property
    def bone_age_months(self) -> float:
        """Bone age of the hand."""
        return max(self.age_months + self.tempo_months, 0.0)

    @property
    def stages(self) -> Mapping[str, float]:
        """Place of each long bone on the stage axis of TW3."""
        return {
            bone: median_stage(bone, self.sex, max(self.bone_age_months + months, 0.0))
            for bone, months in zip(EPIPHYSES, self.bone_months, strict=True)
        }

    @property
    def growths(self) -> Mapping[str, float]:
        """Growth of each carpal bone and the sesamoid: 0 or less before it appears, 1 at adult shape."""
        return {
            bone: carpal_growth(bone, self.sex, self.bone_age_months + months)
            for bone, months in zip(NODULES, self.nodule_months, strict=True)
        }


def draw_child(random: np.random.Generator, sex: Sex, age_months: float) -> Child:
    """Draw the tempo of a child and the deviations of its bones."""
    tempo = float(random.normal(0.0, TEMPO_SD * age_months))
    sd = float(bone_sd_months(np.array(age_months)))
    carpus = random.normal(0.0, CARPAL_SD_MONTHS)
    return Child(
        sex,
        age_months,
        tempo,
        tuple(random.normal(0.0, sd, len(EPIPHYSES)).tolist()),
        tuple((carpus + random.normal(0.0, sd, len(NODULES))).tolist()),
    )
