"""Bone age from the whole hand: the mean over several views, each answered for a girl and for a boy by one network."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator
from pydantic.dataclasses import dataclass

from openboneage.assess.distribution import AgeDistribution, Calibration, Probabilities, describe, softmax
from openboneage.hand.drawing import AS_IT_LIES, SampleSpec, alternately_mirrored, draw_views
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
    """

    sexes: Annotated[tuple[Sex, ...], AfterValidator(_both_sexes)]
    months: Annotated[tuple[int, ...], exactly(MONTHS)]
    unit: Annotated[str, exactly("logits")]


@dataclass(frozen=True, config=STRICT)
class WholeHandSpecification:
    """Specification of a whole-hand model."""

    preprocessing: SampleSpec
    output: WholeHandOutput
    calibration: Calibration

    @property
    def input_shape(self) -> Shape:
        """One view."""
        return 1, *canvas_size(self.preprocessing.height_px)

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """Distributions by sex."""
        first, last = self.output.months
        return {"ages": (len(self.output.sexes), last - first + 1)}


WHOLE_HAND = Role("whole-hand", WholeHandSpecification)


@dataclasses.dataclass(frozen=True, eq=False)
class WholeHandEstimator:
    """The estimator that ships.

    Attributes:
        model: The whole-hand model; its card says how views are drawn and distributions calibrated.
    """

    model: Model[WholeHandSpecification]

    name: ClassVar[str] = "whole-hand"
    roles: ClassVar[tuple[Role[Any], ...]] = (WHOLE_HAND,)

    @classmethod
    def load(cls, models: ModelSet, threads: int) -> Self:
        """Load the model; see `AgeEstimator.load`."""
        return cls(WHOLE_HAND.load(models.card(WHOLE_HAND.name), threads))

    @property
    def views(self) -> SampleSpec:
        """How views are drawn."""
        return self.model.specification.preprocessing

    @property
    def calibration(self) -> Calibration:
        """Temperature and interval mass."""
        return self.model.specification.calibration

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:
        """Estimate the bone age of a hand."""
        return describe(self.uncalibrated(hand, sex), self.calibration)

    def uncalibrated(self, hand: StandardHand, sex: Sex) -> Probabilities:
        """Distribution before calibration, `(229,)`: the mean over the views that the card asks for."""
        return self._mixed(self._of_hand(hand), sex)

    @cached_property
    def _of_hand(self) -> Callable[[StandardHand], Probabilities]:
        """Mean over the views of a hand for each sex, `(2, 229)`; kept for the last hand, which may be asked for each sex."""
        return lru_cache(maxsize=1)(lambda hand: self._mean(draw_views(hand, self.views)))

    def of_views(self, views: NDArray[np.float32], sex: Sex) -> Probabilities:
        """Mean distribution, `(229,)`, of views `(n, 1, height, width)` of one hand, every second one mirrored."""
        return self._mixed(self._mean(views), sex)

    def picture(self, hand: StandardHand) -> NDArray[np.float32]:
        """One view of the hand where it lies, `(height, width)`."""
        views = draw_views(hand, dataclasses.replace(self.views, places=AS_IT_LIES))
        return np.asarray(views[len(views) // 2, 0])

    def of_pictures(self, pictures: NDArray[np.float32], sex: Sex) -> Probabilities:
        """Distributions of pictures `(n, height, width)`, `(n, 229)`."""
        return self._mixed(self._by_sex(pictures[:, None]), sex)

    def _mean(self, views: NDArray[np.float32]) -> Probabilities:
        return np.asarray(self._by_sex(alternately_mirrored(views)).mean(axis=0))

    def _by_sex(self, views: NDArray[np.float32]) -> Probabilities:
        """Distributions of views `(n, 1, height, width)` for each sex, `(n, 2, 229)`, in the order of the network."""
        return softmax(self.model.run(views)["ages"].astype(np.float64))

    def _mixed(self, by_sex: Probabilities, sex: Sex) -> Probabilities:
        """The distribution of a child of that sex, from those of both, `(..., 2, 229)` to `(..., 229)`.

        An unknown sex takes the even mixture.
        """
        sexes = self.model.specification.output.sexes
        weights = np.array([0.5 if sex is Sex.UNKNOWN else float(sex is each) for each in sexes])
        return np.asarray(weights @ by_sex)
