"""The mask of the hand finder under stress: Dice with the drawn hand on outlined films that were changed.

Dice is over the canvas, as in `boneage evaluate mask`. Changes move the film and its drawn hand together. What is drawn over
the hand, such as a cast, leaves the hand as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.outlined_films import OutlinedFilms
from openboneage.evaluate import changes
from openboneage.evaluate.changes import Film8
from openboneage.evaluate.masks import canvas_dice, hand_on
from openboneage.evaluate.metrics import to_markdown
from openboneage.hand import geometry
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.weights.runtime import Model

HEIGHT_PX = 1024
"""Larger films are reduced to this height, so that all changes of all films take minutes."""
ENOUGH = 0.95
TURNS_DEGREES = tuple(range(15, 360, 15))
COLLIMATED_DEGREES = (-15, 10)
"""Turns of the field of exposure against the film."""
FIELD_MARGIN = 0.03
MARKER_SHARE = 0.07
DIM = 0.2
"""Share of the brightness that an underexposed film keeps, before noise."""
DIM_NOISE = 3.0
CAST_LEVELS = 45
CUTS = (0.06, 0.12)
"""Shares of the hand's height that are cut off at the fingertips."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A film and the hands on it, any of which may be found.

    Attributes:
        film: `(height, width)`.
        hands: The drawn hand, or both.
    """

    film: Film8
    hands: tuple[Film8, ...]

    def with_film(self, film: Film8) -> Scene:
        """The same hands on other pixels."""
        return Scene(film, self.hands)


Change = Callable[[Scene], Scene]


def families(other: Scene) -> dict[str, list[Change]]:
    """The changes of each family; `other` is a second hand."""
    return {
        "unchanged": [lambda each: each],
        "rotated": [partial(turned, degrees=degrees) for degrees in TURNS_DEGREES],
        "inverted": [lambda each: each.with_film(changes.inverted(each.film))],
        "angled collimation": [partial(collimated, degrees=degrees) for degrees in COLLIMATED_DEGREES],
        "marker touching the hand": [partial(touched, place=place) for place in (0.3, 0.7)],
        "low exposure": [underexposed],
        "cast": [with_cast],
        "ring": [with_ring],
        "two hands": [partial(beside, other=other)],
        "fingers cut": [partial(cut, share=share) for share in CUTS],
    }


def turned(scene: Scene, degrees: float) -> Scene:
    """The film rotated on a black canvas."""
    return Scene(changes.turned(scene.film, degrees), tuple(changes.turned(hand, degrees) for hand in scene.hands))


def collimated(scene: Scene, degrees: float) -> Scene:
    """Black outside a turned field around the hand."""
    height, width = scene.film.shape
    about = geometry.rotation(degrees)
    hand = np.argwhere(scene.hands[0] > 0)[:, ::-1].astype(float)
    left, top, right, bottom = geometry.bounds(geometry.move(hand, about))
    margin = FIELD_MARGIN * height
    left, top, right, bottom = left - margin, top - margin, right + margin, bottom + margin
    field = geometry.move(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]), geometry.inverse(about))
    inside = cv2.fillPoly(np.zeros((height, width), np.uint8), [np.rint(field).astype(np.int32)], 1)
    return scene.with_film(np.where(inside > 0, scene.film, 0).astype(np.uint8))


def touched(scene: Scene, place: float) -> Scene:
    """A bright plate against the side of the hand, at a share of the hand's height."""
    rows, columns = np.nonzero(scene.hands[0])
    row = round(rows.min() + place * np.ptp(rows))
    edge, side = int(columns[rows == row].min()), max(round(MARKER_SHARE * scene.film.shape[0]), 2)
    drawn = scene.film.copy()
    drawn[row : row + side, max(edge - side, 0) : edge + 1] = 235
    drawn[scene.hands[0] > 0] = scene.film[scene.hands[0] > 0]
    return scene.with_film(drawn)


def underexposed(scene: Scene) -> Scene:
    """A dark film with noise."""
    return scene.with_film(changes.noisy((scene.film * DIM).astype(np.uint8), DIM_NOISE, seed=0))


