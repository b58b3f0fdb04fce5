"""Bone age from the whole hand: the mean over several views, each answered for a girl and for a boy by one network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.distribution import AgeDistribution, Calibration, Probabilities, describe, softmax
from openboneage.hand.drawing import SampleSpec, alternately_mirrored, draw_views
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.registry import WHOLE_HAND, Cards
from openboneage.weights.runtime import Model, load_model

SEX_WEIGHTS = {Sex.FEMALE: (1.0, 0.0), Sex.MALE: (0.0, 1.0), Sex.UNKNOWN: (0.5, 0.5)}
"""Weight of the girls' and the boys' distribution; an unknown sex gets the even mixture."""


@dataclass(frozen=True, eq=False)
class WholeHandEstimator:
    """The estimator that ships.

    Attributes:
        model: The whole-hand model; its card says how views are drawn and distributions calibrated.
    """

    model: Model

    name: ClassVar[str] = "whole-hand"
    roles: ClassVar[tuple[str, ...]] = (WHOLE_HAND,)

    @classmethod
    def load(cls, cards: Cards, threads: int) -> Self:
        """Load the model; see `AgeEstimator.load`."""
        return cls(load_model(cards.named(WHOLE_HAND), threads))

    @cached_property
    def spec(self) -> SampleSpec:
        """How views are drawn."""
        return SampleSpec.from_card(self.model.card.preprocessing)

    @cached_property
    def calibration(self) -> Calibration:
        """Temperature and interval mass."""
        return Calibration.from_card(self.model.card.calibration)

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:
        """Estimate the bone age of a hand."""
        return describe(self.uncalibrated(hand, sex), self.calibration)

    def uncalibrated(self, hand: StandardHand, sex: Sex) -> Probabilities:
        """Distribution before calibration, `(229,)`: the mean over the views that the card asks for."""
        return self.of_views(draw_views(hand, self.spec), sex)

    def of_views(self, views: NDArray[np.float32], sex: Sex) -> Probabilities:
        """Mean distribution, `(229,)`, of views `(n, 1, height, width)` of one hand, every second one mirrored."""
        return mix_sexes(self._by_sex(alternately_mirrored(views)).mean(axis=0), sex)

    def picture(self, hand: StandardHand) -> NDArray[np.float32]:
        """One view of the hand where it lies, `(height, width)`."""
        views = draw_views(hand, replace(self.spec, places=SampleSpec.places))
        return np.asarray(views[len(views) // 2, 0])

    def of_pictures(self, pictures: NDArray[np.float32], sex: Sex) -> Probabilities:
        """Distributions of pictures `(n, height, width)`, `(n, 229)`."""
        return mix_sexes(self._by_sex(pictures[:, None]), sex)

    def _by_sex(self, views: NDArray[np.float32]) -> Probabilities:
        """Distributions of views `(n, 1, height, width)` for a girl and for a boy, `(n, 2, 229)`."""
        return softmax(self.model.run(views)[0].astype(np.float64))


def mix_sexes(probabilities: Probabilities, sex: Sex) -> Probabilities:
    """The distribution of a child of that sex, from those of a girl and a boy, `(..., 2, 229)` to `(..., 229)`."""
    return np.asarray(np.array(SEX_WEIGHTS[sex]) @ probabilities)
