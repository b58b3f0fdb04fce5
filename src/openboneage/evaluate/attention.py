"""What an estimator looks at, by stage of skeletal development, and whether its maps mean anything.

Lee et al. 2017 (Figure 10) describe where maps are bright; here it is counted, against regions drawn by people and the hand
finder's mask. The maps cover the whole film, so that an estimator that reads the marker is found out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.assessor import Assessor
from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.datasets.regions import DrawnRegions
from openboneage.datasets.skeleton import name_regions
from openboneage.errors import InputError
from openboneage.evaluate.ages import LoadAssessor
from openboneage.evaluate.faithfulness import Faithfulness, faithfulness
from openboneage.evaluate.film_regions import Region, RegionMap, region_map
from openboneage.evaluate.metrics import percent, to_markdown
from openboneage.evaluate.unreadable import radiograph_of
from openboneage.explain.occlusion import OcclusionSpec, film_occlusion_map, occlusion_map
from openboneage.hand.locate import locate_hand
from openboneage.subject import MONTHS_PER_YEAR, Sex

PATCHES = OcclusionSpec(stride=0.094)
"""Half as many patches along each side as in a map for people: the estimate is repeated for each."""
CORRECT_MONTHS = 12.0
"""Maps are made of films whose estimate is this close to the reading; Lee et al. took those of the same year."""
ELSEWHERE = 0.1
"""More attention than this outside the hand gets a warning."""


class Stage(StrEnum):
    """Stage of skeletal development by bone age (Gilsanz and Ratib 2005, as in Lee et al. 2017, Figure 10)."""

    PREPUBERTY = "prepuberty"
    EARLY_AND_MID = "early and mid puberty"
    LATE = "late puberty"
    POSTPUBERTY = "postpuberty"


_STAGES = {
    Sex.FEMALE: ((2, Stage.PREPUBERTY), (7, Stage.EARLY_AND_MID), (13, Stage.LATE), (15, Stage.POSTPUBERTY)),
    Sex.MALE: ((3, Stage.PREPUBERTY), (9, Stage.EARLY_AND_MID), (14, Stage.LATE), (16, Stage.POSTPUBERTY)),
}
"""First year of each stage. Lee et al. print 14 to 16 years for late puberty of boys and 17 and up for postpuberty; the year
between is postpuberty here."""


def stage_of(sex: Sex, bone_age_months: float) -> Stage | None:
    """The stage at a bone age; None for infants and toddlers, and for an unknown sex."""
    reached = [stage for year, stage in _STAGES.get(sex, ()) if bone_age_months >= year * MONTHS_PER_YEAR]
    return reached[-1] if reached else None


@dataclass(frozen=True)
class Shares:
    """Shares of a region; each sums to 1 over the regions.

    Attributes:
        attention: Share of the absolute changes of the map.
        area: Share of the film.
    """

    attention: float
    area: float


def attention_shares(on_film: NDArray[np.float32], regions: RegionMap) -> Mapping[Region, Shares]:
    """Shares of a map in the pixels of the film, `(height, width)`, by region; without any change, the shares of the area."""
    weight = np.abs(on_film, dtype=np.float64)
    area = np.bincount(regions.ravel(), minlength=len(Region)) / regions.size
    attention = np.bincount(regions.ravel(), weight.ravel(), len(Region)) / weight.sum() if weight.any() else area
    return {region: Shares(float(attention[i]), float(area[i])) for i, region in enumerate(Region)}


def outside_hand(shares: Mapping[Region, Shares]) -> float:
    """Share of a map on markers and background."""
    return shares[Region.MARKER].attention + shares[Region.BACKGROUND].attention


def mean_shares(films: Sequence[Mapping[Region, Shares]]) -> Mapping[Region, Shares]:
    """Means over films."""
    return {
        region: Shares(*(float(np.mean([getattr(film[region], kind) for film in films])) for kind in ("attention", "area")))
        for region in Region
    }


@dataclass(frozen=True, eq=False)
class FilmAttention:
    """What the estimator looks at on one film.

    Attributes:
        stage: Stage of the bone age as read.
        shares: Shares of the map of the whole film, by region.
        curves: Deletion and insertion curves of the map of the hand.
    """

    stage: Stage
    shares: Mapping[Region, Shares]
    curves: Faithfulness


def films_by_stage(source: FilmSet, drawn: Mapping[str, DrawnRegions], per_stage: int) -> list[Film]:
    """The first films of each stage that the models were not trained on and that have drawn regions.

    Raises:
        InputError: There is none.
    """
    found: dict[Stage, list[Film]] = {stage: [] for stage in Stage}
    for film in source.films:
        stage = None if film.bone_age_months is None else stage_of(film.sex, film.bone_age_months)
        if stage and film.id in drawn and film.split not in source.learned_from and len(found[stage]) < per_stage:
            found[stage].append(film)
    films = [film for each in found.values() for film in each]
    if not films:
        raise InputError(f"Expected films of {source.name} with drawn regions that no model was trained on, found none.")
    return films


def look(
    source: FilmSet, films: Sequence[Film], drawn: Mapping[str, DrawnRegions], load: LoadAssessor, executor: Executor
) -> list[FilmAttention]:
    """Make maps of films and count them by region; films that are not estimated correctly or not named are left out."""
    regions = {film.id: drawn[film.id] for film in films}
    results = map_chunks(partial(_look_chunk, source, regions, load), films, executor, "films")
    return [result for result in results if result is not None]


def _look_chunk(
    source: FilmSet, drawn: Mapping[str, DrawnRegions], load: LoadAssessor, chunk: Sequence[Film]
) -> list[FilmAttention | None]:
    assessor = load()
    return [_look(source, film, drawn[film.id], assessor) for film in chunk]


def _look(source: FilmSet, film: Film, drawn: DrawnRegions, assessor: Assessor) -> FilmAttention | None:
    radiograph, named, stage = radiograph_of(source, film), name_regions(drawn), stage_of(film.sex, film.label_months)
    if radiograph is None or named is None or stage is None:
        return None
    hand, estimator = locate_hand(radiograph, assessor.finder), assessor.estimator
    if abs(estimator.estimate(hand, film.sex).mean_months - film.label_months) > CORRECT_MONTHS:
        return None
    on_film = film_occlusion_map(hand, film.sex, estimator, PATCHES).on_film(hand)
    shares = attention_shares(on_film, region_map(hand, named, drawn.size_px))
    curves = faithfulness(hand, film.sex, estimator, occlusion_map(hand, film.sex, estimator))
    return FilmAttention(stage, shares, curves)


def attention_report(films: Sequence[FilmAttention]) -> str:
    """Tables of the shares and of the curves by stage, and a warning where the estimator looks beside the hand.

    Raises:
        InputError: There is no film.
    """
    if not films:
        raise InputError("Expected films whose regions can be named and whose age is estimated correctly, found none.")
    groups = {stage: [film for film in films if film.stage is stage] for stage in Stage}
    named = {str(stage): group for stage, group in groups.items() if group} | {"all": list(films)}
    shares = {name: mean_shares([film.shares for film in group]) for name, group in named.items()}
    parts = [_shares_table(named, shares), _curves_table(named)]
    if (elsewhere := outside_hand(shares["all"])) > ELSEWHERE:
        share = percent(elsewhere, 0)
        parts.append(f"Warning: {share} of the attention lies outside the hand; the estimator may read markers.")
    return "\n\n".join(parts)


def _shares_table(groups: Mapping[str, Sequence[FilmAttention]], shares: Mapping[str, Mapping[Region, Shares]]) -> str:
    rows = [
        [name, str(len(group)), *(f"{percent(each.attention)} ({percent(each.area)})" for each in _from_bones(shares[name]))]
        for name, group in groups.items()
    ]
    return to_markdown(("attention (area)", "films", *reversed(Region)), rows)


def _from_bones(shares: Mapping[Region, Shares]) -> list[Shares]:
    return [shares[region] for region in reversed(Region)]


def _curves_table(groups: Mapping[str, Sequence[FilmAttention]]) -> str:
    header = ("mean change (months)", "deletion, map", "deletion, random", "insertion, map", "insertion, random")
    rows = []
    for name, group in groups.items():
        pairs = [(film.curves.of_map, film.curves.of_chance) for film in group]
        areas = [[curves.deletion_months for curves in pair] + [curves.insertion_months for curves in pair] for pair in pairs]
        rows.append([name, *(f"{months:.1f}" for months in np.mean(areas, axis=0))])
    return to_markdown(header, rows)
