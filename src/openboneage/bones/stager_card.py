"""Content of the card of a bone stager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator
from pydantic.dataclasses import dataclass

from openboneage.bones.crops import CropSpec
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.quantities import Positive
from openboneage.weights.role import Role
from openboneage.weights.specification import Shape
from openboneage.weights.strict import STRICT, exactly

STEPS = 14
"""Steps from one level to the next of the radius, which has most levels."""
SEXES = ("female", "male")
MONTHS = tuple(range(0, 229, 4))
"""Ages of the distributions, in months."""


def _as_in_tables(counts: tuple[int, ...]) -> tuple[int, ...]:
    if counts != level_counts():
        raise ValueError(f"expected {level_counts()}, the numbers of levels of RUS-CHN")
    return counts


def _one_for_each(values: tuple[float, ...]) -> tuple[float, ...]:
    if len(values) != len(RUS):
        raise ValueError(f"expected {len(RUS)} values, one for each bone")
    return values


ByBone = Annotated[tuple[Positive, ...], AfterValidator(_one_for_each)]


@dataclass(frozen=True, config=STRICT)
class StagerOutput:
    """The output of a bone stager.

    Attributes:
        bones: Bones, in their order.
        level_counts: RUS-CHN levels of each bone, level 0 included. The network gives the logit that a bone has at least
            level 1, 2, ..., falling; those beyond the last level of a bone have no meaning.
        sexes: Sexes, in the order of the age distributions.
        first_month: First age of a distribution.
        last_month: Last age.
        step_months: Step between the ages.
        unit: Unit of levels and ages.
    """

    bones: Annotated[tuple[str, ...], exactly(RUS)]
    level_counts: Annotated[tuple[int, ...], AfterValidator(_as_in_tables)]
    sexes: Annotated[tuple[str, ...], exactly(SEXES)]
    first_month: Annotated[int, exactly(MONTHS[0])]
    last_month: Annotated[int, exactly(MONTHS[-1])]
    step_months: Annotated[int, exactly(MONTHS[1])]
    unit: Annotated[str, exactly("logits")]


@dataclass(frozen=True, config=STRICT)
class StagerCalibration:
    """Numbers fitted on validation films.

    Attributes:
        level_temperature: The logits of levels are divided by this, for each bone.
        age_sd_scale: The standard deviation of an age is multiplied by this, for each bone: nine of ten readings then lie
            within 1.645 standard deviations.
    """

    level_temperature: ByBone
    age_sd_scale: ByBone


UNCALIBRATED = StagerCalibration((1.0,) * len(RUS), (1.0,) * len(RUS))
"""A calibration that changes nothing."""


@dataclass(frozen=True, config=STRICT)
class StagerSpecification:
    """Specification of a bone stager."""

    preprocessing: CropSpec
    output: StagerOutput
    calibration: StagerCalibration

    @property
    def input_shape(self) -> Shape:
        """The crops of a hand."""
        return len(RUS), self.preprocessing.crop_px, self.preprocessing.crop_px

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """Levels and ages of each bone."""
        return {"levels": (len(RUS), STEPS), "ages": (len(RUS), len(SEXES), len(MONTHS))}


BONE_STAGER = Role("bone-stager", StagerSpecification)
