"""RUS-CHN beside its standard: the map of its levels to TW stages, and the polynomial that programs pass on.

The bone age of RUS-CHN is read from the median table (`scoring_method("rus-chn")`), as on the 50th percentile curve that
Pan et al. (precise-BAA, 2022, Fig. 6) read it from. The polynomial is here to be compared with, not to be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from openboneage.clinical.curve import ADULT_SCORE
from openboneage.clinical.maturity import Maturity, assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.clinical.table_files import known_sex, load_table
from openboneage.errors import InputError
from openboneage.subject import MONTHS_PER_YEAR, Sex

_TW_STAGES = "ABCDEFGHI"
_LEVEL_MAP = "rus_chn_level_to_tw_stage.csv"


def tw_stage(bone: str, level: str) -> str:
    """Return the TW2/TW3 stage that a RUS-CHN level belongs to.

    The map is unverified; `assess_levels` carries that into its result. Levels below its first row follow one by one:
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
    """Return the RUS-CHN levels that belong to a TW2/TW3 stage: several where RUS-CHN looks closer.

    Raises:
        InputError: There is no such bone or stage.
    """
    stage = scoring_method("tw3").known_stage(bone, stage)
    return tuple(level for level in scoring_method("rus-chn").stages(bone) if tw_stage(bone, level) == stage)


def assess_levels(target: ScoringMethod, sex: Sex, levels: Mapping[str, str]) -> Maturity:
    """Read a hand staged in RUS-CHN levels by a standard that has TW stages.

    Args:
        target: The standard to read it by, such as `scoring_method("tw3")`.
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


def polynomial_age_months(sex: Sex, score: int) -> float:
    """Return the age that the community polynomial gives, for comparison only: at low scores it falls where it should rise.

    Args:
        sex: Sex of the child.
        score: Total score, 0 to 1000.

    Raises:
        InputError: The sex is unknown, or there is no such score.
    """
    if not 0 <= score <= ADULT_SCORE:
        raise InputError(f"A total score lies between 0 and {ADULT_SCORE}, got {score}.")
    coefficients = load_table("rus_chn_polynomial.csv").where(sex=known_sex(sex)).column("coefficient")
    return float(np.polynomial.polynomial.polyval(score, coefficients) * MONTHS_PER_YEAR)
