"""Other ways to read an age and its interval from the same distributions, so that figures back the ways that are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import comb

import numpy as np

from openboneage.assess.distribution import AgeDistribution, Calibration, quantile, sharpen
from openboneage.assess.whole_hand import mix_sexes
from openboneage.datasets.rsna import Film
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import Reading, answered, columns, estimate
from openboneage.evaluate.calibration import BANDS_MONTHS, COVERAGE, calibrate
from openboneage.evaluate.metrics import AGE_BANDS_MONTHS, AgeFigures, Ages, age_figures, percent, to_markdown, wilson_interval
from openboneage.subject import Sex

Answers = Sequence[tuple[Reading, AgeDistribution]]
Groups = dict[str, dict[str, AgeFigures]]

MONTHS = np.arange(229)
UNSEEN_LABELS = 0.05
"""Added to the number of labels of each month, so that none is impossible."""
SMOOTHING_MONTHS = 5
"""Standard deviation of the smoothing that a month's labels are compared with."""
HALVINGS = 40
SEED = 20170826
ENOUGH_FILMS = 50
"""Smaller groups say too little of a coverage."""
NEAR = 0.02
"""How far a coverage may be from the one that is promised."""
OWN_FILMS = "These films set the intervals: only other films test them."
"""Said of validation films."""
WAYS: dict[str, Callable[[Sequence[Reading]], Calibration]] = {
    "one mass for all": lambda readings: replace(calibrate(readings, ()), female=(), male=()),
    "one for each sex": lambda readings: calibrate(readings, (), steady=False),
    "one for each sex and band of estimated age": lambda readings: calibrate(readings, steady=False),
    "these drawn toward the one for all (what ships)": calibrate,
}
BANDS = {
    "estimated": tuple(pairwise((0, *map(int, BANDS_MONTHS), len(MONTHS)))),
    "read": AGE_BANDS_MONTHS,
}
"""Bands in months: of the estimate, those that have intervals of their own; of the reading, those of all figures."""


def answers_report(readings: Sequence[Reading], learned: Sequence[Film], calibration: Calibration) -> str:
    """The tables and how many groups are covered as promised, as Markdown.

    Args:
        readings: Films of one split that nothing was learned from.
        learned: Training films, whose labels tell the readers' habit.
        calibration: The calibration that ships.

    Raises:
        InputError: The program answers none of the films, or there are too few to set some aside.
    """
    answers = answered(readings, calibration)
    if not answers:
        raise InputError(f"Expected films with an answer, but all {len(readings)} were refused.")
    groups = group_figures(answers)
    parts = (
        age_table([reading for reading, _ in answers], learned, calibration.temperature),
        interval_table(readings, {reading.film.id for reading, _ in answers}),
        coverage_table(age_figures(*columns(answers).T), groups),
        *([OWN_FILMS] if any(reading.film.split is Split.VALIDATION for reading in readings) else []),
        " ".join(covered(kind, list(figures.values()), calibration.coverage) for kind, figures in groups.items()),
    )
    return "\n\n".join(parts)


def age_table(readings: Sequence[Reading], learned: Sequence[Film], temperature: float) -> str:
    """Agreement of other ways to read the age."""
    header = (f"age of {len(readings)} films", "MAE", "bias", "RMSE")
    read = np.array([reading.film.age_months for reading in readings])
    rows = []
    for name, ages in ages_by_way(readings, learned, temperature).items():
        error = ages - read
        rows.append([name, f"{np.abs(error).mean():.2f}", f"{error.mean():+.2f}", f"{np.sqrt((error**2).mean()):.2f}"])
    return to_markdown(header, rows)


def ages_by_way(readings: Sequence[Reading], learned: Sequence[Film], temperature: float) -> dict[str, Ages]:
    """Ages in months, `(films,)`, by the way in which they are read from the distributions."""
    raw = np.stack([mix_sexes(reading.probabilities, reading.film.sex) for reading in readings])
    honest = sharpen(raw, temperature)
    habits = {sex: habit(learned, sex) for sex in Sex}
    as_readers = honest * np.stack([habits[reading.film.sex] for reading in readings])
    return {
        "mean of the raw distribution": raw @ MONTHS,
        "mean after temperature (what ships)": honest @ MONTHS,
        "median after temperature": _medians(honest),
        "median with the plates' prior": _medians(as_readers / as_readers.sum(axis=1, keepdims=True)),
    }


def _medians(distributions: Ages) -> Ages:
    return np.array([quantile(distribution, 0.5) for distribution in distributions])


def habit(films: Sequence[Film], sex: Sex) -> Ages:
    """How much likelier readers are to name a month than those around it, `(229,)`, from the labels of a sex.

    Readers answer with the plates of the Greulich-Pyle atlas, so most of their readings are whole or half years.
    """
    labels = np.array([round(film.age_months) for film in films if film.sex is sex], int)
    counts = np.bincount(labels, minlength=len(MONTHS)) + UNSEEN_LABELS
    reach = np.arange(-4 * SMOOTHING_MONTHS, 4 * SMOOTHING_MONTHS + 1)
    bell = np.exp(-(reach**2) / (2 * SMOOTHING_MONTHS**2))
    around = np.convolve(counts, bell, "same") / np.convolve(np.ones_like(counts), bell, "same")
    return np.asarray(counts / around)


