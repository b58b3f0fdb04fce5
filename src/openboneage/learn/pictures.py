"""Pictures of hands, all of one size and in memory, for networks of published papers; and their random changes.

A picture is the standard hand as the program draws it, padded with black to a square, so that a network of a paper sees what
`boneage assess` shows it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn

from openboneage.errors import InputError
from openboneage.hand import geometry
from openboneage.hand.drawing import PictureSpec
from openboneage.learn.age_samples import render_hand, unvaried
from openboneage.learn.batches import Batch, epoch_indices
from openboneage.learn.hands import TrainingHand
from openboneage.learn.identity import settings_of

WHITE = 255
Placement = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True, eq=False)
class Pictures:
    """Labelled pictures.

    Attributes:
        ids: Films, `n`.
        pixels: `(n, height, width)` uint8; 0 is dark or background.
        age_months: Labels, `(n,)` float32.
        sex: 0 for a girl, 1 for a boy, `(n,)`.
    """

    ids: tuple[str, ...]
    pixels: NDArray[np.uint8]
    age_months: NDArray[np.float32]
    sex: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self.ids)

    def chosen(self, members: NDArray[np.bool_] | NDArray[np.int64] | Sequence[int]) -> Pictures:
        """Some of the pictures, by mask or by number."""
        numbers = np.arange(len(self))[np.asarray(members)]
        return replace(
            self,
            ids=tuple(self.ids[number] for number in numbers),
            pixels=self.pixels[numbers],
            age_months=self.age_months[numbers],
            sex=self.sex[numbers],
        )

    def digest(self) -> str:
        """sha256 of the pictures and their labels."""
        digest = hashlib.sha256(repr((self.ids, self.pixels.shape)).encode())
        for array in (self.pixels, self.age_months, self.sex):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


def hand_pictures(hands: Sequence[TrainingHand], spec: PictureSpec, square: bool = True) -> Pictures:
    """The hands as the program draws them, each padded to a square if asked for.

    Raises:
        InputError: There is no hand.
    """
    if not hands:
        raise InputError("Expected hands to draw, got none.")
    still = unvaried(spec)
    drawn = [_bytes_of(render_hand(hand.prepared, still, spec.height_px)[0]) for hand in hands]
    return Pictures(
        tuple(hand.id for hand in hands),
        np.stack([_padded(picture) if square else picture for picture in drawn]),
        np.array([hand.age_months for hand in hands], np.float32),
        np.array([hand.sex for hand in hands], np.int64),
    )


def _bytes_of(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.clip(picture, 0, 1) * WHITE), np.uint8)


def _padded(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape
    left = (height - width) // 2
    return np.pad(picture, ((0, 0), (left, height - width - left)))


@dataclass(frozen=True)
class Change:
    """The random parameters of one draw of a picture.

    Attributes:
        placement: Affine about the middle of the picture, in shares of its height.
        gain: Factor of the brightness.
        offset: Brightness that is added then, 0 to 1.
    """

    placement: Placement = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    gain: float = 1.0
    offset: float = 0.0

    @classmethod
    def of(cls, *placements: geometry.Affine, gain: float = 1.0, offset: float = 0.0) -> Change:
        """A change that applies affines one after the other."""
        first, second = (tuple(float(value) for value in row) for row in geometry.chain(*placements))
        return cls((first, second), gain, offset)  # type: ignore[arg-type]


UNCHANGED = Change()
DrawChange = Callable[[Generator], Change]
"""Draws the change of a picture; a named function, as the name is part of a run's identity."""


def unchanged(_: Generator) -> Change:
    """No augmentation."""
    return UNCHANGED


def changed(picture: NDArray[np.uint8], change: Change) -> NDArray[np.float32]:
    """Apply a change to a picture: `(height, width)`, 0 to 1; pure."""
    height, width = picture.shape
    affine = np.array(change.placement) * (1, 1, height)
    onto = geometry.chain(geometry.translation(-width / 2, -height / 2), affine, geometry.translation(width / 2, height / 2))
    moved = picture if change.placement == UNCHANGED.placement else geometry.warp(picture, onto, picture.shape)
    return np.asarray(np.clip(moved.astype(np.float32) / WHITE * change.gain + change.offset, 0, 1), np.float32)


