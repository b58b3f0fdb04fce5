"""Other estimates from the same distributions, and coverage of the intervals by sex and age."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.stats import binom, binomtest

from openboneage.assess.distribution import Calibration, quantile, temperature_scaled
from openboneage.datasets.film_set import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import Reading, columns
from openboneage.evaluate.calibration import UncalibratedReading
from openboneage.evaluate.metrics import AGE_BANDS_MONTHS, AgeFigures, Ages, age_figures, percent, to_markdown
from openboneage.subject import Sex

Groups = dict[str, dict[str, AgeFigures]]

MONTHS = np.arange(229)
UNSEEN_LABELS = 0.05
"""Added to the number of labels of each month, so that no month has probability 0."""
SMOOTHING_MONTHS = 5
"""Standard deviation of the smoothing with which the labels of a month are compared."""
ENOUGH_FILMS = 50
"""The coverage of smaller groups is too uncertain."""
NEAR = 0.02
"""Tolerance around the nominal coverage."""
OWN_FILMS = "The intervals were calibrated on these films: use other films to test them."
"""Note on validation films."""
BANDS = {
    "estimated": tuple(pairwise((0, 60, 96, 132, 162, len(MONTHS)))),
    "read": AGE_BANDS_MONTHS,
}
"""Bands in months, of the estimate and of the reading."""


def answers_report(readings: Sequence[UncalibratedReading], learned: Sequence[Film], calibration: Calibration) -> str:
    """The tables and how many groups have the nominal coverage, as Markdown.

    Args:
        readings: Films of one split that were not used for training.
        learned: Training films; their labels show which ages readers prefer.
        calibration: The calibration in use.

    Raises:
        InputError: The program answers none of the films.
    """
    pairs = [(raw, reading) for raw in readings if (reading := raw.calibrated(calibration)).answered]
    if not pairs:
        raise InputError(f"Expected films with an answer, but all {len(readings)} were refused.")
    raw, answers = zip(*pairs, strict=True)
    groups = group_figures(answers)
    parts = (
        age_table(raw, learned, calibration.temperature),
        coverage_table(age_figures(*columns(answers).T), groups),
        *([OWN_FILMS] if any(reading.film.split is Split.VALIDATION for reading in readings) else []),
        " ".join(covered(kind, list(figures.values()), calibration.coverage) for kind, figures in groups.items()),
    )
    return "\n\n".join(parts)


def age_table(readings: Sequence[UncalibratedReading], learned: Sequence[Film], temperature: float) -> str:
    """Agreement of other ways to read the age."""
    header = (f"age of {len(readings)} films", "MAE", "bias", "RMSE")
    read = np.array([reading.film.label_months for reading in readings])
    rows = []
    for name, ages in ages_by_way(readings, learned, temperature).items():
        error = ages - read
        rows.append([name, f"{np.abs(error).mean():.2f}", f"{error.mean():+.2f}", f"{np.sqrt((error**2).mean()):.2f}"])
    return to_markdown(header, rows)


def ages_by_way(readings: Sequence[UncalibratedReading], learned: Sequence[Film], temperature: float) -> dict[str, Ages]:
    """Ages in months, `(films,)`, for each way to read them from the distributions."""
    raw = np.stack([reading.probabilities for reading in readings])
    scaled = temperature_scaled(raw, temperature)
    preferences = {sex: label_preference(learned, sex) for sex in Sex}
    as_readers = scaled * np.stack([preferences[reading.film.sex] for reading in readings])
    return {
        "mean of the raw distribution": raw @ MONTHS,
        "mean after temperature scaling (used)": scaled @ MONTHS,
        "median after temperature scaling": _medians(scaled),
        "median with a prior on atlas plates": _medians(as_readers / as_readers.sum(axis=1, keepdims=True)),
    }


def _medians(distributions: Ages) -> Ages:
    return np.array([quantile(distribution, 0.5) for distribution in distributions])


def label_preference(films: Sequence[Film], sex: Sex) -> Ages:
    """How much more often readers choose a month than its neighbours, `(229,)`, from the labels of a sex.

    Readers choose plates of the Greulich-Pyle atlas, so most readings are whole or half years.
    """
    labels = np.array([round(film.label_months) for film in films if film.sex is sex], int)
    counts = np.bincount(labels, minlength=len(MONTHS)) + UNSEEN_LABELS
    reach = np.arange(-4 * SMOOTHING_MONTHS, 4 * SMOOTHING_MONTHS + 1)
    bell = np.exp(-(reach**2) / (2 * SMOOTHING_MONTHS**2))
    around = np.convolve(counts, bell, "same") / np.convolve(np.ones_like(counts), bell, "same")
    return np.asarray(counts / around)


def group_figures(answers: Sequence[Reading]) -> Groups:
    """Accuracy by sex and age band, as estimated and as read; groups without films are left out."""
    table = columns(answers)
    sexes = np.array([reading.film.sex for reading in answers])
    groups: Groups = {}
    for kind, months in (("estimated", table[:, 1]), ("read", table[:, 0])):
        groups[kind] = {
            f"{sex}, {kind} as {low}-{high - 1} months": age_figures(*table[chosen].T)
            for sex, members in (("girls", sexes == Sex.FEMALE), ("boys", sexes == Sex.MALE))
            for low, high in BANDS[kind]
            if (chosen := members & (months >= low) & (months < high)).any()
        }
    return groups


def coverage_table(everyone: AgeFigures, groups: Groups) -> str:
    """Coverage of the intervals, for all films and for each group."""
    header = ("group", "n", "coverage (95 % CI)", "width", "MAE", "bias")
    rows = []
    for name, f in {"all": everyone, **groups["estimated"], **groups["read"]}.items():
        low, high = coverage_interval(f)
        coverage = f"{percent(f.coverage)} ({percent(low)} to {percent(high)})"
        rows.append([name, str(f.films), coverage, f"{f.width:.1f}", f"{f.mae:.2f}", f"{f.bias:+.2f}"])
    return to_markdown(header, rows)


def covered(kind: str, figures: Sequence[AgeFigures], nominal: float) -> str:
    """How many groups of one kind have the nominal coverage."""
    large = [f for f in figures if f.films >= ENOUGH_FILMS]
    near = sum(abs(f.coverage - nominal) <= NEAR + 1e-9 for f in large)
    intervals = [coverage_interval(f) for f in large]
    within = sum(low <= nominal <= high for low, high in intervals)
    expected = sum(chance_of_near(f.films, nominal) for f in large)
    return (
        f"Groups by age as {kind} with at least {ENOUGH_FILMS} films: {len(large)}. Coverage is "
        f"{percent(nominal - NEAR, 0)} to {percent(nominal + NEAR, 0)} in {near} (expected with perfect intervals: "
        f"{expected:.1f}), and consistent with {percent(nominal, 0)} (95 % CI) in {within}."
    )


def coverage_interval(figures: AgeFigures) -> tuple[float, float]:
    """The 95 % interval of a coverage, each end 0 to 1 (Wilson, J Am Stat Assoc 1927; 22:209-212)."""
    held = round(figures.coverage * figures.films)
    ends = binomtest(held, figures.films).proportion_ci(method="wilson")
    return float(ends.low), float(ends.high)


def chance_of_near(films: int, nominal: float) -> float:
    """Probability that intervals with exactly the nominal coverage cover about that share of films."""
    held = np.arange(films + 1)
    near = held[np.abs(held / films - nominal) <= NEAR + 1e-9]
    return float(binom.pmf(near, films, nominal).sum())
