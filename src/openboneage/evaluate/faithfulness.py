"""Deletion and insertion curves: does the age change where the map says (Petsiuk et al., RISE, BMVC 2018, section 4.1)?

Places are covered in the order of the map, the most important first (deletion), or uncovered in that order on a covered hand
(insertion). RISE follows the probability of a class; here the change of the mean bone age is followed. A random map that is as
smooth is the comparison: covering scattered pixels would change the age more than covering regions of the same size.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.assess.estimators.estimator import AgeEstimator
from openboneage.evaluate.metrics import Ages
from openboneage.explain.covering import Cover, Places, cover_hand
from openboneage.explain.occlusion import AttentionMap
from openboneage.hand import geometry
from openboneage.hand.standard_hand import MASK_THRESHOLD, StandardHand
from openboneage.subject import Sex

SHARES = np.linspace(0, 1, 11)
"""Shares of the hand that are covered, or uncovered."""
RANDOM_MAPS = 3
SMOOTHNESS = 1 / 32
"""Standard deviation of the blur of random maps, as a share of the grid's height: that of an occlusion map."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Differences from the age of the uncovered hand, in months, at each of `SHARES`.

    Attributes:
        deletion: While the hand is covered; a good map rises early.
        insertion: While it is uncovered; a good map falls early.
    """

    deletion: Ages
    insertion: Ages

    @property
    def deletion_months(self) -> float:
        """Mean difference over the deletion curve; the more, the better the map."""
        return float(np.trapezoid(self.deletion, SHARES))

    @property
    def insertion_months(self) -> float:
        """Mean difference over the insertion curve; the less, the better the map."""
        return float(np.trapezoid(self.insertion, SHARES))


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """Curves of a map, and the mean curves of random maps of the same hand."""

    of_map: Curves
    of_chance: Curves


def faithfulness(hand: StandardHand, sex: Sex, estimator: AgeEstimator, attention: AttentionMap, seed: int = 0) -> Faithfulness:
    """Compute the curves of a map and of random maps.

    Args:
        hand: The standard hand.
        sex: Sex that the map was made for.
        estimator: The estimator that it explains.
        attention: The map.
        seed: Seed of the random maps.
    """
    cover = cover_hand(hand, sex, estimator)
    inside = cv2.resize(hand.mask, cover.size_px[::-1], interpolation=cv2.INTER_AREA) > MASK_THRESHOLD
    onto = geometry.chain(geometry.inverse(attention.film_to_map), cover.film_to_grid)
    importance = np.abs(geometry.warp(attention.change_months, onto, cover.size_px))
    rng = np.random.default_rng(seed)
    chance = [_curves(cover, inside, _random_map(cover.size_px, rng)) for _ in range(RANDOM_MAPS)]
    mean = Curves(*(np.mean([getattr(each, name) for each in chance], axis=0) for name in ("deletion", "insertion")))
    return Faithfulness(_curves(cover, inside, importance), mean)


def _random_map(size_px: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    noise = rng.normal(size=size_px).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), SMOOTHNESS * size_px[0]), np.float32)


def _curves(cover: Cover, inside: Places, importance: NDArray[np.float32]) -> Curves:
    first = _most_important(inside, importance)
    months = np.arange(len(cover.plain))
    ages = cover.covered([*first, *(inside & ~places for places in first)]) @ months
    apart = np.abs(ages - cover.plain @ months)
    return Curves(apart[: len(SHARES)], apart[len(SHARES) :])


def _most_important(inside: Places, importance: NDArray[np.float32]) -> list[Places]:
    """For each share, the most important places of that share of the hand."""
    order = np.argsort(-importance[inside], kind="stable")
    chosen = []
    for share in SHARES:
        members = np.zeros(len(order), bool)
        members[order[: round(share * len(order))]] = True
        places = np.zeros(inside.shape, bool)
        places[inside] = members
        chosen.append(places)
    return chosen
