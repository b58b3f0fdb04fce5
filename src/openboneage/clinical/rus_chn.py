"""RUS-CHN: the percentiles of its score by age, and the map of its levels to TW stages.

The bone age of RUS-CHN is the age at which a score is the median (`scoring_method("rus-chn")`). The percentiles come from the
same chart of the standard, and compare a score with children of the same age.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from openboneage.clinical.maturity import Maturity, assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.clinical.table_files import known_sex, load_table
from openboneage.errors import RefusedError
from openboneage.subject import MONTHS_PER_YEAR, Sex, format_age

_TW_STAGES = "ABCDEFGHI"
_LEVEL_MAP = "rus_chn_level_to_tw_stage.csv"
_CHART = "rus_chn_curve_percentiles.csv"

PERCENTILES = (3, 10, 25, 50, 75, 90, 97)


@dataclass(frozen=True)
class ScorePercentiles:
    """Total scores of children of one age and sex.

    Attributes:
        age_months: Chronological age, months.
        scores: Score at each of `PERCENTILES`.
    """

    age_months: float
    scores: tuple[float, ...]

    def place(self, score: float) -> str:
        """Return the percentile range of a score, such as `P25 to P50` or `below P3`."""
        if score >= self.scores[-1]:
            return f"P{PERCENTILES[-1]} or above"
        above = next(i for i, limit in enumerate(self.scores) if score < limit)
        return f"below P{PERCENTILES[0]}" if above == 0 else f"P{PERCENTILES[above - 1]} to P{PERCENTILES[above]}"


def tw_stage(bone: str, level: str) -> str:
    """Return the TW2/TW3 stage that a RUS-CHN level belongs to.

    The map is unverified; results of `assess_levels` say so. Levels below its first row follow one by one:
    level 1 is B, level 2 is C.

    Args:
        bone: Name of the bone, such as `radius`.
        level: Level, `0` to the highest of the bone.

    Raises:
        InputError: RUS-CHN has no such bone or level.
    """
    chinese = scoring_method("rus-chn")
    bone = chinese.known_bone(bone)
    number = int(chinese.known_stage(bone, level))
    for row in load_table(_LEVEL_MAP).rows:
        if bone in row["bones"].split("/") and int(row["chn_level_min"]) <= number <= int(row["chn_level_max"]):
            return _TW_STAGES[int(row["tw_stage_index_B1"])]
    return _TW_STAGES[number]


def tw_stages(levels: Mapping[str, str]) -> dict[str, str]:
    """Return the TW2/TW3 stage of each bone whose RUS-CHN level is given."""
    return {bone: tw_stage(bone, level) for bone, level in levels.items()}


def rus_chn_levels(bone: str, stage: str) -> tuple[str, ...]:
    """Return the RUS-CHN levels that belong to a TW2/TW3 stage: several where RUS-CHN is finer.

    Raises:
        InputError: There is no such bone or stage.
    """
    stage = scoring_method("tw3").known_stage(bone, stage)
    return tuple(level for level in scoring_method("rus-chn").stages(bone) if tw_stage(bone, level) == stage)


def assess_levels(target: ScoringMethod, sex: Sex, levels: Mapping[str, str]) -> Maturity:
    """Score a hand staged in RUS-CHN levels by a standard with TW stages.

    Args:
        target: The standard, such as `scoring_method("tw3")`.
        sex: Sex of the child.
        levels: RUS-CHN level of each bone, such as `{"radius": "9"}`; a bone that is left out is missing.

    Returns:
        The maturity, whose findings say that the map of levels to stages is unverified.

    Raises:
        InputError: The sex is unknown, or there is no such bone or level.
        RefusedError: Too many bones are missing.
    """
    maturity = assess_stages(target, sex, tw_stages(levels))
    return replace(maturity, findings=(*maturity.findings, *load_table(_LEVEL_MAP).findings(sex)))


def score_percentiles(sex: Sex, age_months: float) -> ScorePercentiles:
    """Return the percentiles of the total RUS-CHN score at an age, interpolated linearly between quarter years.

    Args:
        sex: Sex of the child.
        age_months: Chronological age in months; boys 3 to 19 years, girls 2.5 to 17.

    Raises:
        InputError: The sex is unknown.
        RefusedError: The chart does not cover the age.
    """
    chart = load_table(_CHART).where(sex=known_sex(sex))
    ages = chart.column("age_years") * MONTHS_PER_YEAR
    first = next(age for age, row in zip(ages, chart.rows, strict=True) if row["how"] != "low")
    if not first <= age_months <= ages[-1]:
        raise RefusedError(
            f"The RUS-CHN chart ({sex}) has percentiles from {format_age(first)} to {format_age(ages[-1])}, got "
            f"{format_age(age_months)}."
        )
    scores = tuple(float(np.interp(age_months, ages, chart.column(f"p{percentile}"))) for percentile in PERCENTILES)
    return ScorePercentiles(age_months, scores)