def with_cast(scene: Scene) -> Scene:
    """A brighter band around the forearm and the wrist, wider than the arm, with a rough surface."""
    height, width = scene.film.shape
    rows = np.nonzero(scene.hands[0])[0]
    top = round(rows.min() + 0.78 * np.ptp(rows))
    arm = cv2.dilate(scene.hands[0], np.ones((1, 2 * round(0.03 * width) + 1), np.uint8)) > 0
    arm[:top] = False
    rough = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, (height, width)), (0, 0), 0.004 * height)
    level = arm * (CAST_LEVELS + 10 * rough / max(float(rough.std()), 1e-6))
    return scene.with_film(np.clip(np.rint(scene.film + level), 0, 255).astype(np.uint8))


def with_ring(scene: Scene) -> Scene:
    """A metal ring on the longest finger."""
    rows = np.nonzero(scene.hands[0])[0]
    height = max(round(0.015 * np.ptp(rows)), 2)
    row = round(rows.min() + 0.25 * np.ptp(rows))
    _, parts = cv2.connectedComponents(scene.hands[0][: row + height])
    tip = int(np.nonzero(scene.hands[0][rows.min()])[0][0])
    drawn = scene.film.copy()
    finger = parts == parts[rows.min(), tip]
    finger[:row] = False
    drawn[: row + height][finger] = 250
    return scene.with_film(drawn)


def beside(scene: Scene, other: Scene) -> Scene:
    """A second film beside it, brought to its height."""
    height = scene.film.shape[0]
    size = max(round(other.film.shape[1] * height / other.film.shape[0]), 1), height
    film, hand = (
        np.asarray(cv2.resize(each, size, interpolation=cv2.INTER_AREA), np.uint8) for each in (other.film, other.hands[0])
    )
    first, second = np.zeros_like(scene.film), np.zeros_like(film)
    return Scene(np.hstack([scene.film, film]), (np.hstack([scene.hands[0], second]), np.hstack([first, hand])))


def cut(scene: Scene, share: float) -> Scene:
    """The film cut off through the fingers."""
    rows = np.nonzero(scene.hands[0])[0]
    first = round(rows.min() + share * np.ptp(rows))
    return Scene(np.ascontiguousarray(scene.film[first:]), tuple(np.ascontiguousarray(hand[first:]) for hand in scene.hands))


def mask_stress_table(films: OutlinedFilms, finder: Path, executor: Executor) -> str:
    """Dice of the mask by family of changes, on the outlined films that are not trained on."""
    pairs = list(zip(films.test, [*films.test[1:], films.test[0]], strict=True))
    measured = map_chunks(partial(_measure_chunk, films, finder), pairs, executor, "films")
    rows = [_row(name, [score for film in measured for score in film[name]]) for name in measured[0]]
    header = (f"{len(pairs)} outlined films", "pictures", "mean Dice", "lowest", f"under {ENOUGH}", "CPU ms a film")
    return to_markdown(header, rows)


def _row(name: str, scores: Sequence[tuple[float, float]]) -> list[str]:
    values, seconds = np.array(scores).T
    cells = [
        f"{values.mean():.3f}",
        f"{values.min():.3f}",
        str(int((values < ENOUGH).sum())),
        f"{1000 * np.median(seconds):.0f}",
    ]
    return [name, str(len(values)), *cells]


def _measure_chunk(
    films: OutlinedFilms, finder: Path, pairs: Sequence[tuple[str, str]]
) -> list[dict[str, list[tuple[float, float]]]]:
    model = HAND_FINDER.load(finder, threads=1)
    found = []
    for pair in pairs:
        scene, other = (_scene(films, name) for name in pair)
        found.append({name: [_score(model, change(scene)) for change in each] for name, each in families(other).items()})
    return found


def _score(finder: Model[FinderSpecification], scene: Scene) -> tuple[float, float]:
    start = time.process_time()
    found = hand_on(scene.film, finder)
    seconds = time.process_time() - start
    return max(canvas_dice(found, hand) for hand in scene.hands), seconds


def _scene(films: OutlinedFilms, name: str) -> Scene:
    outlined = films.read(name)
    film = changes.with_long_side(outlined.pixels, HEIGHT_PX)
    hand: NDArray[np.uint8] = outlined.drawing.mask((film.shape[1], film.shape[0]))
    return Scene(film, (hand,))
