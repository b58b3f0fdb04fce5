"""Effect of a film's size on its bone age: the same films at full size and reduced."""

from __future__ import annotations

from functools import partial

import numpy as np

from openboneage.batch.executor import Executor
from openboneage.datasets.film_set import Film
from openboneage.evaluate import changes
from openboneage.evaluate.ages import LoadAssessor
from openboneage.evaluate.metrics import Ages, to_markdown
from openboneage.evaluate.sample import Sample
from openboneage.evaluate.stress import PLAIN, Changes, read_changed
from openboneage.evaluate.unreadable import unread

LONG_SIDES_PX = (600, 299, 150, 100)


def sizes(_: Film) -> Changes:
    """A film unchanged, and with its longer side reduced to each size by area averages, to the last by point samples too."""
    last = LONG_SIDES_PX[-1]
    return {
        PLAIN: np.copy,
        **{f"{side} px": partial(changes.with_long_side, side_px=side) for side in LONG_SIDES_PX},
        f"{last} px, point samples": partial(changes.with_long_side, side_px=last, point_sampled=True),
    }


def resolution_table(sample: Sample, load: LoadAssessor, executor: Executor) -> str:
    """Ages of reduced films compared with the unchanged films, as a Markdown table, and the films that could not be read.

    Args:
        sample: The films.
        load: Loads the assessor.
        executor: Where to run.
    """
    films, months = read_changed(sample, sizes, load, executor)
    read = np.array([film.label_months for film in films])
    header = (f"{len(read)} {sample.title}", "answered", "MAE", "bias", "mean change of the age", "SD of the change")
    rows = [size_row(name, read, months[:, 0], column) for name, column in zip(sizes(films[0]), months.T, strict=True)]
    return "\n\n".join(filter(None, (to_markdown(header, rows), unread(sample.films, films))))


def size_row(name: str, read: Ages, plain: Ages, reduced: Ages) -> list[str]:
    """One row from bone ages in months: reading, unchanged film and reduced film; NaN if refused."""
    answered = ~np.isnan(reduced)
    counts = [name, str(answered.sum())]
    both = answered & ~np.isnan(plain)
    if not both.any():
        return [*counts, "", "", "", ""]
    error, moved = (reduced - read)[both], (reduced - plain)[both]
    return [*counts, f"{np.abs(error).mean():.2f}", f"{error.mean():+.2f}", f"{moved.mean():+.2f}", f"{moved.std():.2f}"]
