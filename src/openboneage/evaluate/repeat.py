"""Repeatability: spread of a film's age under small, harmless changes."""

from __future__ import annotations

from functools import partial

import numpy as np

from openboneage.batch.executor import Executor
from openboneage.datasets.film_set import Film
from openboneage.evaluate import changes
from openboneage.evaluate.ages import LoadAssessor
from openboneage.evaluate.metrics import Ages, percent, to_markdown
from openboneage.evaluate.sample import Sample
from openboneage.evaluate.stress import PLAIN, Changes, read_changed, seed_of
from openboneage.evaluate.unreadable import unread

TARGET_MONTHS = 1.5
"""Largest acceptable SD of a film's age."""


def harmless(film: Film) -> Changes:
    """Eight changes that a radiologist would not notice, by name, after the unchanged film."""
    levels = 0.03 * 255
    return {
        PLAIN: np.copy,
        "rotated by 2°": partial(changes.turned, degrees=2),
        "rotated by -2°": partial(changes.turned, degrees=-2),
        "margins cut": partial(changes.cropped, top=0.01, right=0.01, bottom=0.02, left=0.02),
        "brightness + 3 %, contrast x 0.95": lambda shown: changes.contrasted(changes.brighter(shown, levels), 0.95),
        "brightness - 3 %, contrast x 1.05": lambda shown: changes.contrasted(changes.brighter(shown, -levels), 1.05),
        "JPEG quality 90": partial(changes.jpeg, quality=90),
        "resolution 97 %": partial(changes.reduced, scale=0.97),
        "noise, SD 2 grey levels": partial(changes.noisy, levels=2, seed=seed_of(film)),
    }


def repeat_table(sample: Sample, load: LoadAssessor, executor: Executor) -> str:
    """Spread of the age of each film over its changes, as a Markdown table and a sentence.

    Args:
        sample: The films.
        load: Loads the assessor.
        executor: Where to run.
    """
    films, months = read_changed(sample, harmless, load, executor)
    answered = months[~np.isnan(months).any(axis=1)]
    header = (
        sample.title,
        "always answered",
        "mean SD",
        "root mean square",
        "95 % quantile",
        f"≤ {TARGET_MONTHS} months",
    )
    table = to_markdown(header, [[str(len(months)), *spread_cells(answered)]])
    readings = months.shape[1]
    sentence = f"The SD is that of a film's age over {readings} readings; the target is at most {TARGET_MONTHS} months."
    return "\n\n".join(filter(None, (table, sentence, unread(sample.films, films))))


def spread_cells(months: Ages) -> list[str]:
    """Number of films and the figures of their within-film SD; ages in months, `(films, readings)`."""
    if not len(months):
        return ["0", "", "", "", ""]
    sd = months.std(axis=1, ddof=1)
    figures = sd.mean(), np.sqrt((sd**2).mean()), np.quantile(sd, 0.95)
    return [str(len(months)), *(f"{value:.2f}" for value in figures), percent((sd <= TARGET_MONTHS).mean())]
