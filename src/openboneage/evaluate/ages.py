"""Bone ages of films through the whole program, against their readings."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import AgeDistribution, interval_findings
from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR, find_estimator
from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.evaluate.groups import groups_of, second_readings
from openboneage.evaluate.metrics import AGE_BANDS_MONTHS, AgeFigures, Ages, age_figures, percent, to_markdown, within_cells
from openboneage.evaluate.unreadable import radiograph_of, without_unreadable
from openboneage.hand.locate import locate_hand
from openboneage.hand.quality import Verdict, judge, verdict_of
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet

READINGS_HEADER = (
    "id", "sex", "verdict", "read_months", "estimated_months", "low_months", "high_months", "error_months",
    "second_reading_months", "race",
)  # fmt: skip
LoadAssessor = Callable[[], Assessor]
"""Loads the assessor in each process; it can be pickled."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One film and what the program estimated.

    Attributes:
        film: Film and label.
        quality: Verdict on the film before the estimate.
        age: The estimate, whether or not the program would report it.
    """

    film: Film
    quality: Verdict
    age: AgeDistribution

    @property
    def verdict(self) -> Verdict:
        """Whether the program reports the age: no if the film is refused for its quality or its interval."""
        return Verdict.REJECT if verdict_of(interval_findings(self.age)) is Verdict.REJECT else self.quality

    @property
    def answered(self) -> bool:
        """Whether the program reports the age."""
        return self.verdict is not Verdict.REJECT


def assessor_loader(models: ModelSet, estimator: str = DEFAULT_ESTIMATOR) -> LoadAssessor:
    """Load an assessor with one thread, in any process.

    Raises:
        InputError: There is no such estimator.
    """
    find_estimator(estimator)
    return partial(Assessor.load, models, 1, estimator)


def read_films(
    source: FilmSet, films: Sequence[Film], load: LoadAssessor, executor: Executor, sex: Sex | None = None
) -> list[Reading]:
    """Run the program on films of a data set; unreadable films have no reading.

    Args:
        source: The data set.
        films: The films.
        load: Loads the assessor.
        executor: Where to run.
        sex: Sex passed to the estimator; None passes each child's own. For an unknown sex, the even mixture of both answers is
            measured.

    Raises:
        InputError: No film can be read.
    """
    results = map_chunks(partial(_read_chunk, source, load, sex), films, executor, "films")
    return without_unreadable(results, films)


def _read_chunk(source: FilmSet, load: LoadAssessor, sex: Sex | None, chunk: Sequence[Film]) -> list[Reading | None]:
    assessor = load()
    return [_read_film(source, film, assessor, sex) for film in chunk]


def _read_film(source: FilmSet, film: Film, assessor: Assessor, sex: Sex | None) -> Reading | None:
    radiograph = radiograph_of(source, film)
    return None if radiograph is None else read_radiograph(film, radiograph, assessor, sex)


def read_radiograph(film: Film, radiograph: Radiograph, assessor: Assessor, sex: Sex | None = None) -> Reading:
    """Run the program over a film's radiograph, which may have been changed; `sex` replaces the child's own."""
    hand = locate_hand(radiograph, assessor.finder)
    return Reading(film, judge(hand, assessor.limits).verdict, assessor.estimator.estimate(hand, sex or film.sex))


def figures_by_group(readings: Sequence[Reading]) -> dict[str, AgeFigures]:
    """Accuracy on the films that the program answers: by sex, race and age band, and against second readings.

    Refused films have no error; `refused` counts them.
    """
    answers = answered(readings)
    if not answers:
        return {}
    films, ages = [reading.film for reading in answers], columns(answers)
    figures = {name: age_figures(*ages[members].T) for name, members in groups_of(films).items()}
    second = second_readings(films)
    twice = ~np.isnan(second)
    if twice.any():
        first, *estimate = ages[twice].T
        figures["read twice, against the second reading"] = age_figures(second[twice], *estimate)
        figures["read twice, against the mean of both"] = age_figures((first + second[twice]) / 2, *estimate)
    return figures


def readers_difference(readings: Sequence[Reading]) -> str:
    """The mean difference between two readings of a film; empty if no film was read twice."""
    pairs = [(film.label_months, film.second_reading_months) for film in (reading.film for reading in readings)]
    gaps = [abs(first - second) for first, second in pairs if second is not None]
    return f"The two readings of {len(gaps)} films differ by {np.mean(gaps):.2f} months on average." if gaps else ""


def answered(readings: Sequence[Reading]) -> list[Reading]:
    """The films that the program answers."""
    return [reading for reading in readings if reading.answered]


def columns(readings: Sequence[Reading]) -> Ages:
    """Ages in months as read and as estimated, and the ends of the interval, `(films, 4)`."""
    rows = [[r.film.label_months, r.age.mean_months, r.age.interval.low_months, r.age.interval.high_months] for r in readings]
    return np.array(rows, float).reshape(-1, 4)


def refused(readings: Sequence[Reading]) -> int:
    """Number of films without an answer."""
    return len(readings) - len(answered(readings))


def figures_table(figures: dict[str, AgeFigures]) -> str:
    """The figures as a Markdown table."""
    header = ("films", "n", "MAE ± SD", "bias", "RMSE", "CCC", "≤ 6", "≤ 12", "≤ 24 months", "coverage", "width")
    return to_markdown(header, list(_table_rows(figures)))


def _table_rows(figures: dict[str, AgeFigures]) -> Iterator[list[str]]:
    for name, f in figures.items():
        yield [
            name, str(f.films), f"{f.mae:.2f} ± {f.mae_sd:.2f}", f"{f.bias:+.2f}", f"{f.rmse:.2f}", f"{f.ccc:.3f}",
            *within_cells(f), percent(f.coverage), f"{f.width:.1f}",
        ]  # fmt: skip


def bias_table(readings: Sequence[Reading]) -> str:
    """Bias by sex and band of the estimated age, with its 95 % confidence interval, as a Markdown table.

    By band of the age as read, part of the bias is regression to the mean; by band of the estimate it is none.
    """
    rows = []
    for low, high in AGE_BANDS_MONTHS:
        band = [reading for reading in answered(readings) if low <= reading.age.mean_months < high]
        rows.append([f"{low}-{high - 1}"])
        for sex in (Sex.FEMALE, Sex.MALE):
            read, estimated, *_ = columns([reading for reading in band if reading.film.sex is sex]).T
            rows[-1] += bias_cells(estimated - read)
    return to_markdown(("estimated months", "girls", "bias (95 % CI)", "boys", "bias (95 % CI)"), rows)


def bias_cells(error: Ages) -> list[str]:
    """Number of films, and mean error in months with its confidence interval; `(films,)` months."""
    if len(error) < 2:
        return [str(len(error)), ""]
    half = 1.96 * error.std(ddof=1) / np.sqrt(len(error))
    return [str(len(error)), f"{error.mean():+.1f} ({error.mean() - half:+.1f} to {error.mean() + half:+.1f})"]


def card_figures(readings: Sequence[Reading]) -> dict[str, Any]:
    """The figures of a split for a weights card."""
    figures = figures_by_group(readings)
    groups = {name: {key: round(value, 4) for key, value in asdict(f).items()} for name, f in figures.items()}
    return {"films": len(readings), "refused": refused(readings), "groups": groups}


def write_readings(path: Path, readings: Sequence[Reading]) -> None:
    """Write one row per film, the largest error first; `predictions.read_predictions` reads the table."""
    ages = columns(readings)
    order = np.argsort(-np.abs(ages[:, 1] - ages[:, 0]), kind="stable")
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(READINGS_HEADER)
        writer.writerows(_cells(readings[i], ages[i]) for i in order)


def _cells(reading: Reading, ages: Ages) -> list[str]:
    film = reading.film
    second = "" if film.second_reading_months is None else f"{film.second_reading_months:.2f}"
    numbers = [f"{months:.2f}" for months in (*ages, ages[1] - ages[0])]
    return [film.id, str(film.sex), str(reading.verdict), *numbers, second, film.race or ""]
