"""Small estimators of different kinds: a number, ages of bones, classes of years. No network, no model files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import UNCALIBRATED, AgeDistribution, describe
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet
from openboneage.weights.role import Role

MONTHS = np.arange(229)
KNUCKLE = slice(46, 60), slice(38, 52)
"""Over the third metacarpophalangeal joint, on a canvas of 128 px."""
WRIST = slice(92, 106), slice(38, 52)


def bell(mean: float, sd: float) -> NDArray[np.float64]:
    """A normal distribution over the months."""
    weights = np.exp(-((MONTHS - mean) ** 2) / (2 * sd**2))
    return np.asarray(weights / weights.sum())


def brightness(hand: StandardHand, place: tuple[slice, slice]) -> float:
    """Mean brightness of a place of the hand, 0 to 1."""
    return float(hand.canvas(128)[place].mean()) / 255


class Regressor:
    """A number of months with the SD of its residuals, as a support vector regressor gives."""

    name: ClassVar[str] = "regressor"
    roles: ClassVar[tuple[Role[Any], ...]] = ()

    @classmethod
    def load(cls, models: ModelSet, threads: int) -> Self:  # noqa: ARG003
        return cls()

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:
        months = 60 + 60 * brightness(hand, KNUCKLE) + (12 if sex is Sex.MALE else 0)
        return describe(bell(months, sd=9), UNCALIBRATED)


class Bones(Regressor):
    """The mixture of the ages of single bones."""

    name: ClassVar[str] = "bones"

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:  # noqa: ARG002
        ages = [60 + 60 * brightness(hand, place) for place in (KNUCKLE, WRIST)]
        return describe(np.mean([bell(age, sd=6) for age in ages], axis=0), UNCALIBRATED)


class YearlyClasses(Regressor):
    """A class for each year of age from 5 to 18, spread evenly over the twelve months around it."""

    name: ClassVar[str] = "yearly-classes"

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:  # noqa: ARG002
        years = np.arange(5, 19)
        classes = np.exp(-((years - 8 - 4 * brightness(hand, KNUCKLE)) ** 2) / 2)
        months = np.zeros(len(MONTHS))
        months[12 * years[0] - 6 : 12 * years[-1] + 6] = np.repeat(classes / classes.sum() / 12, 12)
        return describe(months, UNCALIBRATED)


def load_assessor(form: type[Regressor]) -> Assessor:
    """The shipped finder with an estimator of that form, in any process."""
    return replace(Assessor.load(threads=1), estimator=form(), models=())


FORMS = (Regressor, Bones, YearlyClasses)
