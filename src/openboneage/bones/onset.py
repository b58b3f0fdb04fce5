"""The bone age at which a bone usually reaches a level, and how probable each level is at a bone age.

No source prints these ages for all stages. They are the mean of up to three:

- the age at which a hand whose bones are all as mature as this bone passes the middle between the scores of two stages, by TW3;
- the same by RUS-CHN;
- the median age at which the sign of the stage is met, from the calibration of the Fels method (Roche, Chumlea, Thissen 1988)
  and from atlas text (`stage_age_by_bone.csv`).

The first stages are exceptions, as their scores are nearly equal and the curves begin at two years. Stage B begins when the
centre appears (Fels), stage D when the epiphysis is half as wide as the metaphysis (`epiphysis_width_ratio_by_age.csv`), at
least half a year later, and stage C half way between. TW3 does not count for stage E of the ulna: its first stages have high
scores although its centre appears at six years. Levels of RUS-CHN within a stage divide its time in proportion to their scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from openboneage.bones.names import RUS
from openboneage.clinical.curve import ADULT_SCORE
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import rus_chn_levels
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.clinical.table_files import FloatArray, known_sex, load_table
from openboneage.subject import MONTHS_PER_YEAR, Sex

APPEARS_MONTHS = 14.0
"""Age at which the epiphysis of the first distal phalanx appears, by atlas text; Fels does not have it."""
AFTER_APPEARANCE_MONTHS = 6.0
EARLY = "BCD"
SPREAD_MONTHS, SPREAD_SHARE, MOST_SPREAD_MONTHS = 4.0, 0.07, 12.0
"""Standard deviation of the age at which one bone of a hand of a known bone age reaches a level: 4 months and 7 % of the age,
at most 12 months. It covers differences between the bones of a hand and the error of the label (6 months); our own estimate."""


@cache
def level_counts() -> tuple[int, ...]:
    """Number of RUS-CHN levels of each bone of `RUS`, level 0 included."""
    standard = scoring_method("rus-chn")
    return tuple(len(standard.stages(bone)) for bone in RUS)


@cache
def onset_months(sex: Sex, bone: str) -> FloatArray:
    """Bone age at which half of the children have reached each RUS-CHN level of a bone from 1 on, `(levels,)`, not falling.

    Raises:
        InputError: The sex is unknown, or there is no such bone.
    """
    chinese = scoring_method("rus-chn")
    scores = np.array(list(chinese.scores[known_sex(sex)][chinese.known_bone(bone)].values()), float)
    boundaries = (scores[:-1] + scores[1:]) / 2
    first = [int(rus_chn_levels(bone, stage)[0]) - 1 for stage in scoring_method("tw3").stages(bone)[1:]]
    own = [_score_months(chinese, sex, bone, boundary) for boundary in boundaries[first]]
    letters = scoring_method("tw3").stages(bone)[1:]
    anchors = [_stage_months(sex, bone, stage, months) for stage, months in zip(letters, own, strict=True)]
    last = boundaries[first[-1]], anchors[-1]
    end = (scores[-1], last[1] + MONTHS_PER_YEAR)
    at = np.append(boundaries[first], end[0]), np.maximum.accumulate(np.append(anchors, end[1]))
    return np.asarray(np.interp(boundaries, *at))


def level_shares(sex: Sex, bone: str, bone_age_months: float) -> FloatArray:
    """Probability of each RUS-CHN level of a bone, from 0 on, given the bone age of the hand.

    Args:
        sex: Sex of the child.
        bone: One of the 13 bones.
        bone_age_months: Bone age of the hand by Greulich and Pyle.
    """
    from scipy.special import ndtr  # takes 0.1 s

    spread = min(SPREAD_MONTHS + SPREAD_SHARE * bone_age_months, MOST_SPREAD_MONTHS)
    reached = ndtr((bone_age_months - onset_months(sex, bone)) / spread)
    return np.abs(np.diff(np.concatenate([[1.0], np.minimum.accumulate(reached), [0.0]])))


def _stage_months(sex: Sex, bone: str, stage: str, chinese_months: float) -> float:
    """Mean of the ages of a stage."""
    if stage in EARLY:
        return float(np.interp(EARLY.index(stage), (0, 2), (_appears_months(sex, bone), _half_width_months(sex, bone))))
    ages = _sign_months()[sex].get((bone, stage), [])
    sources = [chinese_months, *([float(np.mean(ages))] if ages else [])]
    if (bone, stage) != ("ulna", "E"):
        tw3 = scoring_method("tw3")
        scores, index = list(tw3.scores[sex][bone].values()), tw3.stages(bone).index(stage)
        sources.append(_score_months(tw3, sex, bone, (scores[index - 1] + scores[index]) / 2))
    return float(np.mean(sources))


def _appears_months(sex: Sex, bone: str) -> float:
    ages = _sign_months()[sex].get((bone, "B"), [])
    return float(np.mean(ages)) if ages else APPEARS_MONTHS


def _half_width_months(sex: Sex, bone: str) -> float:
    """Age at which the cubed ratio of the widths is 1/8 on average."""
    row = load_table("epiphysis_width_ratio_by_age.csv").where(sex=sex, bone=bone).rows[0]
    reached = (0.5**3 - float(row["mu"])) / float(row["beta_per_year"]) * MONTHS_PER_YEAR
    return max(reached, _appears_months(sex, bone) + AFTER_APPEARANCE_MONTHS)


def _score_months(standard: ScoringMethod, sex: Sex, bone: str, score: float) -> float:
    """Age of a hand whose bones all have this share of their highest score."""
    total = round(ADULT_SCORE * score / standard.highest_score(sex, bone))
    return standard.curves[sex].read(total).limit_months


@cache
def _sign_months() -> Mapping[Sex, Mapping[tuple[str, str], list[float]]]:
    ages: dict[Sex, dict[tuple[str, str], list[float]]] = {Sex.FEMALE: {}, Sex.MALE: {}}
    for row in load_table("stage_age_by_bone.csv").rows:
        if row["p50_years"] and row["sex"] in (Sex.FEMALE, Sex.MALE):
            of_stage = ages[Sex(row["sex"])].setdefault((row["bone"], row["tw_stage"]), [])
            of_stage.append(float(row["p50_years"]) * MONTHS_PER_YEAR)
    return ages
