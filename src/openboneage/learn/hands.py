"""Training hands: the hand of every film is found once, as in an assessment, and varied at every draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.datasets.reduced import ReducedFilm, unsquashed
from openboneage.errors import InputError
from openboneage.hand import geometry
from openboneage.hand.drawing import DEFAULT_VIEWS, SampleSpec, brightness_of_hand
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.locate import locate_hand
from openboneage.hand.polarity import bright_bones
from openboneage.learn.hand_cache import HandCache, PreparedHand, View
from openboneage.subject import Sex
from openboneage.weights.runtime import Model


@dataclass(frozen=True, eq=False)
class TrainingHand:
    """One film ready to be varied.

    Attributes:
        id: Film.
        views: The point-sampled view, then the averaged one where there is one.
        film_to_frame: Affine from a view's pixels to hand frame.
        mask: Probability of hand over the canvas, `(256, 192)` uint8.
        age_months: Label.
        sex: 0 for a girl, 1 for a boy.
        landmark_score: Least sure landmark, 0 to 1.
    """

    id: str
    views: tuple[View, ...]
    film_to_frame: geometry.Affine
    mask: NDArray[np.uint8]
    age_months: float
    sex: int
    landmark_score: float


def prepare_hands(
    films: FilmSet, chosen: Sequence[Film], finder_card: Path, cache: Path, executor: Executor
) -> list[TrainingHand]:
    """Find the hand on every film chosen, in several processes.

    Args:
        films: The data set.
        chosen: Its films to prepare; see `datasets.film_set.trainable`.
        finder_card: Card of the hand finder.
        cache: Folder of prepared hands: those in it are read, the others are prepared and written.
        executor: Where to run.

    Raises:
        InputError: A film has no bone age or no sex.
    """
    labels = [(film.label_months, _sex_index(film)) for film in chosen]
    cache.mkdir(parents=True, exist_ok=True)
    hands = map_chunks(partial(_prepare_chunk, films, finder_card, cache), chosen, executor, "hands")
    return [
        TrainingHand(film.id, hand.views, hand.film_to_frame, hand.mask, age_months, sex, hand.landmark_score)
        for film, hand, (age_months, sex) in zip(chosen, hands, labels, strict=True)
    ]


def _sex_index(film: Film) -> int:
    if film.sex is Sex.UNKNOWN:
        raise InputError(f"Expected a sex for the film {film.id}, which is to be learned from, found none.")
    return int(film.sex is Sex.MALE)


def _prepare_chunk(films: FilmSet, finder_card: Path, folder: Path, chunk: Sequence[Film]) -> list[PreparedHand]:
    finder, spec = HAND_FINDER.load(finder_card, threads=1), DEFAULT_VIEWS
    cache, hands = HandCache(folder, finder.card.sha256), []
    for film in chunk:
        reduced = films.reduced(film)
        hands.append(cache.get(reduced, spec, partial(_prepare, reduced, finder, spec)))
    return hands


def _prepare(film: ReducedFilm, finder: Model[FinderSpecification], spec: SampleSpec) -> PreparedHand:
    hand = locate_hand(film.radiograph(), finder)
    shown = [hand.film]
    if film.averaged is not None:
        shown.append(bright_bones(unsquashed(film.averaged, film.aspect), hand.inverted))
    return PreparedHand(
        views=tuple(View(pixels, *brightness_of_hand(pixels, hand, spec)) for pixels in shown),
        film_to_frame=hand.film_to_frame,
        mask=np.rint(hand.mask * 255).astype(np.uint8),
        landmark_score=float(hand.landmark_scores.min()),
    )


@dataclass(frozen=True)
class Variation:
    """Everything random about one draw of a training hand.

    `noise` is its SD in grey levels on the film; `lost` is the share of the range, at its dark end, gone black.
    """

    smooth: bool
    placement: tuple[tuple[float, float, float], tuple[float, float, float]]
    margin: float | None
    gamma: float
    contrast: float
    brightness: float
    blur_px: float
    noise: float
    noise_seed: int
    jpeg_quality: int | None
    erased: tuple[float, float, float, float] | None
    lost: float


@dataclass(frozen=True)
class VariationRange:
    """How far training hands are varied: standard deviations and probabilities."""

    rotation_degrees: float = 8.0
    scale: float = 0.06
    shift: float = 0.035
    shear: float = 0.04
    mirror: float = 0.5
    smooth: float = 0.30
    unmasked: float = 0.12
    gamma: float = 0.22
    contrast: float = 0.10
    brightness: float = 0.06
    blur: float = 0.15
    noise: float = 0.20
    jpeg: float = 0.10
    erase: float = 0.25
    lose: float = 0.10

    def eased(self, strength: float) -> VariationRange:
        """The same with place, tone and erasing varied less; a strength of 1 changes nothing."""
        names = ("rotation_degrees", "scale", "shift", "shear", "gamma", "contrast", "brightness", "erase")
        return replace(self, **{name: getattr(self, name) * strength for name in names})


def draw_variation(rng: Generator, how: VariationRange) -> Variation:
    """Draw one variation."""
    log_scale, log_aspect = rng.normal(0, how.scale), rng.normal(0, how.scale / 2)
    place = geometry.chain(
        geometry.scaling(-1.0 if rng.random() < how.mirror else 1.0, 1.0),
        geometry.scaling(float(np.exp(log_scale + log_aspect)), float(np.exp(log_scale - log_aspect))),
        np.array([[1.0, rng.normal(0, how.shear), 0.0], [0.0, 1.0, 0.0]]),
        geometry.rotation(float(np.clip(rng.normal(0, how.rotation_degrees), -30, 30))),
        geometry.translation(float(rng.normal(0, how.shift)), float(rng.normal(0, how.shift))),
    )
    first, second = (tuple(float(v) for v in row) for row in place)
    return Variation(
        smooth=bool(rng.random() < how.smooth),
        placement=(first, second),  # type: ignore[arg-type]
        margin=None if rng.random() < how.unmasked else float(rng.uniform(0.01, 0.12)),
        gamma=float(np.exp(rng.normal(0, how.gamma))),
        contrast=float(np.exp(rng.normal(0, how.contrast))),
        brightness=float(rng.normal(0, how.brightness)),
        blur_px=float(rng.uniform(0.4, 1.1)) if rng.random() < how.blur else 0.0,
        noise=float(rng.uniform(0, 10)) if rng.random() < how.noise else 0.0,
        noise_seed=int(rng.integers(2**31)),
        jpeg_quality=int(rng.integers(20, 60)) if rng.random() < how.jpeg else None,
        erased=_draw_erased(rng) if rng.random() < how.erase else None,
        lost=float(rng.uniform(0, 0.5)) if rng.random() < how.lose else 0.0,
    )


def _draw_erased(rng: Generator) -> tuple[float, float, float, float]:
    """A rectangle `(top, left, height, width)` in fractions of the canvas."""
    height, width = rng.uniform(0.08, 0.3, 2)
    return float(rng.uniform(0, 1 - height)), float(rng.uniform(0, 1 - width)), float(height), float(width)
