"""The standards that this program knows, by name."""

from __future__ import annotations

from functools import cache

from openboneage.clinical.curve import ScoreCurve
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.clinical.table_files import Table, load_table
from openboneage.errors import InputError
from openboneage.subject import Sex

_SEXES = (Sex.FEMALE, Sex.MALE)
_BONE_WORDS = {"meta": "mc", "prox": "pp", "mid": "mp", "dist": "dp"}  # as the TW2 table writes metacarpals and phalanges

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


def _tw3() -> ScoringMethod:
    curve = load_table("tw3_rus_score_to_boneage.csv")
    return _rus("tw3", "TW3-RUS", "children of Europe and North America, TW3 reference of 2001", curve, "rus_score")


def _tw2_uk() -> ScoringMethod:
    curve = load_table("tw2_rus_uk1983_score_to_boneage.csv")
    return _rus("tw2-uk", "TW2-RUS (UK)", "British children of the 1950s and 1960s", curve, "rus_score")


def _tw_japan() -> ScoringMethod:
    curve = load_table("tw2_rus_japan_score_to_boneage.csv")
    return _rus("tw-japan", "TW2-RUS (Japan)", "Japanese children", curve, "rus_score")


def _tw3_chinese() -> ScoringMethod:
    curve = load_table("tw3c_rus_median_score_by_age.csv")
    return _rus("tw3-chinese", "TW3-C RUS (China 05)", "Chinese children, China 05", curve, "tw3c_rus_score_p50", smooth=True)


def _rus(name: str, title: str, population: str, curve: Table, column: str, *, smooth: bool = False) -> ScoringMethod:
    """Build a standard that shares the RUS stage scores of TW2 and TW3 and has a curve of its own."""
    stages = load_table("tw3_rus_stage_scores.csv")
    return _build(name, title, population, (stages, "stage", "score"), (curve, column, smooth))


def _rus_chn() -> ScoringMethod:
    stages = load_table("rus_chn_stage_scores.csv")
    curve = load_table("rus_chn_median_score_by_age.csv")
    scores = (stages, "level", "score")
    return _build("rus-chn", "RUS-CHN", "Chinese children, China 05", scores, (curve, "rus_chn_score_p50", True))


def _tw2_carpal() -> ScoringMethod:
    stages = load_table("tw2_carpal_and_20bone_scores.csv").where(group="carpal")
    curve = load_table("tw2_carpal_japan_score_to_boneage.csv")
    scores = (stages, "stage", "rus_or_carpal_score")
    return _build("tw2-carpal", "TW2 carpal (Japan)", "Japanese children", scores, (curve, "carpal_score", False))


def _tw2_20_bone() -> ScoringMethod:
    stages = load_table("tw2_carpal_and_20bone_scores.csv")
    curve = load_table("tw2_20bone_japan_score_to_boneage.csv")
    scores = (stages, "stage", "twenty_bone_score")
    return _build("tw2-20-bone", "TW2 20-bone (Japan)", "Japanese children", scores, (curve, "twenty_bone_score", False))


def _build(
    name: str, title: str, population: str, scores: tuple[Table, str, str], curve: tuple[Table, str, bool]
) -> ScoringMethod:
    """Build a standard from a table of stage scores and a table of ages, each with the columns to read."""
    stages, stage_column, score_column = scores
    ages, age_score_column, smooth = curve
    by_sex = {sex: _stage_scores(stages.where(sex=sex), stage_column, score_column) for sex in _SEXES}
    curves = {}
    for sex in _SEXES:
        rows = ages.where(sex=sex)
        curves[sex] = ScoreCurve.through(rows.column(age_score_column), rows.column("bone_age_years"), smooth=smooth)
    return ScoringMethod(name, title, population, tuple(by_sex[Sex.FEMALE]), by_sex, curves, (stages, ages))


def _stage_scores(table: Table, stage_column: str, score_column: str) -> dict[str, dict[str, int]]:
    scores: dict[str, dict[str, int]] = {}
    for row in table.rows:
        scores.setdefault(_bone(row["bone"]), {})[row[stage_column]] = int(row[score_column])
    return scores


def _bone(word: str) -> str:
    """Return the name of a bone as this program writes it: `meta3` is `mc3`."""
    stem = word.rstrip("0123456789")
    return _BONE_WORDS.get(stem, stem) + word[len(stem) :]
