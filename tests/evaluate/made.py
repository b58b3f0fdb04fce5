"""Readings made up: what the program would have said of films that there are not."""

from __future__ import annotations

import numpy as np

from openboneage.datasets.rsna import Film
from openboneage.datasets.splits import Split
from openboneage.evaluate.ages import Reading
from openboneage.hand.quality import Verdict
from openboneage.subject import Sex


def bell(mean: float, sd: float) -> np.ndarray:
    weights = np.exp(-((np.arange(229) - mean) ** 2) / (2 * sd**2))
    return np.asarray(weights / weights.sum())


def reading(
    film_id: str, age: float, sex: Sex, girl: float, boy: float, sd: float = 5, verdict: Verdict = Verdict.ACCEPT
) -> Reading:
    """A film with its age as read, and what was said of a girl and of a boy."""
    return Reading(Film(film_id, age, sex, 0.8, Split.HELD_OUT), verdict, np.stack([bell(girl, sd), bell(boy, sd)]))


def scattered(count: int, seed: int, width: float, bias: float = 0.0) -> list[Reading]:
    """Readings that scatter by 10 months around a child's age, and answers: bells `width` times as wide, `bias` months off."""
    rng = np.random.default_rng(seed)
    readings = []
    for i in range(count):
        centre, spread = rng.uniform(50, 170), 10.0
        read = float(np.rint(centre + rng.normal(0, spread)))
        said = bell(centre + bias, width * spread)
        film = Film(str(i), read, Sex.FEMALE if i % 2 else Sex.MALE, 0.8, Split.VALIDATION)
        other = np.full(229, 1 / 229)  # what is said of the other sex must not matter
        pair = (said, other) if film.sex is Sex.FEMALE else (other, said)
        readings.append(Reading(film, Verdict.ACCEPT, np.stack(pair)))
    return readings
