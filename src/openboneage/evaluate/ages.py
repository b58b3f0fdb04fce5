"""Bone ages of whole splits, through the whole program, against their readings."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import AgeDistribution, Calibration, Probabilities, describe, doubts
from openboneage.assess.whole_hand import mix_sexes, view_mean
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
from openboneage.weights.card import read_card
from openboneage.weights.registry import Cards


@dataclass(frozen=True, eq=False)
class Reading:
    """One film: what was read and what the network said.

    Attributes:
        film: Film and label.
        verdict: Whether the program accepts the film.
        probabilities: Raw distributions for a girl and for a boy, `(2, 229)`.
    """

    film: Film
    verdict: Verdict
    probabilities: Probabilities


def read_split(root: Path, split: Split, cards: Cards, jobs: int) -> list[Reading]:
    """Run the program over a split: 100-px films with their squash undone, or the native films as they are.

    Args:
        root: Folder of the RSNA films.
        split: The split.
        cards: The models.
        jobs: Processes.

    Raises:
        InputError: The folder holds no film of the split.
    """
    return read_films(root, films_of(root, split), cards, jobs)


def read_films(root: Path, films: Sequence[Film], cards: Cards, jobs: int) -> list[Reading]:
    """Run the program over films of one split, as `read_split` does."""
    return map_chunks(partial(_read_chunk, root, cards), films, executor_of(jobs), f"{films[0].split} films")


def films_of(root: Path, split: Split) -> list[Film]:
    """Films of a split.

    Raises:
        InputError: The folder holds no film of the split.
    """
    films = RsnaFilms(root).of(split)
    if not films:
        raise InputError(f"Expected films of the split {split} in {root}, found none.")
    return films


def _read_chunk(root: Path, cards: Cards, chunk: Sequence[Film]) -> list[Reading]:
    films, assessor = RsnaFilms(root), Assessor.load(cards, threads=1)
    return [read_radiograph(film, radiograph_of(films, film), assessor) for film in chunk]


def radiograph_of(films: RsnaFilms, film: Film) -> Radiograph:
    """A film as the program gets it: native as it is, or its 100-px samples with their squash undone."""
    if film.split is Split.NATIVE:
        return read(films.native_path(film.id))
    return film_radiograph(films.point_sampled(film.id), film)


def read_radiograph(film: Film, radiograph: Radiograph, assessor: Assessor) -> Reading:
    """Run the program over a film's radiograph, which may have been changed."""
    hand = locate_hand(radiograph, assessor.finder)
    return Reading(film, judge(hand).verdict, view_mean(hand, assessor.whole_hand))


def figures_by_group(readings: Sequence[Reading], calibration: Calibration, sex: Sex | None = None) -> dict[str, AgeFigures]:
    """Figures over the films that the program answers, by sex and by age band; `sex` overrides what the program is told.

    A refused film gets no answer, so it has no error; `refused` counts them.
    """
    answers = answered(readings, calibration, sex)
    table = columns(answers)
    girls = np.array([reading.film.sex is Sex.FEMALE for reading, _ in answers], bool)
    groups = {"all": np.ones(len(answers), bool), "girls": girls, "boys": ~girls}
    for low, high in AGE_BANDS_MONTHS:
        groups[f"{low}-{high - 1} months"] = (table[:, 0] >= low) & (table[:, 0] < high)
    return {name: age_figures(*table[chosen].T) for name, chosen in groups.items() if chosen.any()}


def estimate(reading: Reading, calibration: Calibration, sex: Sex | None = None) -> AgeDistribution:
    """The age of a film, whether or not the program would give it; `sex` overrides what the program is told."""
    told = sex or reading.film.sex
    return describe(mix_sexes(reading.probabilities, told), calibration, told)


def answer(reading: Reading, calibration: Calibration, sex: Sex | None = None) -> AgeDistribution | None:
    """What the program answers; None where it refuses the film, for its quality or because the age cannot be told."""
    age = estimate(reading, calibration, sex)
    return None if Verdict.REJECT in (reading.verdict, verdict_of(doubts(age))) else age


def answered(
    readings: Sequence[Reading], calibration: Calibration, sex: Sex | None = None
) -> list[tuple[Reading, AgeDistribution]]:
    """The films that the program answers, each with its answer; `sex` overrides what the program is told."""
    return [(reading, age) for reading in readings if (age := answer(reading, calibration, sex)) is not None]


def columns(answers: Sequence[tuple[Reading, AgeDistribution]]) -> Ages:
    """Ages in months as read and as estimated, and the ends of the interval, `(films, 4)`."""
    rows = [[reading.film.age_months, age.mean_months, age.low_months, age.high_months] for reading, age in answers]
    return np.array(rows, float).reshape(-1, 4)


def refused(readings: Sequence[Reading], calibration: Calibration, sex: Sex | None = None) -> int:
    """Number of films without an answer."""
    return sum(answer(reading, calibration, sex) is None for reading in readings)


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


def card_figures(readings: Sequence[Reading], calibration: Calibration) -> dict[str, Any]:
    """The figures of a split for a weights card."""
    figures = figures_by_group(readings, calibration)
    groups = {name: {key: round(value, 4) for key, value in asdict(f).items()} for name, f in figures.items()}
    return {"films": len(readings), "refused": refused(readings, calibration), "groups": groups}


def calibration_of(cards: Cards) -> Calibration:
    """Calibration that the whole-hand card holds."""
    return Calibration.from_card(read_card(cards.whole_hand).calibration)


def write_readings(path: Path, readings: Sequence[Reading], calibration: Calibration, sex: Sex | None = None) -> None:
    """Write one row a film, the largest error first."""
    rows: list[tuple[str, ...]] = []
    for reading in readings:
        age = estimate(reading, calibration, sex)
        error = age.mean_months - reading.film.age_months
        ages = (reading.film.age_months, age.mean_months, age.low_months, age.high_months, error)
        verdict = Verdict.REJECT if answer(reading, calibration, sex) is None else reading.verdict
        rows.append((reading.film.id, str(reading.film.sex), str(verdict), *(f"{value:.2f}" for value in ages)))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("id", "sex", "verdict", "read_months", "estimated_months", "low_months", "high_months", "error_months")
        )
        rows.sort(key=lambda row: abs(float(row[-1])), reverse=True)
        writer.writerows(rows)
