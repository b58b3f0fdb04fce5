"""Maturity of each bone by sex and age, as a continuous number on the stage axis of TW3.

Stage A is 0 to 1, B is 1 to 2, and so on; a bone in the middle of stage E is at 4.5. RUS-CHN levels begin at places of the
same axis. Carpal bones and the sesamoid have no RUS stage; their growth runs from 0, where the centre appears, to 1, the adult
shape.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.names import CARPALS, SESAMOID
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.table_files import known_sex
from openboneage.subject import Sex

Floats = NDArray[np.float64]

STAGES = "ABCDEFGHI"
END = "end"
"""The row of a bone's table after its last stage: fused throughout, or the line of fusion gone."""
FADING_MONTHS = 36.0
"""After the end a bone moves on along the axis by one stage in this time."""

LIKE: Mapping[str, tuple[str, str]] = {
    "mc2": ("mc3", "mc3"), "mc4": ("mc3", "mc5"), "pp2": ("pp3", "pp3"), "pp4": ("pp3", "pp5"),
    "mp2": ("mp3", "mp5"), "mp4": ("mp3", "mp3"), "dp2": ("dp3", "dp5"), "dp4": ("dp3", "dp3"),
}  # fmt: skip
"""Bones that no standard stages: the mean of two that it does."""

FUSION_LEVELS: Mapping[tuple[str, str], float] = {
    ("radius", "11"): 8.25, ("radius", "12"): 8.5, ("radius", "13"): 8.75, ("radius", "14"): 8.95,
    ("ulna", "9"): 7.25, ("ulna", "10"): 7.5, ("ulna", "11"): 7.75, ("ulna", "12"): 7.95,
}  # fmt: skip
"""Levels of RUS-CHN that are a share of fusion: 0.25, 0.50, 0.75 and all of the width."""


def bone_sd_months(age_months: Floats) -> Floats:
    """Variation of one bone within a hand: our own choice, about half a year at ten years."""
    return 2.5 + 0.03 * np.asarray(age_months)


def median_stage(bone: str, sex: Sex, age_months: float) -> float:
    """Place on the stage axis of a long bone in the median child of an age."""
    first, second = LIKE.get(bone, (bone, bone))
    return (_stage(first, sex, age_months) + _stage(second, sex, age_months)) / 2


def _stage(bone: str, sex: Sex, age_months: float) -> float:
    ages = stage_ages()[known_sex(sex), bone]
    knots = np.concatenate([[0.0], ages, [ages[-1] + FADING_MONTHS]])
    return float(np.interp(age_months, knots, np.arange(len(knots))))


def carpal_growth(bone: str, sex: Sex, age_months: float) -> float:
    """Growth of a carpal bone or the sesamoid: 0 or less before it appears, 1 when it has its adult shape."""
    appears, complete = carpal_ages()[known_sex(sex), bone]
    return min((age_months - appears) / (complete - appears), 1.0)


def tw3_stage(bone: str, place: float) -> str:
    """The TW3 stage at a place on the axis."""
    return STAGES[min(int(place), len(scoring_method("tw3").stages(bone)) - 1)]


def rus_chn_level(bone: str, place: float) -> str:
    """The RUS-CHN level at a place on the axis."""
    return scoring_method("rus-chn").stages(bone)[int(np.searchsorted(level_places()[bone], place, side="right"))]


@cache
def stage_ages() -> Mapping[tuple[Sex, str], Floats]:
    """Median age of stage B and each later stage and of the end, months, rising, by sex and bone."""
    ages: dict[tuple[Sex, str], list[float]] = defaultdict(list)
    for row in read_table("stage_ages.csv"):
        ages[Sex(row["sex"]), row["bone"]].append(float(row["age_months"]))
    return {key: np.array(values) for key, values in ages.items()}


@cache
def level_places() -> Mapping[str, Floats]:
    """Places on the axis at which the RUS-CHN levels from 1 on begin, by bone."""
    places: dict[str, list[float]] = defaultdict(list)
    for row in read_table("rus_chn_levels.csv"):
        places[row["bone"]].append(float(row["stage"]))
    return {bone: np.array(values) for bone, values in places.items()}


@cache
def carpal_ages() -> Mapping[tuple[Sex, str], tuple[float, float]]:
    """Ages at which a carpal bone or the sesamoid appears and is complete, months."""
    ages = {
        (Sex(row["sex"]), row["bone"]): (float(row["appears_months"]), float(row["complete_months"]))
        for row in read_table("carpal_ages.csv")
    }
    missing = {(sex, bone) for sex in (Sex.FEMALE, Sex.MALE) for bone in (*CARPALS, SESAMOID)} - ages.keys()
    if missing:
        raise KeyError(f"carpal_ages.csv lacks {sorted(missing)}.")
    return ages


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a table of this package."""
    lines = (files("openboneage.phantom") / "tables" / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
