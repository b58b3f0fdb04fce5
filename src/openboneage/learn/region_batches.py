"""Batches for the detectors of precise-BAA 2022: the hand alone on a square, and the boxes of its 13 regions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from openboneage.batch.executor import Executor, map_chunks
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.datasets.region_boxes import RegionBoxes
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.locate import locate_hand
from openboneage.learn.batches import Batch, epoch_indices
from openboneage.reading.radiograph import Radiograph
from openboneage.weights.runtime import Model


@dataclass(frozen=True, eq=False)
class RegionFilm:
    """A film reduced to a square, with 0 beside it and outside the hand.

    Attributes:
        id: Film.
        image: Bright bones, `(size, size)` uint8; the film is in the upper left corner, its aspect kept.
        boxes: Left, top, right, bottom of the 13 regions in pixels of the square, `(13, 4)`.
        drawn: Whether each region was drawn, `(13,)`.
    """

    id: str
    image: NDArray[np.uint8]
    boxes: NDArray[np.float64]
    drawn: NDArray[np.bool_]


def prepare_region_films(
    films: FilmSet, boxes: Mapping[str, RegionBoxes], finder_card: Path, size_px: int, executor: Executor
) -> list[RegionFilm]:
    """Segment the hand on each film that has boxes, and reduce it to a square.

    Args:
        films: The data set.
        boxes: Boxes of the regions, by film id.
        finder_card: Card of the hand finder, which segments.
        size_px: Side of the square.
        executor: Where to run.
    """
    chosen = [film for film in films.films if film.id in boxes]
    images = map_chunks(partial(_segmented_chunk, films, finder_card, size_px), chosen, executor, "films")
    return [
        RegionFilm(film.id, image, boxes[film.id].boxes * np.tile(covered_px, 2), boxes[film.id].drawn)
        for film, (image, covered_px) in zip(chosen, images, strict=True)
    ]


def _segmented_chunk(
    films: FilmSet, finder_card: Path, size_px: int, chosen: Sequence[Film]
) -> list[tuple[NDArray[np.uint8], tuple[int, int]]]:
    finder = HAND_FINDER.load(finder_card, threads=1)
    return [on_square(_hand_alone(films.radiograph(film), finder), size_px) for film in chosen]


def _hand_alone(radiograph: Radiograph, finder: Model[FinderSpecification]) -> NDArray[np.uint8]:
    """The film with bright bones, 0 outside the hand."""
    hand = locate_hand(radiograph, finder)
    return np.where(hand.mask_on_film, hand.film, 0).astype(np.uint8)


def on_square(film: NDArray[np.uint8], size_px: int) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """A film in the upper left corner of a square, and the width and height that it covers there, in pixels."""
    height, width = film.shape
    scale = size_px / max(height, width)
    covered = max(round(width * scale), 1), max(round(height * scale), 1)
    square = np.zeros((size_px, size_px), np.uint8)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square[: covered[1], : covered[0]] = cv2.resize(film, covered, interpolation=how)
    return square, covered


@dataclass(frozen=True, eq=False)
class RegionBatches:
    """Batches of films, not augmented; every epoch has each film once.

    Attributes:
        films: Training films.
        batch_size: Films a step.
        seed: Seed of their order.
    """

    films: Sequence[RegionFilm]
    batch_size: int
    seed: int

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the films."""
        return {"batch_size": self.batch_size, "size_px": self.films[0].image.shape[0]}

    def data_digest(self) -> str:
        """sha256 of the films, in their order."""
        digest = hashlib.sha256()
        for film in self.films:
            digest.update(film.id.encode() + film.image.tobytes() + film.boxes.tobytes())
        return digest.hexdigest()

    def draw(self, step: int) -> Sequence[int]:
        """Indices of films."""
        return epoch_indices(len(self.films), self.batch_size, step, self.seed)

    def render(self, draws: Sequence[int]) -> Batch:
        """`image` `(batch, 1, size, size)`, 0 to 1; `boxes` `(batch, 13, 4)` in pixels."""
        chosen = [self.films[number] for number in draws]
        return {
            "image": torch.from_numpy(np.stack([film.image for film in chosen]))[:, None] / 255,
            "boxes": torch.from_numpy(np.stack([film.boxes for film in chosen])).float(),
        }


def region_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Sum of the losses of a detector of torchvision's kind; region `i` of `RUS` has the label `i + 1`."""
    labels = torch.arange(1, batch["boxes"].shape[1] + 1, device=batch["boxes"].device)
    targets = [{"boxes": boxes, "labels": labels} for boxes in batch["boxes"]]
    losses: dict[str, Tensor] = model(list(batch["image"].expand(-1, 3, -1, -1)), targets)
    return torch.stack(list(losses.values())).sum()
