"""How probable each level of a bone is, from its measures: the criteria of the stages as soft thresholds.

The criteria are those of TW3 and RUS-CHN (`rus_stage_criteria.csv`). Few of them have a printed number: the ratio of the widths
of epiphysis and metaphysis at stage D and at the stage "as wide as the shaft". `stage_signs.csv` holds these, and the values of
the other measures between neighbouring levels on drawn training films (`tools/stage_signs.py`). A sign raises the odds of all
levels from its own on by `exp((measure - threshold) / doubt)`: with normal errors of standard deviation `s` and a step `d` of
the measure between two levels, the doubt is `s² / d`. A small step of an uncertain measure therefore says little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np

from openboneage.bones.epiphysis import EpiphysisMeasures
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_shares
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.table_files import FloatArray, known_sex, load_table
from openboneage.errors import InputError
from openboneage.subject import Sex

MEASURES = (
    "width", "height", "concavity", "thumb_overhang", "small_overhang", "thumb_cap", "small_cap",
    "thumb_thickness", "squareness", "gap", "plate_depth", "open_share",
)  # fmt: skip
"""Measures that signs use: attributes of `EpiphysisMeasures`."""
PLATE_MEASURES = ("gap", "plate_depth", "open_share")
BLURRED_PX, SHARP_PX, LEAST_SHARPNESS = 10.0, 60.0, 0.1
"""Widths of the metaphysis in film pixels from which the growth plate is seen, and seen well: at 20 px it is about 2 px wide
and looks fused. Its measures count in proportion between them; set on validation films of 299 px."""
DEPENDENCE = 0.6
"""Power of the likelihood: the signs of a bone are not independent. Chosen on training films."""
WRONG, WRONG_POWER = 0.05, 0.1
"""Probability that a measure is wrong, and the power of its likelihood if it is: no single measure decides."""
AGES = np.arange(0.0, 229.0, 2.0)
"""Bone ages of a hand that are considered, in months."""
LABEL_MONTHS = 6.0
"""Standard deviation of a bone age as read: about that of two readers of RSNA films (Halabi et al. 2018)."""
LABEL_WRONG = 0.01
"""Likelihood of every other age, relative to the label: a few labels are off by years."""
SHARED_ERRORS = 0.2
"""Power of the likelihood of an age given one bone: the errors of the bones of a film are not independent. Set on training
films."""
TINY = 1e-6
WITHOUT_CENTRE = 0.001
"""Likelihood of level 0 where an epiphysis was outlined: the outline may be wrong."""
UNSEEN_EARLY, UNSEEN = (1.0, 0.4, 0.1), 0.03
"""Likelihood that no epiphysis is outlined at levels 0, 1 and 2, and at all others: fused ones are outlined as well. Our own
estimate."""


class Basis(StrEnum):
    """Where the threshold of a sign is from."""

    PRINTED = "printed"
    """The number of the criterion."""
    OWN = "own"
    """Set without a source."""
    FILMS = "films"
    """Set on training films by their bone age."""


@dataclass(frozen=True)
class Sign:
    """A measure that separates a level of a bone from the one before.

    Attributes:
        level: RUS-CHN level from which the sign is met.
        measure: One of `MEASURES`.
        threshold: Value at which both levels are equally probable.
        doubt: Change of the measure that changes the logarithm of the odds by one; negative where the measure falls.
        basis: Where the threshold is from.
    """

    level: int
    measure: str
    threshold: float
    doubt: float
    basis: Basis

    def met(self, measures: EpiphysisMeasures) -> float:
        """Probability that the sign is met, 0 to 1, if both levels were equally probable before."""
        return float(np.exp(-np.logaddexp(0, -(float(getattr(measures, self.measure)) - self.threshold) / self.doubt)))


@dataclass(frozen=True)
class Criterion:
    """The criterion of a level in words.

    Attributes:
        level: RUS-CHN level.
        stage: TW3 stage that it belongs to.
        text: What has to be seen.
        measured: Whether one of the signs of this program stands for it, printed or set on films.
    """

    level: int
    stage: str
    text: str
    measured: bool


@cache
def signs(bone: str) -> tuple[Sign, ...]:
    """The signs of a bone, in the order of levels.

    Raises:
        InputError: The bone is not one of the 13.
    """
    rows = load_table("stage_signs.csv").where(bone=_known(bone)).rows
    return tuple(
        Sign(int(row["level"]), row["measure"], float(row["threshold"]), float(row["doubt"]), Basis(row["basis"]))
        for row in rows
    )


@cache
def criteria(bone: str) -> tuple[Criterion, ...]:
    """The criteria of a bone, in the order of levels.

    Raises:
        InputError: The bone is not one of the 13.
    """
    measured = {sign.level for sign in signs(bone)}
    rows = load_table("rus_stage_criteria.csv").where(bone=_known(bone)).rows
    levels = [int(row["chn_level_index"]) for row in rows]
    return tuple(
        Criterion(level, row["tw_stage"], row["criterion"], level in measured) for level, row in zip(levels, rows, strict=True)
    )


def level_likelihood(measures: EpiphysisMeasures) -> FloatArray:
    """Likelihood of each RUS-CHN level of a bone from 0 on.

    Raises:
        InputError: The bone is not one of the 13.
    """
    count = len(scoring_method("rus-chn").stages(_known(measures.bone)))
    values = np.array([[getattr(measures, name) for name in MEASURES]])
    sharpness = float(np.clip((measures.metaphysis_px - BLURRED_PX) / (SHARP_PX - BLURRED_PX), LEAST_SHARPNESS, 1.0))
    return np.asarray(likelihoods(values, signs(measures.bone), count, sharpness)[0])


def likelihoods(values: FloatArray, chosen: Sequence[Sign], levels: int, sharpness: float = 1.0) -> FloatArray:
    """Likelihood of each level of several bones, given some signs.

    Args:
        values: Each of `MEASURES` of each bone, `(bones, measures)`.
        chosen: The signs.
        levels: Number of levels, with 0.
        sharpness: Power of the likelihood of the growth plate's measures, 0 to 1.

    Returns:
        `(bones, levels)`, at most 1.
    """
    total = np.ones((len(values), levels))
    for column, name in enumerate(MEASURES):
        of_measure = [sign for sign in chosen if sign.measure == name]
        if of_measure:
            logarithm = np.sum([_logarithms(sign, values[:, column], levels) for sign in of_measure], axis=0)
            logarithm = (sharpness if name in PLATE_MEASURES else 1.0) * (logarithm - logarithm.max(axis=1, keepdims=True))
            total *= (1 - WRONG) * np.exp(logarithm) + WRONG * np.exp(WRONG_POWER * logarithm)
    total **= DEPENDENCE
    total[:, 0] *= WITHOUT_CENTRE
    return total


def _logarithms(sign: Sign, values: FloatArray, levels: int) -> FloatArray:
    """Logarithm of the probability that a sign is met, for levels that have it, and that it is not, for the others."""
    evidence = ((values - sign.threshold) / sign.doubt)[:, None]
    return np.asarray(np.where(np.arange(levels) >= sign.level, -np.logaddexp(0, -evidence), -np.logaddexp(0, evidence)))


def hand_levels(measures: Iterable[EpiphysisMeasures], sex: Sex, bone_age_months: float | None = None) -> dict[str, FloatArray]:
    """Probability of each RUS-CHN level, from 0 on, of all 13 bones of a hand, from measures; see `levels_of_hand`.

    Args:
        measures: What was measured; bones that are not among the 13 do not count.
        sex: Sex of the child.
        bone_age_months: Bone age of the hand as read, if it counts.

    Raises:
        InputError: The sex is unknown.
    """
    return levels_of_hand({each.bone: level_likelihood(each) for each in measures if each.bone in RUS}, sex, bone_age_months)


def levels_of_hand(
    likelihood: Mapping[str, FloatArray], sex: Sex, bone_age_months: float | None = None
) -> dict[str, FloatArray]:
    """Probability of each RUS-CHN level, from 0 on, of all 13 bones of a hand.

    The bones of a hand are about equally mature: the levels that the other bones may have say how old the hand may be, and that
    says which levels are usual. A bone without a likelihood has the levels that are usual beside the others.

    Args:
        likelihood: Likelihood of each level of some of the 13 bones.
        sex: Sex of the child.
        bone_age_months: Bone age of the hand as read, if it counts; otherwise all ages from 0 to 19 years are equally probable
            before.

    Raises:
        InputError: The sex is unknown.
    """
    usual = {bone: _usual_levels(known_sex(sex), bone) for bone in RUS}
    evidence = {bone: SHARED_ERRORS * np.log(usual[bone] @ levels + TINY) for bone, levels in likelihood.items()}
    together = sum(evidence.values(), _label_evidence(bone_age_months))
    found = {}
    for bone in RUS:
        others = together - evidence.get(bone, 0.0)
        ages = np.exp(others - others.max())
        levels = (ages @ usual[bone]) * likelihood.get(bone, 1.0)
        found[bone] = levels / levels.sum()
    return found


def unseen_likelihood(bone: str) -> FloatArray:
    """Likelihood of each level of a bone whose joint was found, but no epiphysis: it is probably too small.

    Raises:
        InputError: The bone is not one of the 13.
    """
    likelihood = np.full(len(scoring_method("rus-chn").stages(_known(bone))), UNSEEN)
    likelihood[: len(UNSEEN_EARLY)] = UNSEEN_EARLY
    return likelihood


def own_age(bone: str, likelihood: FloatArray, sex: Sex) -> tuple[float, float, float]:
    """Age of a bone by its own levels, and the ends of its 90 % interval, in months; all ages are equally probable before.

    Args:
        bone: One of the 13 bones.
        likelihood: Likelihood of each of its levels.
        sex: Sex of the child.

    Raises:
        InputError: The sex is unknown.
    """
    cumulated = np.cumsum(_usual_levels(known_sex(sex), bone) @ likelihood)
    low, middle, high = np.interp(np.array([0.05, 0.5, 0.95]) * cumulated[-1], cumulated, AGES)
    return float(middle), float(low), float(high)


def _label_evidence(bone_age_months: float | None) -> FloatArray:
    """Logarithm of the probability of a label at each of `AGES`."""
    if bone_age_months is None:
        return np.zeros(len(AGES))
    return np.asarray(np.log(np.exp(-(((AGES - bone_age_months) / LABEL_MONTHS) ** 2) / 2) + LABEL_WRONG))


@cache
def _usual_levels(sex: Sex, bone: str) -> FloatArray:
    """Probability of each level at each of `AGES`, `(ages, levels)`."""
    return np.array([level_shares(sex, bone, months) for months in AGES])


def _known(bone: str) -> str:
    if bone not in RUS:
        raise InputError(f"Expected one of the bones {', '.join(RUS)}, got {bone!r}.")
    return bone
