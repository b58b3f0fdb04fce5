"""Measures of drawn epiphyses against published trends, and the ages that their stages give against the bone age as read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.bones.ages import stage_ages
from openboneage.bones.names import RUS
from openboneage.clinical.maturity import Maturity
from openboneage.clinical.table_files import Row, load_table
from openboneage.datasets.bone_table import MeasuredBone, WeakLabels, measure_hand, read_bones, weak_labels, write_bones
from openboneage.datasets.drawn_hands import DrawnHands
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.evaluate.metrics import age_figures, percent, to_markdown
from openboneage.subject import MONTHS_PER_YEAR, Sex

YEARS = (2, 4, 6, 8, 10, 12, 14, 16)
FEWEST = 5
MOST_BONES = 9
SHOWN = ("height", "gap", "open_share", "small_cap", "thumb_cap", "concavity")
SEXES = (Sex.MALE, Sex.FEMALE)


def measured_bones(
    root: Path, table: Path | None, executor: Executor, only: Collection[str] | None = None
) -> list[MeasuredBone]:
    """The bones of drawn films: read from a table if it exists, otherwise measured, and written to it.

    Args:
        root: Folder of the RSNA packs, with `regions/`.
        table: File of the table.
        executor: Where to run.
        only: Ids of the films; None takes all that were drawn.
    """
    if table is not None and table.exists():
        return read_bones(table)
    hands = DrawnHands(root)
    chosen = [film for film in hands.films if only is None or film.id in only]
    bones = [bone for film in map_chunks(partial(_measured, hands), chosen, executor, "films") for bone in film]
    if table is not None:
        write_bones(table, bones)
    return bones


def _measured(hands: DrawnHands, films: Iterable[Film]) -> list[list[MeasuredBone]]:
    read = (hands.read(film) for film in films)
    return [measure_hand(hand) if hand else [] for hand in read]


def width_table(bones: Sequence[MeasuredBone]) -> str:
    """Median ratio of the widths of epiphysis and metaphysis by bone age, and in brackets the published one at that age."""
    rows = []
    for name in RUS:
        for sex in SEXES:
            published = load_table("epiphysis_width_ratio_by_age.csv").where(bone=name, sex=sex).rows
            cells = [_width_cell(_at(bones, name, sex, year), published, year) for year in YEARS]
            rows.append([name, sex.value, *cells])
    return to_markdown(("E/M, measured (Fels)", "sex", *(f"{year} y" for year in YEARS)), rows)


def _width_cell(bones: Sequence[MeasuredBone], published: Sequence[Row], year: int) -> str:
    expected = [float(row["ratio_p50"]) for row in published if float(row["age_years"]) == year]
    ours = f"{_median(bones, 'width'):.2f}" if len(bones) >= FEWEST else "–"
    return f"{ours} ({expected[0]:.2f})" if expected else ours


def agreement_table(bones: Sequence[MeasuredBone]) -> str:
    """Difference between the measured ratio of widths and the published median at the bone age, in its window of ages."""
    rows = []
    for name in RUS:
        differences = np.array([each for bone in bones if bone.measures.bone == name for each in _difference(bone)])
        if len(differences) >= FEWEST:
            low, high = np.percentile(differences, [16, 84])
            rows.append([name, str(len(differences)), f"{np.median(differences):+.3f}", f"{(high - low) / 2:.3f}"])
    return to_markdown(("bone", "bones", "median difference", "half of the middle 68 %"), rows)


def _difference(bone: MeasuredBone) -> list[float]:
    years = bone.bone_age_months / MONTHS_PER_YEAR
    rows = load_table("epiphysis_width_ratio_by_age.csv").where(bone=bone.measures.bone, sex=bone.sex).rows[:1]
    return [
        bone.measures.width - float(np.cbrt(float(row["beta_per_year"]) * years + float(row["mu"])))
        for row in rows
        if float(row["window_low_years"]) <= years <= float(row["window_high_years"])
    ]


def measure_table(bones: Sequence[MeasuredBone]) -> str:
    """Medians of further measures by bone age, for a radius, a metacarpal and a phalanx."""
    rows = []
    for name in ("radius", "mc3", "pp3"):
        for measure in SHOWN:
            for sex in SEXES:
                groups = [_at(bones, name, sex, year) for year in YEARS]
                cells = [f"{_median(group, measure):.2f}" if len(group) >= FEWEST else "–" for group in groups]
                rows.append([name, measure, sex.value, *cells])
    return to_markdown(("bone", "measure", "sex", *(f"{year} y" for year in YEARS)), rows)


def _at(bones: Iterable[MeasuredBone], name: str, sex: Sex, year: int) -> list[MeasuredBone]:
    """Bones of films whose bone age is within a year."""
    return [
        bone
        for bone in bones
        if bone.measures.bone == name
        and bone.sex is sex
        and abs(bone.bone_age_months - year * MONTHS_PER_YEAR) <= MONTHS_PER_YEAR
    ]


def _median(bones: Iterable[MeasuredBone], measure: str) -> float:
    return float(np.median([getattr(bone.measures, measure) for bone in bones]))


def age_table(bones: Sequence[MeasuredBone]) -> str:
    """TW3 and RUS-CHN ages of stages from measures, against the bone age as read, on films that set no threshold."""
    films = weak_labels(bone for bone in bones if bone.split in (Split.VALIDATION, Split.HELD_OUT))
    rows = []
    for title, with_age in (("measures alone", False), ("measures and bone age", True)):
        ages = np.array([_ages(film, with_age) for film in films.values() if _is_whole(film)])
        for column, scale in enumerate(("TW3", "RUS-CHN")):
            if len(ages) >= FEWEST:
                rows.append([title, scale, *_figures(ages[:, 0], ages[:, 1 + 3 * column : 4 + 3 * column])])
    return to_markdown(("stages from", "scale", "films", "r", "MAE", "bias", "label within the 90 % interval"), rows)


def _is_whole(film: WeakLabels) -> bool:
    """Whether most of the 13 bones were measured."""
    return sum(bone.measures.bone in RUS for bone in film.bones) >= MOST_BONES


def _ages(film: WeakLabels, with_age: bool) -> tuple[float, ...]:
    """Bone age as read, and both ages with their intervals."""
    found = stage_ages(film.bones[0].sex, film.levels_at_age if with_age else film.levels)
    return film.bones[0].bone_age_months, *_months(found.tw3), *_months(found.rus_chn)


def _months(maturity: Maturity) -> tuple[float, float, float]:
    return maturity.age.limit_months, maturity.age_low.limit_months, maturity.age_high.limit_months


def _figures(read: NDArray[np.float64], ages: NDArray[np.float64]) -> list[str]:
    figures = age_figures(read, *ages.T)
    correlation = float(np.corrcoef(read, ages[:, 0])[0, 1])
    return [str(figures.films), f"{correlation:.3f}", f"{figures.mae:.1f}", f"{figures.bias:+.1f}", percent(figures.coverage)]
