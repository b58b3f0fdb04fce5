"""Bone age from the whole hand: the network answers for a girl and for a boy; the mean over a picture and its mirror image."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from openboneage.assess.distribution import AgeDistribution, Calibration, Probabilities, describe, softmax
from openboneage.hand.drawing import PictureSpec, draw_picture
from openboneage.hand.frame import canvas_size
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet
from openboneage.weights.role import Role
from openboneage.weights.runtime import Model
from openboneage.weights.specification import Shape
from openboneage.weights.strict import STRICT, exactly

MONTHS = (0, 228)
"""First and last month of the distributions."""


def _both_sexes(sexes: tuple[Sex, ...]) -> tuple[Sex, ...]:
    if sorted(sexes) != [Sex.FEMALE, Sex.MALE]:
        raise ValueError("expected female and male, in the order of the network's outputs")
    return sexes


@dataclass(frozen=True, config=STRICT)
class WholeHandOutput:
    """The output of the network: for each sex a value for each month.

    Attributes:
        sexes: The sexes in the order of the network.
        months: First and last month.
        unit: Unit of the values.
        members: Networks of an ensemble whose distributions are a second output; 0 where there is no such output.
        mirrored: Whether the answer is the mean over the picture and its mirror image; not for networks that were trained on
            left hands only.
    """

    sexes: Annotated[tuple[Sex, ...], AfterValidator(_both_sexes)]
    months: Annotated[tuple[int, ...], exactly(MONTHS)]
    unit: Annotated[str, exactly("logits")]
    members: Annotated[int, Field(ge=0)] = 0
    mirrored: bool = True


@dataclass(frozen=True, config=STRICT)
class WholeHandSpecification:
    """Specification of a whole-hand model."""

    preprocessing: PictureSpec
    output: WholeHandOutput
    calibration: Calibration

    @property
    def input_shape(self) -> Shape:
        """One picture."""
        return 1, *canvas_size(self.preprocessing.height_px)

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """Distributions by sex, of the ensemble and of its members."""
        first, last = self.output.months
        ages = len(self.output.sexes), last - first + 1
        return {"ages": ages, **({"members": (self.output.members, *ages)} if self.output.members else {})}


WHOLE_HAND = Role("whole-hand", WholeHandSpecification)


@dataclasses.dataclass(frozen=True, eq=False)
class WholeHandEstimator:
    """The estimator that ships, and the interface of those of the studies.

    Attributes:
        model: The whole-hand model; its card says how hands are drawn and distributions calibrated.
    """

    model: Model[WholeHandSpecification]

    name: ClassVar[str] = "whole-hand"
    roles: ClassVar[tuple[Role[Any], ...]] = (WHOLE_HAND,)

    @classmethod
    def load(cls, models: ModelSet, threads: int) -> Self:
        """Load the model; see `AgeEstimator.load`."""
        role = cls.roles[0]
        return cls(role.load(models.card(role.name), threads))

    @property
    def drawing(self) -> PictureSpec:
        """How hands are drawn."""
        return self.model.specification.preprocessing

    @property
    def calibration(self) -> Calibration:
        """Temperature and interval mass."""
        return self.model.specification.calibration

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:
        """Estimate the bone age of a hand."""
        return describe(self.uncalibrated(hand, sex), self.calibration)

    def uncalibrated(self, hand: StandardHand, sex: Sex) -> Probabilities:
        """Distribution before calibration, `(229,)`: the mean over the pictures of the hand."""
        return self._mixed(self._of_hand(hand), sex)

    def members(self, hand: StandardHand, sex: Sex) -> list[AgeDistribution]:
        """The estimate of each network of the ensemble, calibrated as that of all; empty where the model has no such output."""
        if not self.model.specification.output.members:
            return []
        by_sex = softmax(self.model.run(self._both_ways(hand))["members"].astype(np.float64)).mean(axis=0)
        return [describe(probabilities, self.calibration) for probabilities in self._mixed(by_sex, sex)]

    @cached_property
    def _of_hand(self) -> Callable[[StandardHand], Probabilities]:
        """The distributions of a hand for each sex, `(2, 229)`; kept for the last hand, which may be asked for each sex."""
        return lru_cache(maxsize=1)(lambda hand: self._by_sex(self._both_ways(hand)).mean(axis=0))

    def _both_ways(self, hand: StandardHand) -> NDArray[np.float32]:
        """The picture and its mirror image, `(2, 1, height, width)`: age does not depend on the side.

        `(1, 1, height, width)` where the model takes left hands only.
        """
        picture = self.picture(hand)
        ways = [picture, picture[:, ::-1]] if self.model.specification.output.mirrored else [picture]
        return np.stack(ways)[:, None]

    def picture(self, hand: StandardHand) -> NDArray[np.float32]:
        """The hand as a left hand, `(height, width)`."""
        return draw_picture(hand, self.drawing)

    def of_pictures(self, pictures: NDArray[np.float32], sex: Sex) -> Probabilities:
        """Distributions of pictures `(n, height, width)`, `(n, 229)`."""
        return self._mixed(self._by_sex(pictures[:, None]), sex)

    def _by_sex(self, pictures: NDArray[np.float32]) -> Probabilities:
        """Distributions of pictures `(n, 1, height, width)` for each sex, `(n, 2, 229)`, in the order of the network."""
        return softmax(self.model.run(pictures)["ages"].astype(np.float64))

    def _mixed(self, by_sex: Probabilities, sex: Sex) -> Probabilities:
        """The distribution of a child of that sex, from those of both, `(..., 2, 229)` to `(..., 229)`.

        An unknown sex gives the even mixture.
        """
        sexes = self.model.specification.output.sexes
        weights = np.array([0.5 if sex is Sex.UNKNOWN else float(sex is each) for each in sexes])
        return np.asarray(weights @ by_sex)
