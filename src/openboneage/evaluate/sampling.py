"""Effect of how a film is reduced: ways of drawing the native films, and both reductions of the validation films."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.distribution import Probabilities
from openboneage.assess.estimators.whole_hand import WholeHandEstimator
from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, films_of
from openboneage.datasets.layouts.rsna_packs import RsnaFilms
from openboneage.datasets.reduced import unsquashed
from openboneage.datasets.splits import Split
from openboneage.evaluate.metrics import to_markdown
from openboneage.hand import geometry
from openboneage.hand.drawing import AS_IT_LIES, TWO_PLACES, SampleSpec, brightness_of_hand, draw_views, mask_weight, normalise
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.frame import canvas_size
from openboneage.hand.locate import locate_hand
from openboneage.hand.polarity import bright_bones
from openboneage.hand.standard_hand import StandardHand
from openboneage.weights.registry import ModelSet
from openboneage.weights.runtime import Model

PHASES = (2, 3, 5)
NATIVE_WAYS = (
    "plain resizing: bilinear",
    "plain resizing: area",
    "one point-sampled phase, not mirrored",
    *(f"{n} x {n} phases, every second mirrored" for n in PHASES),
    "the diagonal of 2 x 2 phases and the average twice, every second mirrored",
    "for comparison: the 100-px reductions of the same films",
)
PLACES = {"as it lies": AS_IT_LIES, "at two places": TWO_PLACES, "at three places": (*AS_IT_LIES, *TWO_PLACES)}
"""At each place a coarse film is drawn twice, once to be mirrored."""
REDUCTIONS = ("point samples of 100 x 100 px", "averages of 64 x 64 px", "the mean of both")
REDUCED_WAYS = tuple(f"{reduction}, {place}" for place in PLACES for reduction in REDUCTIONS)


def sampling_table(films: RsnaFilms, models: ModelSet, executor: Executor) -> str:
    """Error for each way of drawing views of the native films, and for both reductions of validation films; Markdown tables."""
    native = films_of(films, Split.NATIVE)
    both = [film for film in films_of(films, Split.VALIDATION) if film.id in films.smooth_ids]
    return "\n\n".join(
        (
            _table("native films", native, NATIVE_WAYS, partial(_native_errors, films, models), executor),
            _table(
                "validation films with two reductions", both, REDUCED_WAYS, partial(_reduced_errors, films, models), executor
            ),
        )
    )


def _table(
    title: str,
    films: Sequence[Film],
    names: Sequence[str],
    work: Callable[[Sequence[Film]], list[list[float]]],
    executor: Executor,
) -> str:
    errors = np.array(map_chunks(work, films, executor, title))
    rows = [
        [name, f"{np.abs(error).mean():.2f}", f"{error.mean():+.2f}", f"{np.sqrt((error**2).mean()):.2f}"]
        for name, error in zip(names, errors.T, strict=True)
    ]
    return to_markdown((f"views of {len(films)} {title}", "MAE", "bias", "RMSE"), rows)


def _native_errors(source: RsnaFilms, models: ModelSet, films: Sequence[Film]) -> list[list[float]]:
    finder, estimator = _finder(models), WholeHandEstimator.load(models, 1)
    rows = []
    for film in films:
        hand = locate_hand(source.radiograph(film), finder)
        estimates = [estimator.of_views(views, film.sex) for views in _ways(hand, estimator.views)]
        small = locate_hand(source.reduced(film).radiograph(), finder)
        estimates.append(estimator.uncalibrated(small, film.sex))
        rows.append([_error(p, film) for p in estimates])
    return rows


def _reduced_errors(source: RsnaFilms, models: ModelSet, films: Sequence[Film]) -> list[list[float]]:
    finder, estimator = _finder(models), WholeHandEstimator.load(models, 1)
    rows = []
    for film in films:
        hand = locate_hand(source.reduced(film).radiograph(), finder)
        averaged = replace(hand, film=bright_bones(unsquashed(source.smooth(film.id), source.aspects[film.id]), hand.inverted))
        estimates: list[Probabilities] = []
        for places in PLACES.values():
            views = [draw_views(shown, replace(estimator.views, places=places)) for shown in (hand, averaged)]
            point, smooth = (estimator.of_views(each, film.sex) for each in views)
            estimates += [point, smooth, (point + smooth) / 2]
        rows.append([_error(p, film) for p in estimates])
    return rows


def _finder(models: ModelSet) -> Model[FinderSpecification]:
    return HAND_FINDER.load(models.card(HAND_FINDER.name), threads=1)


def _ways(hand: StandardHand, spec: SampleSpec) -> list[NDArray[np.float32]]:
    """Views of a big film for each of the native ways but the last."""
    resized = [_resized(hand, spec, smooth=smooth) for smooth in (False, True)]
    phases = [draw_views(hand, replace(spec, phases=n, diagonal=False, smooth=0)) for n in (1, *PHASES)]
    return [*resized, *phases, draw_views(hand, replace(spec, phases=2, diagonal=True, smooth=2))]


def _resized(hand: StandardHand, spec: SampleSpec, smooth: bool) -> NDArray[np.float32]:
    """The hand resized in one go: averaged over areas, or bilinear between the four nearest pixels."""
    size = canvas_size(spec.height_px)
    canvas = hand.canvas(spec.height_px) if smooth else geometry.warp(hand.film, hand.film_to_canvas(spec.height_px), size)
    view = normalise(canvas.astype(np.float32), *brightness_of_hand(hand.film, hand, spec))
    return (view * mask_weight(hand.mask, spec.mask_margin, spec.height_px))[None, None].astype(np.float32)


def _error(probabilities: Probabilities, film: Film) -> float:
    """Mean age of a distribution `(229,)` less the reading."""
    return float(probabilities @ np.arange(len(probabilities))) - film.label_months
