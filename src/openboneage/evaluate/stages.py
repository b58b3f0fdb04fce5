"""Ages of the stages of bones, and own ages of bones, against the bone age as read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.assessment import Assessment
from openboneage.assess.bone_records import ScaleAge, StagedBones
from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.errors import InputError
from openboneage.evaluate.ages import LoadAssessor
from openboneage.evaluate.metrics import age_figures, percent, to_markdown
from openboneage.evaluate.unreadable import radiograph_of
from openboneage.subject import format_age

Ages = tuple[float, float, float]
"""An age and the ends of its interval, months."""
WORST = 10
SCALES = ("whole hand", "TW3", "RUS-CHN", "mean of the bones' own ages", "mean of whole hand and bones")


@dataclass(frozen=True, eq=False)
class StageAnswer:
    """The ages of one film.

    Attributes:
        film: The film.
        ages: Age and interval by name, one of `SCALES`; those that could not be read are left out.
        stages: Stage of each bone.
        seconds: Processing time of the bones.
    """

    film: Film
    ages: dict[str, Ages]
    stages: dict[str, str | None]
    seconds: float


def stage_answers(source: FilmSet, films: Sequence[Film], load: LoadAssessor, executor: Executor) -> list[StageAnswer]:
    """Assess films with their sex; those that are refused, unreadable or of unknown sex are left out.

    Raises:
        InputError: The models cannot find bones.
    """
    answers = map_chunks(partial(_chunk, source, load), films, executor, "films")
    return [answer for answer in answers if answer is not None]


def _chunk(source: FilmSet, load: LoadAssessor, films: Sequence[Film]) -> list[StageAnswer | None]:
    assessor = load()
    if assessor.bones is None:
        raise InputError("Expected models that find bones: give --models with a set that has a bone-finder.")
    answers = []
    for film in films:
        radiograph = radiograph_of(source, film)
        answers.append(
            None if radiograph is None else _answer(film, assessor.examine_radiograph(radiograph, film.sex).assessment)
        )
    return answers


def _answer(film: Film, assessment: Assessment) -> StageAnswer | None:
    if assessment.bones is None or assessment.bone_age is None:
        return None
    (staged,), age = assessment.bones.staged, assessment.bone_age
    ages: dict[str, Ages] = {"whole hand": (age.mean_months, age.interval.low_months, age.interval.high_months)}
    for name, scale in (("TW3", staged.tw3), ("RUS-CHN", staged.rus_chn)):
        if scale is not None:
            ages[name] = _of_scale(scale)
    own = _mean_of_bones(staged)
    if own is not None:
        ages["mean of the bones' own ages"] = own
        both = [float(np.mean(pair)) for pair in zip(ages["whole hand"], own, strict=True)]
        ages["mean of whole hand and bones"] = both[0], both[1], both[2]
    stages: dict[str, str | None] = {bone.bone: bone.stage for bone in staged.bones}
    return StageAnswer(film, ages, stages, assessment.seconds["bones"])


def _of_scale(scale: ScaleAge) -> Ages:
    return scale.age.months, scale.age.low_months, scale.age.high_months


def _mean_of_bones(staged: StagedBones) -> Ages | None:
    """The mean of the own ages, and of the ends of their intervals."""
    ages = [(age.months, age.low_months, age.high_months) for bone in staged.bones if (age := bone.age)]
    if not ages:
        return None
    months, low, high = np.mean(ages, axis=0)
    return float(months), float(low), float(high)


def age_table(answers: Sequence[StageAnswer]) -> str:
    """Correlation, error, bias and coverage of each age, and the median time of the bones."""
    rows = []
    for name in SCALES:
        pairs = np.array([(each.film.label_months, *each.ages[name]) for each in answers if name in each.ages])
        if len(pairs) > 1:
            figures = age_figures(*pairs.T)
            numbers = [
                _correlation(pairs[:, 0], pairs[:, 1]),
                f"{figures.mae:.1f}",
                f"{figures.bias:+.1f}",
                percent(figures.coverage),
            ]
            rows.append([name, str(figures.films), *numbers])
    table = to_markdown(("age", "films", "r", "MAE", "bias", "label within the 90 % interval"), rows)
    milliseconds = 1000 * float(np.median([each.seconds for each in answers])) if answers else float("nan")
    return f"{table}\n\nBones of a film, median: {milliseconds:.0f} ms."


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> str:
    """Pearson's r; none of equal values."""
    return f"{np.corrcoef(first, second)[0, 1]:.3f}" if np.ptp(first) and np.ptp(second) else "–"


def worst_table(answers: Sequence[StageAnswer]) -> str:
    """The films whose TW3 age is farthest from the label, with their stages."""
    staged = [each for each in answers if "TW3" in each.ages]
    worst = sorted(staged, key=lambda each: -abs(each.ages["TW3"][0] - each.film.label_months))[:WORST]
    rows = [
        [
            each.film.id,
            str(each.film.sex),
            *(format_age(months) for months in (each.film.label_months, each.ages["whole hand"][0], each.ages["TW3"][0])),
            " ".join(stage or "–" for stage in each.stages.values()),
        ]
        for each in worst
    ]
    return to_markdown(("film", "sex", "label", "whole hand", "TW3", "stages, radius to dp5"), rows)
