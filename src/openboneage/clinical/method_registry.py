"""The standards of skeletal maturity, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from openboneage.clinical.curve import ScoreCurve
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.clinical.table_files import Table, load_table
from openboneage.errors import InputError
from openboneage.subject import Sex

_SEXES = (Sex.FEMALE, Sex.MALE)
_BONE_WORDS = {"meta": "mc", "prox": "pp", "mid": "mp", "dist": "dp"}  # as the TW2 table writes metacarpals and phalanges

RUS_CHN_FROM_SCORES = {Sex.MALE: 60.0, Sex.FEMALE: 80.0}
"""Below these scores the printed curves of RUS-CHN are a smoothing extrapolation (2 to 3 years of age)."""

STANDARD_NAMES = ("tw3", "rus-chn", "tw2-uk", "tw-japan", "tw3-chinese", "tw2-carpal", "tw2-20-bone")


@cache
def scoring_method(name: str) -> ScoringMethod:
    """Return a standard by its name.

    Raises:
        InputError: There is no standard of this name.
    """
    builders = {
        "tw3": _tw3,
        "rus-chn": _rus_chn,
        "tw2-uk": _tw2_uk,
        "tw-japan": _tw_japan,
        "tw3-chinese": _tw3_chinese,
        "tw2-carpal": _tw2_carpal,
        "tw2-20-bone": _tw2_20_bone,
    }
    if name not in builders:
        raise InputError(f"There is no standard {name!r}; there are {', '.join(STANDARD_NAMES)}.")
    return builders[name]()


@dataclass(frozen=True)
class _StageTable:
    """A table of stage scores, and its columns."""

    table: Table
    stage_column: str
    score_column: str


@dataclass(frozen=True)
class _AgeTable:
    """A table of median scores by age, its columns, and its interpolation."""

    table: Table
    score_column: str
    age_column: str = "bone_age_years"
    smooth: bool = False
    from_scores: Mapping[Sex, float] = field(default_factory=dict)


def _tw3() -> ScoringMethod:
    ages = _AgeTable(load_table("tw3_rus_score_to_boneage.csv"), "rus_score")
    return _rus("tw3", "TW3-RUS", "children of Europe and North America, TW3 reference of 2001", ages)


def _tw2_uk() -> ScoringMethod:
    ages = _AgeTable(load_table("tw2_rus_uk1983_score_to_boneage.csv"), "rus_score")
    return _rus("tw2-uk", "TW2-RUS (UK)", "British children of the 1950s and 1960s", ages)


def _tw_japan() -> ScoringMethod:
    ages = _AgeTable(load_table("tw2_rus_japan_score_to_boneage.csv"), "rus_score")
    return _rus("tw-japan", "TW2-RUS (Japan)", "Japanese children", ages)


def _tw3_chinese() -> ScoringMethod:
    ages = _AgeTable(load_table("tw3c_rus_median_score_by_age.csv"), "tw3c_rus_score_p50", smooth=True)
    return _rus("tw3-chinese", "TW3-C RUS (China 05)", "Chinese children, China 05", ages)


def _rus(name: str, title: str, population: str, ages: _AgeTable) -> ScoringMethod:
    """Build a standard that shares the RUS stage scores of TW2 and TW3 and has a curve of its own."""
    return _build(name, title, population, _StageTable(load_table("tw3_rus_stage_scores.csv"), "stage", "score"), ages)


def _rus_chn() -> ScoringMethod:
    stages = _StageTable(load_table("rus_chn_stage_scores.csv"), "level", "score")
    curve = load_table("rus_chn_curve_percentiles.csv")
    ages = _AgeTable(curve, "p50", "age_years", smooth=True, from_scores=RUS_CHN_FROM_SCORES)
    return _build("rus-chn", "RUS-CHN", "Chinese children, China 05", stages, ages)


def _tw2_carpal() -> ScoringMethod:
    carpal = load_table("tw2_carpal_and_20bone_scores.csv").where(group="carpal")
    stages = _StageTable(carpal, "stage", "rus_or_carpal_score")
    ages = _AgeTable(load_table("tw2_carpal_japan_score_to_boneage.csv"), "carpal_score")
    return _build("tw2-carpal", "TW2 carpal (Japan)", "Japanese children", stages, ages)


def _tw2_20_bone() -> ScoringMethod:
    stages = _StageTable(load_table("tw2_carpal_and_20bone_scores.csv"), "stage", "twenty_bone_score")
    ages = _AgeTable(load_table("tw2_20bone_japan_score_to_boneage.csv"), "twenty_bone_score")
    return _build("tw2-20-bone", "TW2 20-bone (Japan)", "Japanese children", stages, ages)


def _build(name: str, title: str, population: str, stages: _StageTable, ages: _AgeTable) -> ScoringMethod:
    by_sex, curves = {}, {}
    for sex in _SEXES:
        by_sex[sex] = _stage_scores(stages.table.where(sex=sex), stages.stage_column, stages.score_column)
        rows = ages.table.where(sex=sex)
        curves[sex] = ScoreCurve.through(
            rows.column(ages.score_column),
            rows.column(ages.age_column),
            smooth=ages.smooth,
            from_score=ages.from_scores.get(sex, 0.0),
        )
    return ScoringMethod(name, title, population, tuple(by_sex[Sex.FEMALE]), by_sex, curves, (stages.table, ages.table))


def _stage_scores(table: Table, stage_column: str, score_column: str) -> dict[str, dict[str, int]]:
    scores: dict[str, dict[str, int]] = {}
    for row in table.rows:
        scores.setdefault(_bone(row["bone"]), {})[row[stage_column]] = int(row[score_column])
    return scores


def _bone(word: str) -> str:
    """Return the name of a bone as this program writes it: `meta3` is `mc3`."""
    stem = word.rstrip("0123456789")
    return _BONE_WORDS.get(stem, stem) + word[len(stem) :]
