"""Robustness: the whole program on films that are rotated, flipped, blurred, marked, reduced or changed in tone.

Source: Santomartino et al., "Evaluating the Robustness of a Deep Learning Bone Age Algorithm to Clinical Image Variation Using
Computational Stress Testing", Radiology: Artificial Intelligence 2024, doi 10.1148/ryai.230240: rotations, flips, brightness,
contrast, inversion, laterality marker, resolution. Gamma, blur, noise, JPEG and white border are added; the strengths are ours.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.evaluate import changes
from openboneage.evaluate.ages import LoadAssessor, Reading, read_radiograph
from openboneage.evaluate.changes import Film8
from openboneage.evaluate.metrics import Ages, percent, to_markdown
from openboneage.evaluate.sample import Sample
from openboneage.evaluate.unreadable import radiograph_of, unread, without_unreadable

Changes = dict[str, Callable[[Film8], Film8]]

PLAIN = "unchanged"
TURNS_DEGREES = (15, 45, 90, 135, 180, 270)
MAE_TOLERANCE = 0.10
"""A stress is met if it increases the error by at most this share."""
FINE_HEIGHT_PX = 300
"""Films of at least this height are reduced further."""


def stresses(film: Film, scales: tuple[float, float]) -> Changes:
    """The stresses of a film by name, the unchanged film first; the noise depends only on the film's id.

    Args:
        film: The film.
        scales: Sizes that it is reduced to.
    """
    levels, seed = round(0.2 * 255), seed_of(film)
    return {
        PLAIN: np.copy,
        **{f"rotated by {degrees}°": partial(changes.turned, degrees=degrees) for degrees in TURNS_DEGREES},
        "flipped left to right": partial(changes.turned, degrees=0, mirror=True),
        "flipped upside down": partial(changes.turned, degrees=180, mirror=True),
        "flipped left to right, rotated by 45°": partial(changes.turned, degrees=45, mirror=True),
        "flipped upside down, rotated by 45°": partial(changes.turned, degrees=225, mirror=True),
        "inverted": changes.inverted,
        "brightness + 20 %": partial(changes.brighter, levels=levels),
        "brightness - 20 %": partial(changes.brighter, levels=-levels),
        **{f"contrast x {factor}": partial(changes.contrasted, factor=factor) for factor in (0.5, 0.75, 1.25, 1.5)},
        **{f"gamma {exponent}": partial(changes.gamma, exponent=exponent) for exponent in (0.5, 2)},
        **{f"blur, SD {percent(share)} of the height": partial(changes.blurred, sigma_share=share) for share in (0.001, 0.002)},
        **{f"noise, SD {sd} grey levels": partial(changes.noisy, levels=sd, seed=seed) for sd in (5, 10)},
        **{f"resolution {percent(scale, 0)}": partial(changes.reduced, scale=scale) for scale in scales},
        "JPEG quality 30": partial(changes.jpeg, quality=30),
        "lead letter": changes.marked,
        "lead letter on a plate": partial(changes.marked, plate=True),
        "white border": partial(changes.framed, share=0.05),
    }


def scales_of(height_px: int) -> tuple[float, float]:
    """Sizes that films of a height are reduced to; films of the 100-px pack are reduced less."""
    return (0.5, 0.25) if height_px >= FINE_HEIGHT_PX else (0.75, 0.5)


def seed_of(film: Film) -> int:
    """Seed of the random changes of a film."""
    return zlib.crc32(film.id.encode())


def stress_table(sample: Sample, load: LoadAssessor, executor: Executor) -> str:
    """Each stress against the same films unchanged, as a Markdown table and a sentence.

    Args:
        sample: The films.
        load: Loads the assessor.
        executor: Where to run.
    """
    radiographs = (radiograph_of(sample.source, film) for film in sample.films)
    height_px = next((radiograph.height_px for radiograph in radiographs if radiograph), 0)
    change = partial(stresses, scales=scales_of(height_px))
    films, months = read_changed(sample, change, load, executor)
    truth = np.array([film.label_months for film in films])
    rows = [stress_row(name, truth, months[:, 0], column) for name, column in zip(change(films[0]), months.T, strict=True)]
    header = (
        f"{len(truth)} {sample.title}",
        "answered",
        "refused",
        "MAE",
        "MAE unchanged",
        "change",
        "mean change of age",
        "met",
    )
    met = sum(row[-1] == "yes" for row in rows[1:])
    sentence = (
        f"{met} of {len(rows) - 1} stresses are met: they increase the error by at most {percent(MAE_TOLERANCE, 0)}. Both "
        "errors are over films that are answered with and without the stress. Refusals do not count."
    )
    return "\n\n".join(filter(None, (to_markdown(header, rows), sentence, unread(sample.films, films))))


def stress_row(name: str, truth: Ages, plain: Ages, changed: Ages) -> list[str]:
    """One row from bone ages in months: reading, unchanged film and stressed film; NaN if refused."""
    answered = ~np.isnan(changed)
    both = answered & ~np.isnan(plain)
    counts = [name, str(answered.sum()), str((~answered).sum())]
    if not both.any():
        return [*counts, "", "", "", "", "no"]
    before, after = np.abs(plain - truth)[both].mean(), np.abs(changed - truth)[both].mean()
    moved = np.abs(changed - plain)[both].mean()
    figures = [f"{after:.2f}", f"{before:.2f}", f"{100 * (after / before - 1):+.1f} %", f"{moved:.2f}"]
    return [*counts, *figures, "yes" if after <= (1 + MAE_TOLERANCE) * before else "no"]


def read_changed(
    sample: Sample, change: Callable[[Film], Changes], load: LoadAssessor, executor: Executor
) -> tuple[list[Film], Ages]:
    """Run the program over films under changes.

    Args:
        sample: The films.
        change: Returns the changes of a film; must be picklable.
        load: Loads the assessor.
        executor: Where to run.

    Returns:
        The films that could be read, and their bone ages in months, `(films, changes)`; NaN where the program refuses.

    Raises:
        InputError: No film can be read.
    """
    work = partial(_read_chunk, sample.source, change, load)
    rows = without_unreadable(map_chunks(work, sample.films, executor, "films under changes"), sample.films)
    return [row[0].film for row in rows], np.array([[_months(reading) for reading in row] for row in rows])


def _read_chunk(
    source: FilmSet, change: Callable[[Film], Changes], load: LoadAssessor, films: Sequence[Film]
) -> list[list[Reading] | None]:
    assessor = load()

    def read(film: Film) -> list[Reading] | None:
        plain = radiograph_of(source, film)
        if plain is None:
            return None
        shown = (each(plain.display) for each in change(film).values())
        return [read_radiograph(film, replace(plain, pixels=pixels, display=pixels), assessor) for pixels in shown]

    return [read(film) for film in films]


def _months(reading: Reading) -> float:
    return reading.age.mean_months if reading.answered else np.nan
