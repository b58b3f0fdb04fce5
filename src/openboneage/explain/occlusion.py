"""Occlusion map (Lee et al. 2017, "Attention maps"): slide a patch over the hand and record how the answer changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.assess.distribution import Probabilities
from openboneage.assess.whole_hand import age_probabilities, mix_sexes
from openboneage.hand.drawing import SampleSpec, draw_views
from openboneage.hand.standard_hand import MASK_THRESHOLD, StandardHand
from openboneage.subject import Sex
from openboneage.weights.runtime import Model

BATCH = 16


@dataclass(frozen=True)
class OcclusionSpec:
    """How the patch slides.

    Attributes:
        patch: Side of the patch as a share of the canvas height.
        stride: Step of the patch as a share of the canvas height.
    """

    patch: float = 0.125
    stride: float = 0.047


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Weight of each place of the hand in the answer.

    Attributes:
        values: Mean fall of the probability of the estimated age when the place is covered, over the canvas, `(height, width)`
            float32, 0 to 1, scaled so that the strongest place has 1.
        strongest_drop: Fall of the probability at the strongest place, as a share of the uncovered probability, 0 to 1.
        method: `occlusion`.
    """

    values: NDArray[np.float32]
    strongest_drop: float
    method: str


def occlusion_map(hand: StandardHand, sex: Sex, model: Model, spec: OcclusionSpec | None = None) -> AttentionMap:
    """Cover the hand place by place and measure how much probability the estimate loses.

    As Lee et al. slide a patch of zeros and record the class probability; here the class is the estimated age, within a bell of
    12 months' standard deviation around the uncovered mean, and one view of the hand as it lies is enough. Places without hand
    are left out.

    Args:
        hand: The standard hand.
        sex: Sex that the assessment used.
        model: The whole-hand model.
        spec: How the patch slides.
    """
    spec = spec or OcclusionSpec()
    views = draw_views(hand, replace(SampleSpec.from_card(model.card.preprocessing), places=SampleSpec.places))
    view = views[len(views) // 2 : len(views) // 2 + 1]
    height, width = view.shape[2:]
    side = round(spec.patch * height)
    places = _places(hand, (height, width), side, round(spec.stride * height))
    if not places:
        return AttentionMap(np.zeros((height, width), np.float32), 0.0, "occlusion")
    plain = mix_sexes(age_probabilities(view, model)[0], sex)
    bell = _bell_around(plain)
    score = float(plain @ bell)
    drop, seen = np.zeros((height, width)), np.zeros((height, width))
    for start in range(0, len(places), BATCH):
        chunk = places[start : start + BATCH]
        covered = np.repeat(view, len(chunk), axis=0)
        for i, (top, left) in enumerate(chunk):
            covered[i, 0, max(top, 0) : top + side, max(left, 0) : left + side] = 0
        for (top, left), answer in zip(chunk, age_probabilities(covered, model), strict=True):
            window = slice(max(top, 0), top + side), slice(max(left, 0), left + side)
            drop[window] += max(1 - float(mix_sexes(answer, sex) @ bell) / score, 0.0)
            seen[window] += 1
    values = cv2.GaussianBlur((drop / np.maximum(seen, 1)).astype(np.float32), (0, 0), side / 4)
    strongest = float(values.max())
    return AttentionMap((values / max(strongest, 1e-6)).astype(np.float32), min(strongest, 1.0), "occlusion")


def _places(hand: StandardHand, size: tuple[int, int], side: int, stride: int) -> list[tuple[int, int]]:
    """Upper left corners of the patches whose centre lies on the hand."""
    inside = cv2.resize(hand.mask, size[::-1], interpolation=cv2.INTER_AREA) > MASK_THRESHOLD
    centres = ((row, column) for row in range(stride // 2, size[0], stride) for column in range(stride // 2, size[1], stride))
    return [(row - side // 2, column - side // 2) for row, column in centres if inside[row, column]]


def _bell_around(probabilities: Probabilities, sd_months: float = 12.0) -> Probabilities:
    months = np.arange(len(probabilities))
    return np.asarray(np.exp(-((months - probabilities @ months) ** 2) / (2 * sd_months**2)))
