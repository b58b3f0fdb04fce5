"""Protocols of bone age estimation: from a standard hand and a sex to a distribution."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.distribution import AgeDistribution, Calibration, Probabilities
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet
from openboneage.weights.role import Role


@runtime_checkable
class AgeEstimator(Protocol):
    """A method of bone age estimation. Each method draws the hand for its network itself.

    Attributes:
        name: Name in the registry, such as `whole-hand`.
        roles: Roles of the models that it runs.
    """

    name: ClassVar[str]
    roles: ClassVar[tuple[Role[Any], ...]]

    @classmethod
    def load(cls, models: ModelSet, threads: int) -> Self:
        """Load the models of the method.

        Args:
            models: The model set.
            threads: Threads of one run; 0 takes every core.

        Raises:
            WeightsError: A model is missing, damaged, or does not fit its role.
        """
        ...

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:
        """Estimate the bone age of a hand; an unknown sex gives the even mixture over both."""
        ...


@runtime_checkable
class CalibratedEstimator(AgeEstimator, Protocol):
    """A method with a separate calibration of its distributions, which can be refitted."""

    @property
    def calibration(self) -> Calibration:
        """The calibration in use."""
        ...

    def uncalibrated(self, hand: StandardHand, sex: Sex) -> Probabilities:
        """Distribution before calibration, `(229,)`; `describe` with the calibration gives the estimate."""
        ...


@runtime_checkable
class PictureEstimator(AgeEstimator, Protocol):
    """A method that uses one picture of the hand on the canvas: an occlusion map can cover the picture, which is fast."""

    def picture(self, hand: StandardHand) -> NDArray[np.float32]:
        """The picture, `(height, width)`; 0 is dark or background."""
        ...

    def of_pictures(self, pictures: NDArray[np.float32], sex: Sex) -> Probabilities:
        """Distributions of pictures `(n, height, width)`, `(n, 229)`."""
        ...