def interval_table(readings: Sequence[Reading], answered_ids: set[str]) -> str:
    """Other ways to set the interval, set on one half of the films and tried on the other, over the films that are answered."""
    header = (
        f"interval, set on one half and tried on the other, {HALVINGS} times", "coverage", "width",
        *(f"off the promise by sex and age as {kind}" for kind in BANDS),
    )  # fmt: skip
    rows = []
    for name, way in WAYS.items():
        trials = [[pair for pair in trial if pair[0].film.id in answered_ids] for trial in on_other_halves(readings, way)]
        figures = [age_figures(*columns(answers).T) for answers in trials if answers]
        groups = [group_figures(answers) for answers in trials]
        off = [off_promise([list(group[kind].values()) for group in groups], COVERAGE) for kind in BANDS]
        coverage, width = np.mean([[f.coverage, f.width] for f in figures], axis=0)
        rows.append([name, percent(coverage), f"{width:.1f}", *(f"{100 * share:.1f} points" for share in off)])
    return to_markdown(header, rows)


def on_other_halves(readings: Sequence[Reading], way: Callable[[Sequence[Reading]], Calibration]) -> list[Answers]:
    """The films of one half each time, with the temperature and the masses that were set on the other half.

    Halves, since leaving out a few films in turn would try each group's mass on much the same films that set it.

    Raises:
        InputError: There are too few films.
    """
    if len(readings) < 2:
        raise InputError(f"Expected at least two films to set some aside, got {len(readings)}.")
    rng = np.random.default_rng(SEED)
    trials: list[Answers] = []
    for _ in range(HALVINGS):
        mixed = [readings[i] for i in rng.permutation(len(readings))]
        half = len(mixed) // 2
        calibration = way(mixed[:half])
        trials.append([(reading, estimate(reading, calibration)) for reading in mixed[half:]])
    return trials


def off_promise(trials: Sequence[Sequence[AgeFigures]], promised: float) -> float:
    """Root mean square of how far groups' coverages lie from the one promised, each counted by its films."""
    off = np.array([[f.films, (f.coverage - promised) ** 2] for figures in trials for f in figures])
    return float(np.sqrt((off[:, 0] * off[:, 1]).sum() / off[:, 0].sum()))


def group_figures(answers: Answers) -> Groups:
    """Figures of each sex in each band of age, as estimated and as read; a group without films has none."""
    table = columns(answers)
    girls = np.array([reading.film.sex is Sex.FEMALE for reading, _ in answers], bool)
    groups: Groups = {}
    for kind, months in (("estimated", table[:, 1]), ("read", table[:, 0])):
        groups[kind] = {
            f"{sex}, {kind} as {low}-{high - 1} months": age_figures(*table[chosen].T)
            for sex, members in (("girls", girls), ("boys", ~girls))
            for low, high in BANDS[kind]
            if (chosen := members & (months >= low) & (months < high)).any()
        }
    return groups


def coverage_table(everyone: AgeFigures, groups: Groups) -> str:
    """Coverage of the intervals as they ship, of all films and of each group."""
    header = ("interval as it ships", "n", "coverage (95 %)", "width", "MAE", "bias")
    rows = []
    for name, f in {"all": everyone, **groups["estimated"], **groups["read"]}.items():
        low, high = wilson_interval(f.coverage, f.films)
        coverage = f"{percent(f.coverage)} ({percent(low)} to {percent(high)})"
        rows.append([name, str(f.films), coverage, f"{f.width:.1f}", f"{f.mae:.2f}", f"{f.bias:+.2f}"])
    return to_markdown(header, rows)


def covered(kind: str, figures: Sequence[AgeFigures], promised: float) -> str:
    """How many groups of one kind are covered as promised."""
    large = [f for f in figures if f.films >= ENOUGH_FILMS]
    near = sum(abs(f.coverage - promised) <= NEAR + 1e-9 for f in large)
    intervals = [wilson_interval(f.coverage, f.films) for f in large]
    within = sum(low <= promised <= high for low, high in intervals)
    expected = sum(chance_of_near(f.films, promised) for f in large)
    return (
        f"Of the {len(large)} groups by age as {kind} that have {ENOUGH_FILMS} films or more, the coverage lies within "
        f"{percent(promised - NEAR, 0)} to {percent(promised + NEAR, 0)} in {near} (perfect intervals: {expected:.1f} on "
        f"average), and {percent(promised, 0)} lies within the 95 % interval of the coverage in {within}."
    )


def chance_of_near(films: int, promised: float) -> float:
    """Probability that intervals that hold a reading with exactly the promised probability cover about that share of films."""
    held = (k for k in range(films + 1) if abs(k / films - promised) <= NEAR + 1e-9)
    return sum(comb(films, k) * promised**k * (1 - promised) ** (films - k) for k in held)
