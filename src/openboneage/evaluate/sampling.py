"""Does it matter how a big film is reduced? The native films through several ways of drawing views, one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.assess.assessor import Assessor
from openboneage.assess.whole_hand import age_probabilities, mix_sexes
from openboneage.datasets.rsna import Film, RsnaFilms, film_radiograph
from openboneage.datasets.share import share_out
from openboneage.datasets.splits import Split
from openboneage.evaluate.metrics import to_markdown
from openboneage.imaging import geometry
from openboneage.imaging.hand import StandardHand, canvas_size
from openboneage.imaging.read import read
from openboneage.imaging.samples import SampleSpec, alternately_mirrored, brightness_of_hand, draw_views, mask_weight, normalise
from openboneage.imaging.standardize import standardize
from openboneage.weights.registry import Cards

PHASES = (1, 2, 3, 5)


def sampling_table(root: Path, cards: Cards, jobs: int) -> str:
    """Error on the native films for each way of drawing views, as a Markdown table."""
    films = RsnaFilms(root).of(Split.NATIVE)
    errors = np.array(share_out(partial(_errors, root, cards), films, jobs, "native films"))
    rows = [
        [name, f"{np.abs(error).mean():.2f}", f"{error.mean():+.2f}", f"{np.sqrt((error**2).mean()):.2f}"]
        for name, error in zip(_names(), errors.T, strict=True)
    ]
    return to_markdown((f"views of {len(films)} native films", "MAE", "bias", "RMSE"), rows)


def _names() -> list[str]:
    plain = ["plain resizing: bilinear", "plain resizing: area", "one point-sampled phase, not mirrored"]
    phases = [f"{n} x {n} phases, every second mirrored" for n in PHASES if n > 1]
    return [*plain, *phases, "for comparison: the 100-px reductions of the same films"]


def _errors(root: Path, cards: Cards, films: Sequence[Film]) -> list[list[float]]:
    source, assessor = RsnaFilms(root), Assessor.load(cards, threads=1)
    spec = SampleSpec.from_card(assessor.whole_hand.card.preprocessing)
    rows = []
    for film in films:
        hand = standardize(read(source.native_path(film.id)), assessor.finder)
        months = [_mean_months(views, film, assessor) for views in _ways(hand, spec)]
        small = standardize(film_radiograph(source.point_sampled(film.id), film), assessor.finder)
        months.append(_mean_months(alternately_mirrored(draw_views(small, spec)), film, assessor))
        rows.append([value - film.age_months for value in months])
    return rows


def _ways(hand: StandardHand, spec: SampleSpec) -> list[NDArray[np.float32]]:
    one = draw_views(hand, replace(spec, phases=1))
    many = [alternately_mirrored(draw_views(hand, replace(spec, phases=n))) for n in PHASES if n > 1]
    return [_resized(hand, spec, smooth=False), _resized(hand, spec, smooth=True), one, *many]


def _resized(hand: StandardHand, spec: SampleSpec, smooth: bool) -> NDArray[np.float32]:
    """The hand resized in one go: averaged over areas, or bilinear between the four nearest pixels."""
    size = canvas_size(spec.height_px)
    canvas = hand.canvas(spec.height_px) if smooth else geometry.warp(hand.film, hand.film_to_canvas(spec.height_px), size)
    view = normalise(canvas.astype(np.float32), *brightness_of_hand(hand.film, hand, spec))
    return (view * mask_weight(hand.mask, spec.mask_margin, spec.height_px))[None, None].astype(np.float32)


def _mean_months(views: NDArray[np.float32], film: Film, assessor: Assessor) -> float:
    probabilities = mix_sexes(age_probabilities(views, assessor.whole_hand).mean(axis=0), film.sex)
    return float(probabilities @ np.arange(len(probabilities)))
