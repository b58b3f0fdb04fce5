"""Does it matter how a film is reduced? Ways of drawing the native films, and both reductions of the validation films."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.assessor import Assessor
from openboneage.assess.distribution import Probabilities
from openboneage.assess.whole_hand import age_probabilities, mix_sexes, view_mean
from openboneage.datasets.rsna import Film, RsnaFilms, film_radiograph, unsquashed
from openboneage.datasets.share import share_out
from openboneage.datasets.splits import Split
from openboneage.evaluate.metrics import to_markdown
from openboneage.imaging import geometry
from openboneage.imaging.hand import StandardHand, canvas_size
from openboneage.imaging.polarity import bright_bones
from openboneage.imaging.read import read
from openboneage.imaging.samples import SampleSpec, alternately_mirrored, brightness_of_hand, draw_views, mask_weight, normalise
from openboneage.imaging.standardize import standardize
from openboneage.weights.registry import Cards

PHASES = (2, 3, 5)
NATIVE_WAYS = (
    "plain resizing: bilinear",
    "plain resizing: area",
    "one point-sampled phase, not mirrored",
    *(f"{n} x {n} phases, every second mirrored" for n in PHASES),
    "2 x 2 phases and the average, twice",
    "the diagonal of 2 x 2 phases, and the average",
    "for comparison: the 100-px reductions of the same films",
)
REDUCTIONS = ("point samples of 100 x 100 px", "averages of 64 x 64 px", "the mean of both")


def sampling_table(root: Path, cards: Cards, jobs: int) -> str:
    """Error for each way of drawing views of the native films, and for both reductions of validation films; Markdown tables."""
    films = RsnaFilms(root)
    both = [film for film in films.of(Split.VALIDATION) if film.id in films.smooth_ids]
    return "\n\n".join(
        (
            _table("native films", films.of(Split.NATIVE), NATIVE_WAYS, partial(_native_errors, root, cards), jobs),
            _table("validation films with two reductions", both, REDUCTIONS, partial(_reduced_errors, root, cards), jobs),
        )
    )


def _table(
    title: str, films: Sequence[Film], names: Sequence[str], work: Callable[[Sequence[Film]], list[list[float]]], jobs: int
) -> str:
    errors = np.array(share_out(work, films, jobs, title))
    rows = [
        [name, f"{np.abs(error).mean():.2f}", f"{error.mean():+.2f}", f"{np.sqrt((error**2).mean()):.2f}"]
        for name, error in zip(names, errors.T, strict=True)
    ]
    return to_markdown((f"views of {len(films)} {title}", "MAE", "bias", "RMSE"), rows)


def _native_errors(root: Path, cards: Cards, films: Sequence[Film]) -> list[list[float]]:
    source, assessor = RsnaFilms(root), Assessor.load(cards, threads=1)
    spec = SampleSpec.from_card(assessor.whole_hand.card.preprocessing)
    rows = []
    for film in films:
        hand = standardize(read(source.native_path(film.id)), assessor.finder)
        said = [age_probabilities(views, assessor.whole_hand).mean(axis=0) for views in _ways(hand, spec)]
        small = standardize(film_radiograph(source.point_sampled(film.id), film), assessor.finder)
        rows.append([_error(p, film) for p in (*said, view_mean(small, assessor.whole_hand))])
    return rows


def _reduced_errors(root: Path, cards: Cards, films: Sequence[Film]) -> list[list[float]]:
    source, assessor = RsnaFilms(root), Assessor.load(cards, threads=1)
    rows = []
    for film in films:
        hand = standardize(film_radiograph(source.point_sampled(film.id), film), assessor.finder)
        averaged = replace(hand, film=bright_bones(unsquashed(source.smooth(film.id), film.aspect), hand.inverted))
        point, smooth = (view_mean(shown, assessor.whole_hand) for shown in (hand, averaged))
        rows.append([_error(p, film) for p in (point, smooth, (point + smooth) / 2)])
    return rows


def _ways(hand: StandardHand, spec: SampleSpec) -> list[NDArray[np.float32]]:
    """Views of a big film for each of the native ways but the last."""
    one = draw_views(hand, replace(spec, phases=1, diagonal=False, smooth=0))
    many = [alternately_mirrored(draw_views(hand, replace(spec, phases=n, diagonal=False, smooth=0))) for n in PHASES]
    with_average = [
        alternately_mirrored(draw_views(hand, replace(spec, phases=2, diagonal=diagonal, smooth=smooth)))
        for diagonal, smooth in ((False, 2), (True, 1))
    ]
    return [_resized(hand, spec, smooth=False), _resized(hand, spec, smooth=True), one, *many, *with_average]


def _resized(hand: StandardHand, spec: SampleSpec, smooth: bool) -> NDArray[np.float32]:
    """The hand resized in one go: averaged over areas, or bilinear between the four nearest pixels."""
    size = canvas_size(spec.height_px)
    canvas = hand.canvas(spec.height_px) if smooth else geometry.warp(hand.film, hand.film_to_canvas(spec.height_px), size)
    view = normalise(canvas.astype(np.float32), *brightness_of_hand(hand.film, hand, spec))
    return (view * mask_weight(hand.mask, spec.mask_margin, spec.height_px))[None, None].astype(np.float32)


def _error(probabilities: Probabilities, film: Film) -> float:
    """Mean age of a film's sex, from distributions for both `(2, 229)`, less the reading."""
    mixed = mix_sexes(probabilities, film.sex)
    return float(mixed @ np.arange(len(mixed))) - film.age_months
