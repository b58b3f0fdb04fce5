"""Level and age of each of the 13 bones, each from its own crop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.crops import joint_crop
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.bones.outlines import HandOutlines
from openboneage.bones.stager_card import MONTHS, SEXES, StagerCalibration, StagerSpecification
from openboneage.clinical.table_files import FloatArray
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.runtime import Model

TINY = 1e-6


@dataclass(frozen=True, eq=False)
class BoneReading:
    """What the crop of a bone shows.

    Attributes:
        levels: Probability of each RUS-CHN level from 0 on; `bones.ages.tw_shares` gives those of the TW3 stages.
        age_months: Mean of its age.
        age_sd_months: Standard deviation; nine of ten readings lie within 1.645 of it.
    """

    levels: FloatArray
    age_months: float
    age_sd_months: float


def read_bones(
    hand: StandardHand, outlines: HandOutlines, sex: Sex, stager: Model[StagerSpecification]
) -> dict[str, BoneReading]:
    """Level and age of each bone of a hand whose joint was found, in the order of `RUS`.

    Args:
        hand: The hand.
        outlines: Its joints.
        sex: Sex of the child, for the ages; an unknown sex gives the even mixture. Levels do not depend on it.
        stager: The model.
    """
    spec = stager.specification
    drawn = {bone: joint_crop(hand.film, outlines, bone, spec.preprocessing) for bone in RUS}
    crops = {bone: crop for bone, crop in drawn.items() if crop is not None}
    if not crops:
        return {}
    outputs = stager.run(as_input([crops.get(bone) for bone in RUS], spec.preprocessing.crop_px)[None])
    levels = level_probabilities(outputs["levels"], spec.calibration)
    means, sds = age_moments(outputs["ages"], spec.calibration)
    weights = np.array([0.5 if sex is Sex.UNKNOWN else float(sex == each) for each in SEXES])
    found = {}
    for number, bone in enumerate(RUS):
        if bone in crops:
            mean = float(weights @ means[0, number])
            variance = float(weights @ (sds[0, number] ** 2 + (means[0, number] - mean) ** 2))
            found[bone] = BoneReading(levels[number][0], mean, variance**0.5)
    return found


def as_input(crops: list[NDArray[np.uint8] | None], crop_px: int) -> NDArray[np.float32]:
    """Crops of the 13 bones as one input of the network, `(13, crop_px, crop_px)`, 0 to 1; a missing one is 0."""
    empty = np.zeros((crop_px, crop_px), np.uint8)
    return stretched(np.stack([empty if crop is None else crop for crop in crops]).astype(np.float32))


def stretched(crops: NDArray[np.float32]) -> NDArray[np.float32]:
    """Crops `(n, height, width)` in which the darkest pixel is 0 and the brightest 1; those of one value are 0."""
    low, high = crops.min(axis=(1, 2), keepdims=True), crops.max(axis=(1, 2), keepdims=True)
    return np.asarray((crops - low) / np.maximum(high - low, TINY), np.float32)


def level_probabilities(logits: NDArray[np.float32], calibration: StagerCalibration) -> Mapping[int, FloatArray]:
    """Probability of each level, `(hands, levels)` for the number of each bone, from logits `(hands, 13, steps)`."""
    found = {}
    for number, (count, temperature) in enumerate(zip(level_counts(), calibration.level_temperature, strict=True)):
        reached = 1 / (1 + np.exp(-logits[:, number, : count - 1].astype(np.float64) / temperature))
        ends = np.ones((len(logits), 1)), np.zeros((len(logits), 1))
        found[number] = np.maximum(-np.diff(np.concatenate([ends[0], reached, ends[1]], axis=1), axis=1), 0.0)
    return found


def age_moments(logits: NDArray[np.float32], calibration: StagerCalibration) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of ages in months, from logits `(..., 13, 2, ages)`; each `(..., 13, 2)`."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    shares = np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
    months = np.array(MONTHS, float)
    means = shares @ months
    variances = (shares * (months - means[..., None]) ** 2).sum(axis=-1)
    return np.asarray(means), np.sqrt(variances) * np.array(calibration.age_sd_scale)[:, None]
