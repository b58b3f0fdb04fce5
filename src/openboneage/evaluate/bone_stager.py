"""Calibration and accuracy of a bone stager: levels, ages of bones, and the ages of a hand that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from openboneage.bones.ages import stage_ages
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.bones.stager import age_moments, as_input, level_probabilities
from openboneage.bones.stager_card import UNCALIBRATED, StagerCalibration, StagerSpecification
from openboneage.clinical.maturity import Maturity
from openboneage.errors import RefusedError
from openboneage.evaluate.metrics import agreement
from openboneage.subject import Sex
from openboneage.weights.runtime import Model

NINE_OF_TEN_SDS = 1.645
"""Half of the width of an interval that holds nine of ten normal values, in standard deviations."""
SHARE = 0.9
FEWEST_BONES = 7
"""Bones that a hand must have for its ages to be counted."""
FEWEST_TO_FIT = 20
TINY = 1e-6
DIGITS = 3

Floats = NDArray[np.float64]
Sexes = (Sex.FEMALE, Sex.MALE)


@dataclass(frozen=True, eq=False)
class StagerAnswers:
    """Answers of a stager for some hands.

    Attributes:
        levels: Logits of the steps of levels, `(hands, 13, steps)`.
        ages: Logits of the ages, `(hands, 13, 2, ages)`.
        found: Whether a bone was found, `(hands, 13)`.
        sex: 0 for a girl, 1 for a boy, `(hands,)`.
        read_months: Bone age as read, `(hands,)`.
    """

    levels: NDArray[np.float32]
    ages: NDArray[np.float32]
    found: NDArray[np.bool_]
    sex: NDArray[np.int64]
    read_months: Floats

    def moments(self, calibration: StagerCalibration) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the age of each bone for the sex of the child, `(hands, 13)` each."""
        means, sds = age_moments(self.ages, calibration)
        rows = np.arange(len(self.sex))
        return means[rows, :, self.sex], sds[rows, :, self.sex]

    def some(self, chosen: NDArray[np.int64]) -> StagerAnswers:
        """The answers for some of the hands."""
        return StagerAnswers(
            self.levels[chosen], self.ages[chosen], self.found[chosen], self.sex[chosen], self.read_months[chosen]
        )


@dataclass(frozen=True, eq=False)
class StagerHands:
    """Crops of some hands, as in an assessment, and their labels.

    Attributes:
        crops: `(hands, 13, size, size)` uint8.
        found: Whether a bone was found, `(hands, 13)`.
        sex: 0 for a girl, 1 for a boy, `(hands,)`.
        read_months: Bone age as read, `(hands,)`.
    """

    crops: NDArray[np.uint8]
    found: NDArray[np.bool_]
    sex: NDArray[np.int64]
    read_months: Floats

    def answers(self, stager: Model[StagerSpecification]) -> StagerAnswers:
        """The answers of a stager."""
        size, output = stager.specification.preprocessing.crop_px, stager.specification.output_shapes
        runs = [stager.run(as_input(list(each), size)[None]) for each in self.crops]
        levels, ages = (
            np.concatenate([np.zeros((0, *output[name]), np.float32), *(run[name] for run in runs)]) for name in output
        )
        return StagerAnswers(levels, ages, self.found, self.sex, self.read_months)


@dataclass(frozen=True, eq=False)
class Staged:
    """Hands with probabilities of levels.

    Attributes:
        hands: The hands.
        levels: Probabilities from measures alone, by bone; bones that were not measured are left out.
        levels_at_age: Probabilities from measures and bone age.
    """

    hands: StagerHands
    levels: Sequence[Mapping[str, Floats]]
    levels_at_age: Sequence[Mapping[str, Floats]]


