"""Scenes for the hand finder: films cut out, rotated, mirrored, inverted, framed, marked, doubled or shuffled, with labels.

A scene is drawn first (`draw_scene`, all randomness) and then rendered (`render_scene`, pure).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from openboneage.datasets.cut_out import cut_out
from openboneage.hand import geometry
from openboneage.hand.finder import MAP_CHANNELS, THUMBNAIL_PX, thumbnail_channels
from openboneage.learn.batches import Batch

HEAT_SIGMA_PX = 2.0
INK = 6
"""Maximum number of markers on a scene."""
BACKGROUND_REMOVED = 0.25
"""Share of the scenes with cut-out films, black around the hand (or other bright parts), as in some archives."""


COARSE, COARSE_PX = 0.3, (64, 160)
"""Share of the scenes with films of few pixels, and their pixels per side."""


class Kind(StrEnum):
    """Content of a scene."""

    OUTLINED = "outlined"
    LANDMARKED = "landmarked"
    PLAIN = "plain"
    TWO_HANDS = "two hands"
    NO_HAND = "no hand"
    SHUFFLED = "shuffled"


KIND_SHARES = {
    Kind.OUTLINED: 0.30,
    Kind.LANDMARKED: 0.27,
    Kind.PLAIN: 0.15,
    Kind.TWO_HANDS: 0.08,
    Kind.NO_HAND: 0.13,
    Kind.SHUFFLED: 0.07,
}


@dataclass(frozen=True, eq=False)
class Source:
    """One film with its annotations: mask `(n, n)` uint8 and landmarks `(4, 2)` in film fractions, where drawn.

    Unknown landmarks are NaN.
    """

    pixels: NDArray[np.uint8]
    aspect: float
    mask: NDArray[np.uint8] | None = None
    landmarks: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Pools:
    """The films of each kind, by name."""

    sources: Mapping[Kind, Mapping[str, Source]]

    @cached_property
    def names(self) -> dict[Kind, list[str]]:
        """Names of the films of each kind."""
        return {kind: list(sources) for kind, sources in self.sources.items()}


@dataclass(frozen=True, eq=False)
class Scene:
    """The random parameters of one scene; `coarse` is the side of a film of few pixels, and whether it holds point samples."""

    kind: Kind
    names: tuple[str, ...]
    size_px: tuple[int, int]
    placements: tuple[geometry.Affine, ...]
    coarse: tuple[int, bool] | None
    fill: float
    removed: float | None
    tiles: tuple[int, ...]
    gamma: float
    low: float
    high: float
    invert: bool
    blur_px: float
    noise: float
    noise_seed: int
    marks: tuple[tuple[int, int, int, int, int], ...]
    border: tuple[int, int, int, int, int]


def draw_scene(rng: Generator, pools: Pools) -> Scene:
    """Draw one scene."""
    kind = Kind(rng.choice([str(k) for k in KIND_SHARES], p=list(KIND_SHARES.values())))
    two = kind is Kind.TWO_HANDS
    aspect = float(np.exp(rng.uniform(np.log(1.1), np.log(1.9)) if two else rng.uniform(np.log(0.55), np.log(1.35))))
    height, width = (
        (THUMBNAIL_PX, round(THUMBNAIL_PX * aspect)) if aspect <= 1 else (round(THUMBNAIL_PX / aspect), THUMBNAIL_PX)
    )
    low = float(rng.uniform(0, 60) if rng.random() < 0.5 else 0)
    return Scene(
        kind=kind,
        names=tuple(pools.names[kind][int(rng.integers(len(pools.names[kind])))] for _ in range(2 if two else 1)),
        size_px=(height, width),
        placements=tuple(_draw_placement(rng, height, width, i, two) for i in range(2 if two else 1)),
        coarse=(int(rng.integers(*COARSE_PX)), bool(rng.random() < 0.5)) if rng.random() < COARSE else None,
        fill=float(rng.choice([0, 0, 0, 255, rng.uniform(0, 255)])),
        removed=float(rng.uniform(-0.01, 0.03)) if rng.random() < BACKGROUND_REMOVED else None,
        tiles=tuple(int(i) for i in rng.permutation(16)) if kind is Kind.SHUFFLED else (),
        gamma=float(np.exp(rng.normal(0, 0.8 if rng.random() < 0.3 else 0.4))),
        low=low,
        high=float(rng.uniform(low + 20, 255) if rng.random() < 0.5 else 255),
        invert=bool(rng.random() < 0.4),
        blur_px=float(rng.uniform(0.3, 1.5)) if rng.random() < 0.35 else 0.0,
        noise=float(rng.uniform(0, 4)) if rng.random() < 0.3 else 0.0,
        noise_seed=int(rng.integers(2**31)),
        marks=tuple(_draw_mark(rng, height, width) for _ in range(int(rng.integers(0, INK)) if rng.random() < 0.4 else 0)),
        border=_draw_border(rng),
    )


def _draw_placement(rng: Generator, height: int, width: int, index: int, two: bool) -> geometry.Affine:
    """From a film of unit height, centred, to the scene."""
    scale = height * (rng.uniform(0.8, 1.15) if two else np.exp(rng.uniform(np.log(0.5), np.log(1.7))))
    centre_x = width * ((0.27 + 0.46 * index) if two else 0.5) + rng.normal(0, 0.06) * width
    angle = rng.uniform(-180, 180) if rng.random() < 0.5 else rng.normal(0, 15)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    return geometry.chain(
        geometry.scaling(mirror * scale, scale),
        geometry.rotation(float(angle)),
        geometry.translation(float(centre_x), float(height * (0.5 + rng.normal(0, 0.06)))),
    )


def _draw_mark(rng: Generator, height: int, width: int) -> tuple[int, int, int, int, int]:
    """A filled box (letter 0) or a letter, as `(x, y, size, letter, brightness)`."""
    letter = int(rng.choice([0, ord("L"), ord("R"), int(rng.integers(65, 91))]))
    return int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(3, 16)), letter, int(rng.choice([0, 255, 255]))


def _draw_border(rng: Generator) -> tuple[int, int, int, int, int]:
    """Widths of a frame on four sides and its brightness."""
    if rng.random() < 0.7:
        return 0, 0, 0, 0, 0
    sides = rng.integers(0, 12, 4) * (rng.random(4) < 0.6)
    return int(sides[0]), int(sides[1]), int(sides[2]), int(sides[3]), int(rng.choice([0, 255, 255]))


def render_scene(scene: Scene, pools: Pools) -> dict[str, NDArray[np.float32]]:
    """Make a scene.

    Returns:
        `image` `(2, 128, 128)`; `maps` `(5, 128, 128)` in 0..1; `maps_known` `(5,)`; `count` and `inverted`, -1 for unknown.
    """
    sources = [pools.sources[scene.kind][name] for name in scene.names]
    canvas = np.full(scene.size_px, scene.fill, np.uint8)
    mask = np.zeros(scene.size_px, np.uint8)
    for source, place in zip(sources, scene.placements, strict=True):
        onto = geometry.chain(geometry.translation(-0.5, -0.5), geometry.scaling(source.aspect, 1.0), place)
        shown = source.pixels if scene.removed is None else cut_out(source.pixels, source.mask, scene.removed)
        _paint(canvas, _tiled(_reduced(shown, scene.coarse), scene.tiles), onto)
        if source.mask is not None:
            mask |= geometry.warp(source.mask, _from_pixels(source.mask, onto), scene.size_px)
    maps = np.zeros((len(MAP_CHANNELS), THUMBNAIL_PX, THUMBNAIL_PX), np.float32)
    maps[0, : scene.size_px[0], : scene.size_px[1]] = mask.astype(np.float32) / 255
    if sources[0].landmarks is not None and scene.kind is Kind.LANDMARKED:
        onto = geometry.chain(geometry.translation(-0.5, -0.5), geometry.scaling(sources[0].aspect, 1.0), scene.placements[0])
        for i, (x, y) in enumerate(geometry.move(sources[0].landmarks, onto)):  # NaN, where unknown, lies nowhere
            if 0 <= x < scene.size_px[1] and 0 <= y < scene.size_px[0]:
                maps[i + 1] = _heat(float(x) - 0.5, float(y) - 0.5)
    _plant(canvas, scene)
    return {"image": thumbnail_channels(_toned(canvas, scene)), "maps": maps, **_known(scene, sources)}


def _known(scene: Scene, sources: Sequence[Source]) -> dict[str, NDArray[np.float32]]:
    handless = scene.kind in (Kind.NO_HAND, Kind.SHUFFLED)
    masked = scene.kind is Kind.NO_HAND or all(source.mask is not None for source in sources)
    marks = np.ones(4) if scene.kind is Kind.NO_HAND else np.zeros(4)
    if scene.kind is Kind.LANDMARKED and sources[0].landmarks is not None:
        marks = ~np.isnan(sources[0].landmarks[:, 0])
    count = 0 if handless else len(sources)
    return {
        "maps_known": np.array([masked and scene.kind is not Kind.SHUFFLED, *marks], np.float32),
        "count": np.array(count, np.float32),
        "inverted": np.array(-1 if handless else scene.invert, np.float32),
    }


def _from_pixels(image: NDArray[np.uint8], onto: geometry.Affine) -> geometry.Affine:
    return geometry.chain(geometry.scaling(1 / image.shape[1], 1 / image.shape[0]), onto)


def _paint(canvas: NDArray[np.uint8], pixels: NDArray[np.uint8], onto: geometry.Affine) -> None:
    transform = _from_pixels(pixels, onto)
    drawn = geometry.warp(pixels, transform, canvas.shape, cv2.INTER_CUBIC)
    covered = geometry.warp(np.full_like(pixels, 255), transform, canvas.shape, cv2.INTER_NEAREST) > 0
    canvas[covered] = drawn[covered]


def _reduced(pixels: NDArray[np.uint8], coarse: tuple[int, bool] | None) -> NDArray[np.uint8]:
    if coarse is None or coarse[0] >= pixels.shape[0]:
        return pixels
    side_px, point_sampled = coarse
    interpolation = cv2.INTER_NEAREST if point_sampled else cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, (side_px, side_px), interpolation=interpolation), np.uint8)


def _tiled(pixels: NDArray[np.uint8], order: tuple[int, ...]) -> NDArray[np.uint8]:
    """The film cut in 4 x 4 shuffled tiles: the texture of a hand without its shape."""
    if not order:
        return pixels
    side = pixels.shape[0] // 4
    tiles = [pixels[r * side : (r + 1) * side, c * side : (c + 1) * side] for r in range(4) for c in range(4)]
    return np.vstack([np.hstack([tiles[order[r * 4 + c]] for c in range(4)]) for r in range(4)])


def _heat(x: float, y: float) -> NDArray[np.float32]:
    axis = np.arange(THUMBNAIL_PX)
    column, row = np.exp(-((axis - x) ** 2) / (2 * HEAT_SIGMA_PX**2)), np.exp(-((axis - y) ** 2) / (2 * HEAT_SIGMA_PX**2))
    return np.outer(row, column).astype(np.float32)


def _plant(canvas: NDArray[np.uint8], scene: Scene) -> None:
    for x, y, size, letter, brightness in scene.marks:
        if letter:
            cv2.putText(canvas, chr(letter), (x, y), cv2.FONT_HERSHEY_SIMPLEX, size / 14, brightness, 1 + size // 8)
        elif size < 10:
            cv2.rectangle(canvas, (x, y), (x + size // 2, y + size), brightness, -1)
    top, bottom, left, right, brightness = scene.border
    height, width = canvas.shape
    canvas[:top], canvas[height - bottom :] = brightness, brightness
    canvas[:, :left], canvas[:, width - right :] = brightness, brightness


def _toned(canvas: NDArray[np.uint8], scene: Scene) -> NDArray[np.uint8]:
    levels = scene.low + (np.arange(256) / 255.0) ** scene.gamma * (scene.high - scene.low)
    image = np.asarray(cv2.LUT(canvas, levels.astype(np.float32)), np.float32)
    if scene.blur_px:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), scene.blur_px), np.float32)
    if scene.noise:
        image = image + np.random.default_rng(scene.noise_seed).normal(0, scene.noise, image.shape).astype(np.float32)
    image = np.asarray(np.clip(image, 0, 255), np.float32)
    return np.rint(255 - image if scene.invert else image).astype(np.uint8)


@dataclass(frozen=True)
class SceneBatches:
    """Batches of scenes."""

    pools: Pools
    batch_size: int
    seed: int

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the films."""
        shares = {"background_removed": BACKGROUND_REMOVED, "coarse": COARSE, "coarse_px": COARSE_PX}
        return {"batch_size": self.batch_size, "kinds": dict(KIND_SHARES), **shares}

    def data_digest(self) -> str:
        """sha256 of the films of each kind with their drawings, in their order."""
        digest = hashlib.sha256()
        for kind, sources in self.pools.sources.items():
            for name, source in sources.items():
                digest.update(repr((str(kind), name, source.aspect)).encode())
                for values in (source.pixels, source.mask, source.landmarks):
                    digest.update(b"none" if values is None else np.ascontiguousarray(values).data)
        return digest.hexdigest()

    def draw(self, step: int) -> Sequence[Scene]:
        """Scenes."""
        rng = np.random.default_rng([self.seed, step])
        return [draw_scene(rng, self.pools) for _ in range(self.batch_size)]

    def render(self, draws: Sequence[Scene]) -> Batch:
        """The arrays of `render_scene`, each with a first axis of the batch."""
        samples = [render_scene(scene, self.pools) for scene in draws]
        return {key: torch.from_numpy(np.stack([sample[key] for sample in samples])) for key in samples[0]}