@dataclass(frozen=True, eq=False)
class PictureBatches:
    """Batches of changed pictures; every epoch has each picture once.

    Attributes:
        pictures: Training pictures.
        change: Draws the changes.
        batch_size: Pictures a step.
        seed: Seed of order and changes.
    """

    pictures: Pictures
    change: DrawChange
    batch_size: int
    seed: int

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the pictures."""
        return {"change": settings_of(self.change), "batch_size": self.batch_size}

    def data_digest(self) -> str:
        """sha256 of the pictures, in their order."""
        return self.pictures.digest()

    def draw(self, step: int) -> Sequence[tuple[int, Change]]:
        """Numbers of pictures, and their changes."""
        rng = np.random.default_rng([self.seed, step])
        chosen = epoch_indices(len(self.pictures), self.batch_size, step, self.seed)
        return [(number, self.change(rng)) for number in chosen]

    def render(self, draws: Sequence[tuple[int, Change]]) -> Batch:
        """`image` `(batch, 1, height, width)`, 0 to 1; `age_months` and `sex` `(batch,)`."""
        numbers = [number for number, _ in draws]
        images = [changed(self.pictures.pixels[number], change) for number, change in draws]
        return {
            "image": torch.from_numpy(np.stack(images)[:, None]),
            "age_months": torch.from_numpy(self.pictures.age_months[numbers]),
            "sex": torch.from_numpy(self.pictures.sex[numbers]),
        }


CROP_ROWS, CROP_COLUMNS = 5, 2
"""The ten crops of Spampinato et al. 2017, evenly spaced."""


@dataclass(frozen=True, eq=False)
class CropBatches:
    """Batches of crops; every epoch has each of the ten crops of each picture once.

    Attributes:
        pictures: Training pictures.
        crop_px: Side of the crops.
        batch_size: Crops a step.
        seed: Seed of the order.
    """

    pictures: Pictures
    crop_px: int
    batch_size: int
    seed: int

    def __len__(self) -> int:
        """Number of crops."""
        return len(self.pictures) * CROP_ROWS * CROP_COLUMNS

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the pictures."""
        return {"crop_px": self.crop_px, "batch_size": self.batch_size}

    def data_digest(self) -> str:
        """sha256 of the pictures, in their order."""
        return self.pictures.digest()

    def draw(self, step: int) -> Sequence[int]:
        """Numbers of crops."""
        return epoch_indices(len(self), self.batch_size, step, self.seed)

    def render(self, draws: Sequence[int]) -> Batch:
        """As `PictureBatches.render`, with crops."""
        numbers = [crop // (CROP_ROWS * CROP_COLUMNS) for crop in draws]
        images = [self._crop(crop) for crop in draws]
        return {
            "image": torch.from_numpy(np.stack(images)[:, None].astype(np.float32) / WHITE),
            "age_months": torch.from_numpy(self.pictures.age_months[numbers]),
            "sex": torch.from_numpy(self.pictures.sex[numbers]),
        }

    def _crop(self, crop: int) -> NDArray[np.uint8]:
        number, place = divmod(crop, CROP_ROWS * CROP_COLUMNS)
        row, column = divmod(place, CROP_COLUMNS)
        height, width = self.pictures.pixels.shape[1:]
        top = round((height - self.crop_px) * row / (CROP_ROWS - 1))
        left = round((width - self.crop_px) * column / (CROP_COLUMNS - 1))
        return self.pictures.pixels[number, top : top + self.crop_px, left : left + self.crop_px]


def outputs_of(network: nn.Module, pictures: Pictures, batch_size: int = 16) -> Tensor:
    """Outputs of a network, in evaluation mode, for unchanged pictures, `(n, ...)` float32 on the processor."""
    device, training = next(network.parameters()).device, network.training
    batches = PictureBatches(pictures, unchanged, batch_size, 0)
    network.eval()
    found = []
    with torch.no_grad():
        for start in range(0, len(pictures), batch_size):
            numbers = range(start, min(start + batch_size, len(pictures)))
            images = batches.render([(number, UNCHANGED) for number in numbers])["image"]
            found.append(network(images.to(device)).float().cpu())
    network.train(training)
    return torch.cat(found)