def calibrate(answers: StagerAnswers, staged: StagerAnswers, truth: Sequence[Mapping[str, Floats]]) -> StagerCalibration:
    """Fit temperatures of levels and scales of standard deviations.

    Args:
        answers: Hands with a bone age as read.
        staged: Hands with probabilities of levels.
        truth: Their probabilities by bone; bones that are left out do not count.
    """
    means, sds = answers.moments(UNCALIBRATED)
    temperatures, scales = [], []
    for number, bone in enumerate(RUS):
        own = np.array([i for i, each in enumerate(truth) if bone in each and staged.found[i, number]], int)
        temperatures.append(_temperature(staged.some(own), number, [truth[i][bone] for i in own]))
        there = answers.found[:, number]
        errors = np.abs(means - answers.read_months[:, None])[there, number] / sds[there, number]
        enough = len(errors) >= FEWEST_TO_FIT
        scales.append(float(max(np.quantile(errors, SHARE) / NINE_OF_TEN_SDS, 0.1)) if enough else 1.0)
    return StagerCalibration(tuple(temperatures), tuple(scales))


def _temperature(staged: StagerAnswers, number: int, truth: Sequence[Floats]) -> float:
    """The temperature of the levels of one bone that makes the truth most probable; 1 for few hands."""
    if len(truth) < FEWEST_TO_FIT:
        return 1.0
    shares = np.stack(truth)

    def divergence(logarithm: float) -> float:
        temperatures = (float(np.exp(logarithm)),) * len(RUS)
        levels = level_probabilities(staged.levels, StagerCalibration(temperatures, UNCALIBRATED.age_sd_scale))[number]
        return float(-(shares * np.log(levels + TINY)).sum(axis=1).mean())

    return float(np.exp(minimize_scalar(divergence, bounds=(-1.5, 1.5), method="bounded").x))


def age_figures(answers: StagerAnswers, calibration: StagerCalibration) -> dict[str, Any]:
    """Agreement of the ages with the bone age as read: of each bone, of the mean of a hand's bones, and of its stages."""
    means, sds = answers.moments(calibration)
    read, found = answers.read_months, answers.found
    whole = np.flatnonzero(found.sum(axis=1) >= FEWEST_BONES)
    mean_of_bones = np.array([means[i, found[i]].mean() for i in whole], float)
    return {
        "films": len(read),
        "hands": len(whole),
        "bones_found": _rounded(found.mean()) if found.size else None,
        "mean_of_bones": _agreement(read[whole], mean_of_bones),
        "bones": {
            bone: _bone_row(np.abs(means[there, number] - read[there]), sds[there, number])
            for number, (bone, there) in enumerate(zip(RUS, found.T, strict=True))
        },
        **_stage_figures(answers.some(whole), calibration),
    }


def _bone_row(errors: Floats, sds: Floats) -> dict[str, float | int]:
    """Figures of the ages of one bone, from their absolute errors and standard deviations."""
    if not len(errors):
        return {"films": 0}
    inside = errors <= NINE_OF_TEN_SDS * sds
    return {"films": len(errors), "mae": _rounded(errors.mean()), "coverage": _rounded(inside.mean())}


def _stage_figures(answers: StagerAnswers, calibration: StagerCalibration) -> dict[str, Any]:
    levels = level_probabilities(answers.levels, calibration)
    rows = []
    for i, read in enumerate(answers.read_months):
        shares = {bone: levels[number][i] for number, bone in enumerate(RUS) if answers.found[i, number]}
        try:
            ages = stage_ages(Sexes[int(answers.sex[i])], shares)
        except RefusedError:
            continue
        rows.append([read, *_interval(ages.tw3), *_interval(ages.rus_chn)])
    table = np.array(rows).reshape(-1, 7)
    return {name: _interval_figures(table[:, 0], table[:, at : at + 3]) for name, at in (("tw3", 1), ("rus_chn", 4))}


def _interval(maturity: Maturity) -> tuple[float, float, float]:
    return maturity.age.limit_months, maturity.age_low.limit_months, maturity.age_high.limit_months


