"""Bone age from the whole hand: every view of the hand through the network, both sexes at once, averaged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.distribution import AgeDistribution, Calibration, Probabilities, describe
from openboneage.hand.drawing import SampleSpec, alternately_mirrored, draw_views
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.runtime import Model

SEX_WEIGHTS = {Sex.FEMALE: (1.0, 0.0), Sex.MALE: (0.0, 1.0), Sex.UNKNOWN: (0.5, 0.5)}
"""Weight of the girls' and the boys' distribution; an unknown sex gets the even mixture."""


def estimate_age(hand: StandardHand, sex: Sex, model: Model) -> AgeDistribution:
    """Estimate the bone age of a hand.

    Args:
        hand: The standard hand.
        sex: Sex of the child; unknown gives the mixture over both.
        model: The whole-hand model; its card says how views are drawn and distributions calibrated.
    """
    raw = mix_sexes(view_mean(hand, model), sex)
    return describe(raw, Calibration.from_card(model.card.calibration), sex)


def view_mean(hand: StandardHand, model: Model) -> Probabilities:
    """Raw distributions for a girl and for a boy, `(2, 229)`, averaged over the views that the card asks for."""
    return mean_answer(draw_views(hand, SampleSpec.from_card(model.card.preprocessing)), model)


def mean_answer(views: NDArray[np.float32], model: Model) -> Probabilities:
    """Raw distributions, `(2, 229)`, averaged over views of one hand, every second one seen in a mirror."""
    return np.asarray(age_probabilities(alternately_mirrored(views), model).mean(axis=0))


def age_probabilities(views: NDArray[np.float32], model: Model) -> Probabilities:
    """Raw distributions of views `(n, 1, height, width)` for a girl and for a boy, `(n, 2, 229)`."""
    logits = model.run(views)[0].astype(np.float64)
    scaled = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))


def mix_sexes(probabilities: Probabilities, sex: Sex) -> Probabilities:
    """The distribution of a child of that sex, from those of a girl and a boy, `(2, 229)` to `(229,)`."""
    return np.asarray(np.array(SEX_WEIGHTS[sex]) @ probabilities)
