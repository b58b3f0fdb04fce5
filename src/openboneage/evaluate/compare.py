"""Several model sets on the same films, with paired differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from openboneage.errors import InputError
from openboneage.evaluate.ages import Reading, columns
from openboneage.evaluate.bootstrap import mean_interval
from openboneage.evaluate.metrics import Ages, age_figures, percent, to_markdown, within_cells
from openboneage.subject import Sex

HEADER = (
    "films", "models", "n", "refused", "MAE ± SE", "RMSE", "CCC", "bias", "≤ 6", "≤ 12", "≤ 24 months", "coverage", "width",
    "MAE, difference (95 %)",
)  # fmt: skip
GROUPS = {"all": tuple(Sex), "girls": (Sex.FEMALE,), "boys": (Sex.MALE,)}


@dataclass(frozen=True, eq=False)
class Contender:
    """A model set and its readings.

    Attributes:
        name: Name of the set.
        readings: Its readings of the films, in the same order as those of the others.
    """

    name: str
    readings: Sequence[Reading]


def comparison_table(contenders: Sequence[Contender]) -> str:
    """Accuracy on the films that every set answers, as a Markdown table; differences are to the first set.

    Raises:
        InputError: No film is answered by every set.
    """
    films = [reading.film for reading in contenders[0].readings]
    ages = np.stack([_ages(contender) for contender in contenders])
    answered = ~np.isnan(ages[..., 0])
    shared = answered.all(axis=0)
    if not shared.any():
        raise InputError(f"Expected films that every set answers, found none among {len(films)}.")
    read = np.array([film.label_months for film in films])
    rows = []
    for group, sexes in GROUPS.items():
        members = np.array([film.sex in sexes for film in films])
        chosen = members & shared
        if chosen.any():
            refused = (~answered[:, members]).sum(axis=1)
            cells = _cells(read[chosen], ages[:, chosen])
            rows += [
                [group, contender.name, str(chosen.sum()), str(count), *figures]
                for contender, count, figures in zip(contenders, refused, cells, strict=True)
            ]
    return to_markdown(HEADER, rows)


def _ages(contender: Contender) -> Ages:
    """Bone age and the ends of its interval in months, `(films, 3)`; NaN where the film is refused."""
    refused = np.array([not reading.answered for reading in contender.readings])
    ages = columns(contender.readings)[:, 1:]
    return np.where(refused[:, None], np.nan, ages)


def _cells(read: Ages, ages: Ages) -> Iterator[list[str]]:
    """Figures of each set: readings `(films,)`, ages `(sets, films, 3)`."""
    errors = np.abs(ages[..., 0] - read)
    for i, (estimated, low, high) in enumerate(ages.transpose(0, 2, 1)):
        f = age_figures(read, estimated, low, high)
        yield [
            f"{f.mae:.2f} ± {f.mae_sd / np.sqrt(f.films):.2f}", f"{f.rmse:.2f}", f"{f.ccc:.3f}", f"{f.bias:+.2f}",
            *within_cells(f), percent(f.coverage), f"{f.width:.1f}", with_interval(errors[i] - errors[0]) if i else "",
        ]  # fmt: skip


def with_interval(differences: Ages) -> str:
    """Mean of paired differences with its 95 % interval by bootstrap, as text."""
    low, high = mean_interval(differences)
    return f"{differences.mean():+.2f} ({low:+.2f} to {high:+.2f})"