def _interval_figures(read: Floats, ages: Floats) -> dict[str, Any]:
    if not len(read):
        return {}
    inside = (ages[:, 1:].min(axis=1) <= read) & (read <= ages[:, 1:].max(axis=1))
    return {**_agreement(read, ages[:, 0]), "coverage": _rounded(inside.mean())}


def _agreement(read: Floats, estimated: Floats) -> dict[str, float]:
    if not len(read):
        return {}
    found = agreement(read, estimated)
    return {
        "mae": _rounded(found.mae),
        "bias": _rounded(found.bias),
        "rmse": _rounded(found.rmse),
        "r": _rounded(found.pearson),
    }


def level_figures(
    staged: StagerAnswers, truth: Sequence[Mapping[str, Floats]], calibration: StagerCalibration
) -> dict[str, Any]:
    """Agreement of levels with probabilities of levels.

    `own_r` is the correlation of how far a bone is ahead of the other bones of its hand, in levels, with the same of the truth:
    low for a stager that only repeats the age of the hand.

    Args:
        staged: The hands.
        truth: Their probabilities of levels by bone; bones that are left out do not count.
        calibration: The calibration.
    """
    predicted = level_probabilities(staged.levels, calibration)
    counted = np.array([[bone in each for bone in RUS] for each in truth], bool).reshape(-1, len(RUS)) & staged.found
    expected, wanted = np.full(counted.shape, np.nan), np.full(counted.shape, np.nan)
    exact, sure = np.full(counted.shape, np.nan), np.full(counted.shape, np.nan)
    for number, bone in enumerate(RUS):
        levels = np.arange(level_counts()[number])
        for i in np.flatnonzero(counted[:, number]).tolist():
            shares = predicted[number][i]
            expected[i, number], wanted[i, number] = shares @ levels, truth[i][bone] @ levels
            exact[i, number] = abs(int(shares.argmax()) - int(truth[i][bone].argmax()))
            sure[i, number] = shares.max()
    return {
        "hands": len(truth),
        "bones": {
            bone: _level_row(exact[:, number], expected[:, number] - wanted[:, number]) for number, bone in enumerate(RUS)
        },
        "all": _level_row(exact, expected - wanted),
        "mean_highest_probability": _rounded(np.nanmean(sure)) if counted.any() else None,
        "own_r": _own_correlation(expected, wanted),
    }


def _level_row(apart: Floats, difference: Floats) -> dict[str, float | int]:
    there = apart[~np.isnan(apart)]
    if not len(there):
        return {"bones": 0}
    return {
        "bones": len(there),
        "same": _rounded((there == 0).mean()),
        "within_one": _rounded((there <= 1).mean()),
        "mae": _rounded(np.nanmean(np.abs(difference))),
        "bias": _rounded(np.nanmean(difference)),
    }


def _own_correlation(expected: Floats, wanted: Floats) -> float | None:
    """Correlation of the deviations from the middle of a hand; see `level_figures`."""
    hands = np.flatnonzero((~np.isnan(wanted)).sum(axis=1) >= FEWEST_BONES)
    if len(hands) < FEWEST_TO_FIT:
        return None
    both = [_apart_from_hand(values[hands]) for values in (expected, wanted)]
    there = ~np.isnan(both[0]) & ~np.isnan(both[1])
    return _rounded(np.corrcoef(both[0][there], both[1][there])[0, 1])


def _apart_from_hand(levels: Floats) -> Floats:
    """What is left of levels `(hands, 13)` after a cubic curve of each bone against the mean share of the levels."""
    share = np.nanmean(levels / (np.array(level_counts()) - 1), axis=1)
    left = np.full(levels.shape, np.nan)
    for number in range(levels.shape[1]):
        there = ~np.isnan(levels[:, number])
        if there.sum() >= FEWEST_TO_FIT:
            curve = np.polyfit(share[there], levels[there, number], 3)
            left[there, number] = levels[there, number] - np.polyval(curve, share[there])
    return left


def _rounded(value: float | np.floating[Any]) -> float:
    return round(float(value), DIGITS)
