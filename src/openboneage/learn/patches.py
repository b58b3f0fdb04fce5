"""Patches of films by class, and the label map of a network that classifies patches (Lee 2017, "Detection CNN")."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from openboneage.learn.batches import Batch
from openboneage.learn.networks.lenet5 import PATCH_STEP_PX, LeNet5

Square = NDArray[np.uint8]
Draw = tuple[int, int, int, int]
"""Film, row, column and class of a patch's centre."""


@dataclass(frozen=True, eq=False)
class ClassifiedFilm:
    """A film on a square, and the class of its pixels.

    Attributes:
        id: Film.
        square: Brightness, `(size, size)` uint8.
        classes: Class of each pixel from 0 on, -1 without one, `(size, size)` int8.
    """

    id: str
    square: Square
    classes: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class PatchBatches:
    """Batches with the same number of patches of each class; a class comes from any film that has it.

    Attributes:
        films: Training films.
        patch_px: Side of a patch.
        batch_size: Patches a step.
        classes: Number of classes.
        seed: Seed of the choice.
    """

    films: Sequence[ClassifiedFilm]
    patch_px: int
    batch_size: int
    classes: int
    seed: int

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the films."""
        return {"patch_px": self.patch_px, "batch_size": self.batch_size, "classes": self.classes, "seed": self.seed}

    def data_digest(self) -> str:
        """sha256 of the films, in their order."""
        digest = hashlib.sha256()
        for film in self.films:
            digest.update(film.id.encode() + film.square.tobytes() + film.classes.tobytes())
        return digest.hexdigest()

    def draw(self, step: int) -> Sequence[Draw]:
        """Centres of patches."""
        rng = np.random.default_rng([self.seed, step])
        return [self._patch(number % self.classes, rng) for number in range(self.batch_size)]

    def render(self, draws: Sequence[Draw]) -> Batch:
        """`image` `(batch, 1, patch, patch)`, -2 to 2; pixels outside the film are black; `label` `(batch,)`."""
        patches = [
            self._padded[film][row : row + self.patch_px, column : column + self.patch_px] for film, row, column, _ in draws
        ]
        return {"image": as_input(np.stack(patches)), "label": torch.tensor([label for *_, label in draws])}

    def _patch(self, label: int, rng: np.random.Generator) -> Draw:
        having = self._pixels[label]
        film, pixels = having[rng.integers(len(having))]
        row, column = pixels[rng.integers(len(pixels))]
        return film, int(row), int(column), label

    @cached_property
    def _pixels(self) -> list[list[tuple[int, NDArray[np.intp]]]]:
        """By class, the films that have it and the places there."""
        found = [
            [(number, np.argwhere(film.classes == label)) for number, film in enumerate(self.films)]
            for label in range(self.classes)
        ]
        return [[(number, pixels) for number, pixels in each if len(pixels)] for each in found]

    @cached_property
    def _padded(self) -> list[Square]:
        """Squares with half a patch of 0 around them: a patch at a pixel begins at that index."""
        return [np.pad(film.square, self.patch_px // 2) for film in self.films]


def as_input(patches: Square) -> Tensor:
    """Brightness `(batch, height, width)` as input, -2 to 2."""
    return torch.from_numpy(patches)[:, None].float() / 63.75 - 2


def patch_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Cross-entropy of the class of each patch."""
    return F.cross_entropy(model(batch["image"]).flatten(1).float(), batch["label"])


def label_map(network: LeNet5, square: Square, stride_px: int) -> NDArray[np.int8]:
    """Class of every cell of a film, each from the patch around its centre, in one pass, or in four for a stride of 2.

    Args:
        network: Classifies patches.
        square: `(size, size)` uint8; the size is a multiple of the stride.
        stride_px: Side of a cell: 2, 4, 8 or 16, at most the side of a patch.

    Returns:
        `(size / stride, size / stride)`.
    """
    padded = _padded(network.patch_px, square, stride_px)
    with torch.no_grad():
        if stride_px >= PATCH_STEP_PX:
            return _best(network(as_input(padded[None]), stride_px // PATCH_STEP_PX))
        shifts = range(0, PATCH_STEP_PX, stride_px)
        rows = [np.stack([_best(network(as_input(padded[None, down:, right:]))) for right in shifts], -1) for down in shifts]
    parts = np.stack(rows, axis=1)  # (rows, shift down, columns, shift right)
    cells = square.shape[0] // stride_px
    return parts.reshape(cells, cells)


def label_map_by_sliding(network: LeNet5, square: Square, stride_px: int, at_once: int = 1024) -> NDArray[np.int8]:
    """The same, patch by patch, as the paper does."""
    padded, side = _padded(network.patch_px, square, stride_px), network.patch_px
    views = np.lib.stride_tricks.sliding_window_view(padded, (side, side))[::stride_px, ::stride_px]
    patches = views.reshape(-1, side, side)
    with torch.no_grad():
        found = [_best(network(as_input(patches[first : first + at_once]))) for first in range(0, len(patches), at_once)]
    return np.concatenate(found).reshape(views.shape[:2])


def _padded(patch_px: int, square: Square, stride_px: int) -> Square:
    """Zeros around the film, so that the first patch lies around the centre of the first cell."""
    return np.pad(square, (patch_px - stride_px) // 2)


def _best(logits: Tensor) -> NDArray[np.int8]:
    """The class of highest score, of one image `(rows, columns)` or of single patches `(patches, 1, 1)`."""
    return np.asarray(logits.argmax(dim=1).numpy().squeeze(0) if len(logits) == 1 else logits.argmax(dim=1).numpy(), np.int8)
