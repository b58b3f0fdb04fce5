"""Limits of the accuracy: reader preference for round ages, overfitting, and differences between ranges of RSNA ids.

Errors differ between films of low and high RSNA ids, and most native films have low ids: errors are compared within ranges
of ids, and those of the held-out films are also weighted by the native films in each range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from openboneage.batch.executor import Executor
from openboneage.datasets.film_set import Film, FilmSet, films_of
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.ages import LoadAssessor, Reading, answered, columns, read_films
from openboneage.evaluate.metrics import Ages, percent, to_markdown

LEARNED_EVERY = 8
"""Step through the training films, so that about as many are used as are held out."""
SETS = {
    Split.TRAIN: f"training, every {LEARNED_EVERY}th: the program was trained on them",
    Split.HELD_OUT: "held-out",
    Split.NATIVE: "native",
}
RANGES = {"below 4000": 0, "4000-7999": 4000, "8000-11999": 8000, "from 12000": 12000}
"""Ranges of RSNA ids and the first id of each."""


def read_sets(source: FilmSet, load: LoadAssessor, executor: Executor) -> dict[Split, list[Reading]]:
    """Run the program over some of the training films, and over the held-out and the native ones.

    Args:
        source: The RSNA films.
        load: Loads the assessor.
        executor: Where to run.

    Raises:
        InputError: The set has no film of one of these splits.
    """
    films = {split: films_of(source, split) for split in SETS}
    films[Split.TRAIN] = films[Split.TRAIN][::LEARNED_EVERY]
    return {split: read_films(source, chosen, load, executor) for split, chosen in films.items()}


def limits_report(films: Sequence[Film], readings: Mapping[Split, Sequence[Reading]]) -> str:
    """The tables and the MAE of held-out films weighted like native ones, as Markdown.

    Args:
        films: Every film there is, for its label.
        readings: Training, held-out and native films as read.

    Raises:
        InputError: The program answers no film of a split.
    """
    errors = {split: errors_by_range(readings[split]) for split in SETS}
    unanswered = [split for split in SETS if not sum(map(len, errors[split]))]
    if unanswered:
        raise InputError(f"Expected films with an answer, but all of the split {unanswered[0]} were refused.")
    closing = as_native(errors[Split.HELD_OUT], errors[Split.NATIVE])
    return "\n\n".join((preferred_ages_table(films), learned_table(errors), archive_table(errors), closing))


def preferred_ages_table(films: Sequence[Film]) -> str:
    """Shares of the readings at whole years, at half years and at other months."""
    header = ("readings", "n", "whole years", "half years", "other months")
    months = np.array([film.label_months for film in films])
    splits = np.array([film.split for film in films])
    rows = []
    for name, chosen in {"all": np.ones(len(films), bool), **{str(split): splits == split for split in Split}}.items():
        if chosen.any():
            into_year = months[chosen] % 12
            whole, half = (into_year == 0).mean(), (into_year == 6).mean()
            rows.append([name, str(chosen.sum()), percent(whole), percent(half), percent(1 - whole - half)])
    return to_markdown(header, rows)


def errors_by_range(readings: Sequence[Reading]) -> list[Ages]:
    """Estimate minus reading in months of the films that the program answers, by range of the RSNA id."""
    answers = answered(readings)
    read, estimated, _, _ = columns(answers).T
    place = np.digitize([int(reading.film.id) for reading in answers], list(RANGES.values())) - 1
    return [(estimated - read)[place == i] for i in range(len(RANGES))]


def learned_table(errors: Mapping[Split, Sequence[Ages]]) -> str:
    """Films that the program was trained on, and other films."""
    rows = [[SETS[split], *_cells(np.concatenate(errors[split]))] for split in (Split.TRAIN, Split.HELD_OUT)]
    return to_markdown(("films", "n", "MAE ± SE", "bias"), rows)


def archive_table(errors: Mapping[Split, Sequence[Ages]]) -> str:
    """Each set of films by range of the RSNA id; a range without films has no row."""
    rows = [
        [name, SETS[split], *_cells(errors[split][i])]
        for i, name in enumerate(RANGES)
        for split in SETS
        if len(errors[split][i])
    ]
    return to_markdown(("RSNA id", "films", "n", "MAE ± SE", "bias"), rows)


def _cells(errors: Ages) -> list[str]:
    size = np.abs(errors)
    return [str(len(size)), f"{size.mean():.2f} ± {size.std() / np.sqrt(len(size)):.2f}", f"{errors.mean():+.2f}"]


def as_native(held_out: Sequence[Ages], native: Sequence[Ages]) -> str:
    """The MAE of the held-out films with each range of ids weighted by its number of native films."""
    shared = [(ours, theirs) for ours, theirs in zip(held_out, native, strict=True) if len(ours) and len(theirs)]
    if not shared:
        return "No range of ids has both held-out and native films."
    weights = [len(theirs) for _, theirs in shared]
    weighted = np.average([np.abs(ours).mean() for ours, _ in shared], weights=weights)
    plain, of_native = (np.abs(np.concatenate(errors)).mean() for errors in (held_out, native))
    return (
        f"Held-out films, weighted by the {sum(weights)} native films in each range of ids, have an MAE of {weighted:.2f} "
        f"months; unweighted {plain:.2f}. The native films have {of_native:.2f}."
    )
