"""Bone ages of whole splits, through the whole program, against their readings."""

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
from openboneage.batch.executor import executor_of, map_chunks
from openboneage.datasets.rsna import Film, RsnaFilms, film_radiograph
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.metrics import AGE_BANDS_MONTHS, AgeFigures, Ages, age_figures, percent, to_markdown, within_cells
from openboneage.hand.locate import locate_hand
from openboneage.hand.quality import Verdict, judge, verdict_of
from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from openboneage.subject import Sex
from openboneage.weights.registry import Cards

LoadAssessor = Callable[[], Assessor]
"""Loads the assessor in each process; it can be pickled."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One film and what the program estimated.

    Attributes:
        film: Film and label.
        quality: Verdict on the film before its age was estimated.
        age: The estimate, whether or not the program would report it.
    """

    film: Film
    quality: Verdict
    age: AgeDistribution

    @property
    def verdict(self) -> Verdict:
        """Whether the program reports the age: not where it refuses the film for its quality or its interval."""
        return Verdict.REJECT if verdict_of(interval_findings(self.age)) is Verdict.REJECT else self.quality

    @property
    def answered(self) -> bool:
        """Whether the program reports the age."""
        return self.verdict is not Verdict.REJECT


def assessor_loader(models: Cards, estimator: str = DEFAULT_ESTIMATOR) -> LoadAssessor:
    """Load an assessor with one thread, in any process.

    Raises:
        InputError: There is no such estimator.
    """
    find_estimator(estimator)
    return partial(Assessor.load, models, 1, estimator)


def read_split(root: Path, split: Split, load: LoadAssessor, jobs: int, sex: Sex | None = None) -> list[Reading]:
    """Run the program over a split: 100-px films with their aspect ratio restored, or the native films as they are.

    Args:
        root: Folder of the RSNA films.
        split: The split.
        load: Loads the assessor.
        jobs: Processes.
        sex: Sex that the program gets; None gives it each child's own.

    Raises:
        InputError: The folder holds no film of the split.
    """
    return read_films(root, films_of(root, split), load, jobs, sex)


def read_films(root: Path, films: Sequence[Film], load: LoadAssessor, jobs: int, sex: Sex | None = None) -> list[Reading]:
    """Run the program over films of one split, as `read_split` does."""
    return map_chunks(partial(_read_chunk, root, load, sex), films, executor_of(jobs), f"{films[0].split} films")


def films_of(root: Path, split: Split) -> list[Film]:
    """Films of a split.

    Raises:
        InputError: The folder holds no film of the split.
    """
    films = RsnaFilms(root).of(split)
    if not films:
        raise InputError(f"Expected films of the split {split} in {root}, found none.")
    return films


def _read_chunk(root: Path, load: LoadAssessor, sex: Sex | None, chunk: Sequence[Film]) -> list[Reading]:
    films, assessor = RsnaFilms(root), load()
    return [read_radiograph(film, radiograph_of(films, film), assessor, sex) for film in chunk]


def radiograph_of(films: RsnaFilms, film: Film) -> Radiograph:
    """A film as the program gets it: native as it is, or its 100-px samples with their aspect ratio restored."""
    if film.split is Split.NATIVE:
        return read(films.native_path(film.id))
    return film_radiograph(films.point_sampled(film.id), film)


def read_radiograph(film: Film, radiograph: Radiograph, assessor: Assessor, sex: Sex | None = None) -> Reading:
    """Run the program over a film's radiograph, which may have been changed; `sex` replaces the child's own."""
    hand = locate_hand(radiograph, assessor.finder)
    return Reading(film, judge(hand).verdict, assessor.estimator.estimate(hand, sex or film.sex))


def figures_by_group(readings: Sequence[Reading]) -> dict[str, AgeFigures]:
    """Figures over the films that the program answers, by sex and by age band.

    A refused film gets no answer, so it has no error; `refused` counts them.
    """
    answers = answered(readings)
    table = columns(answers)
    girls = np.array([reading.film.sex is Sex.FEMALE for reading in answers], bool)
    groups = {"all": np.ones(len(answers), bool), "girls": girls, "boys": ~girls}
    for low, high in AGE_BANDS_MONTHS:
        groups[f"{low}-{high - 1} months"] = (table[:, 0] >= low) & (table[:, 0] < high)
    return {name: age_figures(*table[chosen].T) for name, chosen in groups.items() if chosen.any()}


def answered(readings: Sequence[Reading]) -> list[Reading]:
    """The films that the program answers."""
    return [reading for reading in readings if reading.answered]


def columns(readings: Sequence[Reading]) -> Ages:
    """Ages in months as read and as estimated, and the ends of the interval, `(films, 4)`."""
    rows = [[r.film.age_months, r.age.mean_months, r.age.interval.low_months, r.age.interval.high_months] for r in readings]
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


def card_figures(readings: Sequence[Reading]) -> dict[str, Any]:
    """The figures of a split for a weights card."""
    figures = figures_by_group(readings)
    groups = {name: {key: round(value, 4) for key, value in asdict(f).items()} for name, f in figures.items()}
    return {"films": len(readings), "refused": refused(readings), "groups": groups}


def write_readings(path: Path, readings: Sequence[Reading]) -> None:
    """Write one row a film, the largest error first."""
    rows: list[tuple[str, ...]] = []
    for reading, ages in zip(readings, columns(readings), strict=True):
        months = (*ages, reading.age.mean_months - reading.film.age_months)
        rows.append((reading.film.id, str(reading.film.sex), str(reading.verdict), *(f"{value:.2f}" for value in months)))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("id", "sex", "verdict", "read_months", "estimated_months", "low_months", "high_months", "error_months")
        )
        rows.sort(key=lambda row: abs(float(row[-1])), reverse=True)
        writer.writerows(rows)
