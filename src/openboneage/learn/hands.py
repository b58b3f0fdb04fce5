"""Training hands: the hand of every film is located once, as in an assessment, and augmented at every draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.random import Generator

from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.errors import InputError
from openboneage.hand import geometry
from openboneage.hand.drawing import PictureSpec, brightness_within
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.frame import HEIGHT, LEFT, TOP, WIDTH, canvas_size, draw_smooth
from openboneage.hand.locate import locate_hand
from openboneage.hand.standard_hand import StandardHand
from openboneage.learn.hand_cache import HandCache, PreparedHand
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Sex
from openboneage.weights.runtime import Model

SURROUND = 7 / 6
"""A training canvas is this many times as high and wide as a network's input, so that rotations and shifts do not
leave it."""


@dataclass(frozen=True, eq=False)
class TrainingHand:
    """One film ready to be varied.

    Attributes:
        id: Film.
        prepared: Pixels and mask.
        age_months: Label.
        sex: 0 for a girl, 1 for a boy.
    """

    id: str
    prepared: PreparedHand
    age_months: float
    sex: int


def frame_to_training(height_px: int) -> geometry.Affine:
    """Affine from frame units to the pixels of a training canvas of that height."""
    scale = height_px / (HEIGHT * SURROUND)
    left, top = LEFT - WIDTH * (SURROUND - 1) / 2, TOP - HEIGHT * (SURROUND - 1) / 2
    return geometry.chain(geometry.translation(-left, -top), geometry.scaling(scale, scale))


def prepare_hands(
    films: FilmSet, chosen: Sequence[Film], finder_card: Path, spec: PictureSpec, cache: Path, executor: Executor
) -> list[TrainingHand]:
    """Find the hand on every film chosen, in several processes.

    Args:
        films: The data set.
        chosen: Its films to prepare; see `datasets.film_set.trainable`.
        finder_card: Card of the hand finder.
        spec: Input of the network.
        cache: Folder of prepared hands: those in it are read, the others are prepared and written.
        executor: Where to run.

    Raises:
        InputError: A film has no bone age or no sex.
    """
    labels = [(film.label_months, _sex_index(film)) for film in chosen]
    cache.mkdir(parents=True, exist_ok=True)
    hands = map_chunks(partial(_prepare_chunk, films, finder_card, spec, cache), chosen, executor, "hands")
    return [
        TrainingHand(film.id, hand, age_months, sex)
        for film, hand, (age_months, sex) in zip(chosen, hands, labels, strict=True)
    ]


def _sex_index(film: Film) -> int:
    if film.sex is Sex.UNKNOWN:
        raise InputError(f"Expected a sex for the film {film.id}, which is used for training, found none.")
    return int(film.sex is Sex.MALE)


def _prepare_chunk(
    films: FilmSet, finder_card: Path, spec: PictureSpec, cache: Path, chosen: Sequence[Film]
) -> list[PreparedHand]:
    finder = HAND_FINDER.load(finder_card, threads=1)
    kept, hands = HandCache(cache, finder.card.sha256), []
    for film in chosen:
        radiograph = films.radiograph(film)
        hands.append(kept.get(radiograph.display, spec, partial(_prepare, radiograph, finder, spec)))
    return hands


def _prepare(radiograph: Radiograph, finder: Model[FinderSpecification], spec: PictureSpec) -> PreparedHand:
    return prepared(locate_hand(radiograph, finder), spec)


def prepared(hand: StandardHand, spec: PictureSpec) -> PreparedHand:
    """The canvas of a hand that was found, from which varied pictures are drawn."""
    height_px = round(spec.height_px * SURROUND)
    onto = geometry.chain(hand.film_to_frame, frame_to_training(height_px))
    low, high = brightness_within(hand.canvas(spec.height_px), hand, spec)
    return PreparedHand(
        canvas=draw_smooth(hand.film, onto, canvas_size(height_px)),
        mask=np.rint(hand.mask * 255).astype(np.uint8),
        low=low,
        high=high,
        landmark_score=float(hand.landmark_scores.min()),
    )


@dataclass(frozen=True)
class Variation:
    """The random parameters of one draw of a training hand.

    `resolution` is the film's own, as a share of that of the training canvas; `point_sampled` is true if it was reduced by
    point samples instead of averages. `noise` is its SD in grey levels on the film; `lost` is the share of the range, at its
    dark end, that becomes black.
    """

    resolution: float
    point_sampled: bool
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
    """Strength of the variations of training hands: standard deviations and probabilities.

    `coarse` is the share of coarser films, of which `point_sampled` is the share that is reduced by point samples.
    """

    rotation_degrees: float = 8.0
    scale: float = 0.06
    shift: float = 0.035
    shear: float = 0.04
    mirror: float = 0.5
    coarse: float = 0.40
    point_sampled: float = 0.25
    unmasked: float = 0.12
    gamma: float = 0.22
    contrast: float = 0.10
    brightness: float = 0.06
    blur: float = 0.15
    noise: float = 0.20
    jpeg: float = 0.10
    erase: float = 0.25
    lose: float = 0.10


LEAST_RESOLUTION = 0.3
"""Of a film of 299 px this leaves 90."""


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
    coarse = rng.random() < how.coarse
    return Variation(
        resolution=float(np.exp(rng.uniform(np.log(LEAST_RESOLUTION), 0))) if coarse else 1.0,
        point_sampled=bool(rng.random() < how.point_sampled),
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
