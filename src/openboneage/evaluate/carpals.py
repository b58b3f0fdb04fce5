"""Measures of drawn carpal bones by age and sex, and the cortex of metacarpals on films at full size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from openboneage.batch.executor import Executor, map_chunks
from openboneage.bones.carpals import CarpalMeasures, measure_carpals
from openboneage.bones.cortex import CortexMeasures, measure_cortex
from openboneage.datasets.drawn_hands import DrawnHands
from openboneage.datasets.film_set import Film
from openboneage.evaluate.metrics import to_markdown
from openboneage.subject import MONTHS_PER_YEAR, Sex

YEARS = (2, 4, 6, 8, 10, 12, 14, 16)
FEWEST = 5
SEXES = (Sex.MALE, Sex.FEMALE)
Value = Callable[[CarpalMeasures], float | None]


def _area_of(bone: str) -> Value:
    return lambda measures: measures.sizes[bone].area * 1000 if bone in measures.sizes else None


CARPAL_VALUES: dict[str, Value] = {
    "capitate, area (units² / 1000)": _area_of("capitate"),
    "hamate, area": _area_of("hamate"),
    "lunate, area": _area_of("lunate"),
    "capitate / hamate, area": lambda measures: measures.area_ratio,
    "capitate / hamate, diameter": lambda measures: measures.diameter_ratio,
    "all bones, area": lambda measures: measures.total_area * 1000,
    "all bones / wrist box": lambda measures: measures.ossified_share,
}


def carpal_table(root: Path) -> str:
    """Medians of carpal measures by bone age and sex; outlines alone are needed, no pixels."""
    hands = DrawnHands(root)
    measured = [(film, measure_carpals(outlines)) for film in hands.films if (outlines := hands.outlines(film))]
    rows = []
    for title, value in CARPAL_VALUES.items():
        for sex in SEXES:
            cells = [_median(_values(measured, value, sex, year)) for year in YEARS]
            rows.append([title, sex.value, *cells])
    return to_markdown(("measure, median", "sex", *(f"{year} y" for year in YEARS)), rows)


def _values(measured: Iterable[tuple[Film, CarpalMeasures]], value: Value, sex: Sex, year: int) -> list[float]:
    near = (
        value(measures)
        for film, measures in measured
        if film.sex is sex and abs(film.label_months - year * MONTHS_PER_YEAR) <= MONTHS_PER_YEAR
    )
    return [number for number in near if number is not None]


def _median(values: Sequence[float]) -> str:
    return f"{np.median(values):.2f}" if len(values) >= FEWEST else "–"


def cortex_table(root: Path, executor: Executor) -> str:
    """Metacarpal indices of films at full size: range, agreement of the metacarpals of a hand, correlation with bone age."""
    hands = DrawnHands(root)
    films = [film for film in hands.films if hands.full_size_path(film).is_file()]
    measured = map_chunks(partial(_cortices, hands), films, executor, "films")
    found = [(film.label_months, cortex) for film, cortex in zip(films, measured, strict=True) if cortex]
    if len(found) < FEWEST:
        return f"Metacarpals were measured on {len(found)} of {len(films)} films, too few for a table."
    rows = []
    for title, index in (("2 T / W", "thickness_index"), ("A / W²", "area_index")):
        means = np.array([(months, getattr(cortex, index)) for months, cortex in found])
        spread = [np.std(each) / np.mean(each) for _, cortex in found if len(each := _each(cortex, index)) == 3]
        low, middle, high = np.percentile(means[:, 1], [5, 50, 95])
        correlation = np.corrcoef(means.T)[0, 1]
        numbers = [f"{middle:.2f}", f"{low:.2f} to {high:.2f}", f"{100 * np.median(spread):.1f} %", f"{correlation:.2f}"]
        rows.append([title, f"{len(found)} of {len(films)}", *numbers])
    header = ("index", "films measured", "median", "5 to 95 %", "variation within a hand", "r with bone age")
    return to_markdown(header, rows)


def _cortices(hands: DrawnHands, films: Iterable[Film]) -> list[CortexMeasures | None]:
    read = (hands.read(film) for film in films)
    return [measure_cortex(hand.pixels, hand.outlines) if hand else None for hand in read]


def _each(cortex: CortexMeasures, index: str) -> list[float]:
    return [getattr(metacarpal, index) for metacarpal in cortex.metacarpals.values()]
