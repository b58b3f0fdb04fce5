"""Agreement of hand masks with drawn outlines, in native pixels, for any way of segmenting."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.outlined_films import OutlinedFilm
from openboneage.evaluate.changes import Film8
from openboneage.evaluate.metrics import dice, to_markdown
from openboneage.hand import geometry
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.locate import locate_hand
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, MASK_THRESHOLD, StandardHand
from openboneage.reading.radiograph import Radiograph
from openboneage.weights.runtime import Model

Mask = NDArray[np.bool_]
Segment = Callable[[Film8], Mask]
"""From a film `(height, width)` to its hand, of the same size."""
HEADER = (
    "films",
    "Dice",
    "lowest",
    "IoU",
    "sensitivity",
    "specificity",
    "boundary (px)",
    "CPU ms",
    "printed in the paper",
)
WORST = 10
NOT_IN_NAMES = re.compile(r"\W+")
"""Characters that the name of a picture does not have."""
DRAWN = 127
TILE_PX = 360


@dataclass(frozen=True)
class MaskScores:
    """Agreement of a mask with the drawn hand; shares 0 to 1.

    Attributes:
        dice: Dice coefficient.
        iou: Intersection over union.
        sensitivity: Share of the drawn hand that was found.
        specificity: Share of the rest that was left out.
        boundary_px: Mean distance of each outline from the other; the diagonal where one is empty.
    """

    dice: float
    iou: float
    sensitivity: float
    specificity: float
    boundary_px: float


@dataclass(frozen=True)
class System:
    """A way of segmenting.

    Attributes:
        name: For the table.
        segment: The way.
        printed: What its paper states, on its own films.
        within: The part of a film on which masks are compared; by default all of it.
    """

    name: str
    segment: Segment
    printed: str = ""
    within: Segment | None = None


@dataclass(frozen=True, eq=False)
class SegmentedFilm:
    """A film as segmented.

    Attributes:
        outlined: The film.
        found: The mask, on its pixels.
        scores: Agreement, in native pixels.
        seconds: Processor time of segmenting.
    """

    outlined: OutlinedFilm
    found: Mask
    scores: MaskScores
    seconds: float


def score_mask(truth: Mask, found: Mask) -> MaskScores:
    """Compare two masks of the same size."""
    both, either = int((truth & found).sum()), int((truth | found).sum())
    drawn = int(truth.sum())
    return MaskScores(
        dice=dice(truth, found),
        iou=both / either if either else 1.0,
        sensitivity=both / drawn if drawn else 1.0,
        specificity=int((~truth & ~found).sum()) / max(truth.size - drawn, 1),
        boundary_px=_boundary_distance(truth, found),
    )


def _boundary_distance(first: Mask, second: Mask) -> float:
    edges = [_edge(mask) for mask in (first, second)]
    if not all(edge.any() for edge in edges):
        return float(np.hypot(*first.shape))
    away = [cv2.distanceTransform((~edge).astype(np.uint8), cv2.DIST_L2, 5) for edge in edges]
    return float((away[0][edges[1]].mean() + away[1][edges[0]].mean()) / 2)


def _edge(mask: Mask) -> Mask:
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(mask & (inner == 0))


def segment_film(system: System, outlined: OutlinedFilm) -> SegmentedFilm:
    """Segment a film and compare at its native size."""
    start = time.process_time()
    found = system.segment(outlined.pixels)
    seconds = time.process_time() - start
    truth, native = outlined.drawing.mask() > 0, _at_size(found, outlined.drawing.size_px)
    if system.within:
        compared = _at_size(system.within(outlined.pixels), outlined.drawing.size_px)
        truth, native = truth & compared, native & compared
    return SegmentedFilm(outlined, found, score_mask(truth, native), seconds)


def _at_size(mask: Mask, size_px: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(mask.astype(np.float32), size_px, interpolation=cv2.INTER_LINEAR) > 0.5)


def segment_films(system: System, films: Iterable[OutlinedFilm]) -> list[SegmentedFilm]:
    """Segment films, one after the other."""
    return [segment_film(system, outlined) for outlined in films]


def system_row(system: System, films: Sequence[SegmentedFilm]) -> list[str]:
    """Cells under `HEADER`, means over the films."""
    means = {name: np.mean([getattr(film.scores, name) for film in films]) for name in MaskScores.__dataclass_fields__}
    lowest = min(film.scores.dice for film in films)
    shares = [f"{means[name]:.3f}" for name in ("iou", "sensitivity", "specificity")]
    seconds = np.median([film.seconds for film in films])
    cells = [f"{means['dice']:.3f}", f"{lowest:.3f}", *shares, f"{means['boundary_px']:.1f}", f"{1000 * seconds:.0f}"]
    return [system.name, *cells, system.printed]


def mask_comparison(systems: Sequence[System], films: Sequence[OutlinedFilm], sheets: Path | None = None) -> str:
    """One row for each system on the same films, as a Markdown table.

    Args:
        systems: Ways of segmenting.
        films: Films to measure on.
        sheets: Folder for a picture of the ten worst masks of each system.
    """
    rows = []
    for system in systems:
        segmented = segment_films(system, films)
        rows.append(system_row(system, segmented))
        if sheets:
            sheets.mkdir(parents=True, exist_ok=True)
            worst = sorted(segmented, key=lambda film: film.scores.dice)[:WORST]
            cv2.imwrite(str(sheets / f"{NOT_IN_NAMES.sub('-', system.name)}.png"), sheet_of(worst))
    return to_markdown((f"{len(films)} {HEADER[0]}", *HEADER[1:]), rows)


def sheet_of(films: Sequence[SegmentedFilm], columns: int = 5) -> Film8:
    """Films with the drawn outline in yellow, the found one in red, id and Dice."""
    tiles = [_tile(film) for film in films]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    return np.vstack([np.hstack(tiles[first : first + columns]) for first in range(0, len(tiles), columns)])


def _tile(film: SegmentedFilm) -> Film8:
    height, width = film.outlined.pixels.shape
    scale = TILE_PX / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    shown = cv2.cvtColor(cv2.resize(film.outlined.pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR)
    found = cv2.resize(film.found.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    for mask, colour in ((film.outlined.drawing.mask(size), (0, 220, 255)), (found, (60, 60, 255))):
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(shown, contours, -1, colour, 1, cv2.LINE_AA)
    cv2.putText(
        shown, f"{film.outlined.film.id}: {film.scores.dice:.3f}", (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 220, 255)
    )
    tile = np.zeros((TILE_PX, TILE_PX, 3), np.uint8)
    tile[: size[1], : size[0]] = shown
    return tile


def finder_systems(finder: Path) -> list[System]:
    """The shipped hand finder on one core, on the whole film, and within its canvas, which ends at the forearm."""
    model = HAND_FINDER.load(finder, threads=1)

    def segment(film: Film8) -> Mask:
        return hand_on(film, model).mask_on_film

    def canvas(film: Film8) -> Mask:
        hand = hand_on(film, model)
        back = geometry.inverse(hand.film_to_canvas(MASK_HEIGHT_PX))
        return geometry.warp(np.ones(hand.mask.shape, np.uint8), back, film.shape) > 0

    return [System("shipped finder", segment), System("shipped finder, within its canvas", segment, within=canvas)]


def canvas_dice(hand: StandardHand, drawn: NDArray[np.uint8]) -> float:
    """Dice over the canvas of a hand, which ends at the forearm; `drawn` is 255 within, over the whole film at any size."""
    height, width = hand.film.shape
    from_fractions = geometry.scaling(width / drawn.shape[1], height / drawn.shape[0])
    onto = geometry.chain(from_fractions, hand.film_to_canvas(MASK_HEIGHT_PX))
    truth = geometry.warp(drawn, onto, hand.mask.shape) > DRAWN
    return dice(truth, hand.mask > MASK_THRESHOLD)


def hand_on(film: Film8, model: Model[FinderSpecification]) -> StandardHand:
    """Locate the hand on pixels."""
    return locate_hand(film_radiograph(film), model)


def film_radiograph(film: Film8) -> Radiograph:
    """Pixels as a radiograph without a file."""
    return Radiograph(pixels=film, display=film, name="film", sha256="0" * 64, format="PNG", bits=8)
