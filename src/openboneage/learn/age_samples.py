"""Batches for the whole-hand network: a variation applied to a training hand, and its label as a distribution."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from openboneage.hand import geometry
from openboneage.hand.drawing import PictureSpec, mask_weight, normalise
from openboneage.hand.frame import about_middle, canvas_size, draw_smooth, frame_to_canvas, on_canvas
from openboneage.learn.batches import Batch, epoch_indices
from openboneage.learn.hand_cache import PreparedHand
from openboneage.learn.hands import TrainingHand, Variation, VariationRange, draw_variation, frame_to_training
from openboneage.learn.identity import settings_of
from openboneage.learn.losses import mean_months


def render_hand(hand: PreparedHand, variation: Variation, height_px: int) -> NDArray[np.float32]:
    """Apply a variation to a hand: the network's input, `(1, height_px, width_px)`; pure."""
    size, vary = canvas_size(height_px), about_middle(np.array(variation.placement))
    film, to_frame = _coarser(hand.canvas, variation)
    film = _recorded(film, variation)
    image = draw_smooth(film, geometry.chain(to_frame, vary, frame_to_canvas(height_px)), size)
    values = _toned(normalise(image.astype(np.float32), hand.low, hand.high), variation)
    if variation.margin is not None:
        weight = mask_weight(np.asarray(hand.mask / 255, np.float32), variation.margin, height_px)
        values = values * geometry.warp(weight, on_canvas(vary, height_px), size)
    if variation.erased is not None:
        top, left, height, width = variation.erased
        rows = slice(int(top * size[0]), int((top + height) * size[0]))
        values[rows, int(left * size[1]) : int((left + width) * size[1])] = 0
    return values[None]


def _coarser(canvas: NDArray[np.uint8], variation: Variation) -> tuple[NDArray[np.uint8], geometry.Affine]:
    """The training canvas at lower resolution, and the transform to frame units."""
    height, width = canvas.shape
    to_frame = geometry.inverse(frame_to_training(height))
    if variation.resolution >= 1:
        return canvas, to_frame
    size = max(round(width * variation.resolution), 1), max(round(height * variation.resolution), 1)
    how = cv2.INTER_NEAREST if variation.point_sampled else cv2.INTER_AREA
    back = geometry.scaling(width / size[0], height / size[1])
    return np.asarray(cv2.resize(canvas, size, interpolation=how), np.uint8), geometry.chain(back, to_frame)


def _recorded(film: NDArray[np.uint8], variation: Variation) -> NDArray[np.uint8]:
    """The film with noise and JPEG compression, on its own pixels."""
    if variation.noise:
        draws = np.random.default_rng(variation.noise_seed).standard_normal(film.shape, np.float32)
        film = np.clip(np.rint(film + np.float32(variation.noise) * draws), 0, 255).astype(np.uint8)
    if variation.jpeg_quality is not None:
        written = cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, variation.jpeg_quality])[1]
        film = np.asarray(cv2.imdecode(written, cv2.IMREAD_GRAYSCALE), np.uint8)
    return film


def _toned(values: NDArray[np.float32], variation: Variation) -> NDArray[np.float32]:
    if variation.lost:
        values = np.maximum(values - np.float32(variation.lost), 0) / np.float32(1 - variation.lost)
    toned = values**variation.gamma * variation.contrast + variation.brightness
    if variation.blur_px:
        toned = np.asarray(cv2.GaussianBlur(toned, (0, 0), variation.blur_px), np.float32)
    return np.asarray(np.clip(toned, 0.0, 1.25), np.float32)


Growth = tuple[tuple[float, float], ...]
"""Progressive resizing: up to a share of the steps, the input is drawn at a share of its height. Small pictures
train fast; the last steps use the full height."""

FULL_SIZE: Growth = ((1.0, 1.0),)
SIZE_STEP_PX = 32
"""Heights are multiples of this, since the networks halve them five times."""


def grown_height(height_px: int, growth: Growth, done: float) -> int:
    """Height of the input after a share of the steps, of a full height."""
    share = next(size for until, size in growth if done < until)
    return SIZE_STEP_PX * max(round(share * height_px / SIZE_STEP_PX), 1)


@dataclass(frozen=True)
class Sample:
    """One hand of a batch: its number, the height of the input and its variation."""

    number: int
    height_px: int
    variation: Variation


@dataclass(frozen=True, eq=False)
class AgeBatches:
    """Batches of varied hands; every epoch has each hand once.

    Attributes:
        hands: Training hands.
        spec: Input of the network.
        variation: How far hands are varied.
        batch_size: Hands a step.
        seed: Seed of order and variations.
        steps: Steps of the training stage.
        growth: Size of the input over the steps.
    """

    hands: Sequence[TrainingHand]
    spec: PictureSpec
    variation: VariationRange
    batch_size: int
    seed: int
    steps: int
    growth: Growth = FULL_SIZE

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything except the hands."""
        return {
            "spec": settings_of(self.spec),
            "variation": settings_of(self.variation),
            "batch_size": self.batch_size,
            "growth": self.growth,
        }

    def data_digest(self) -> str:
        """sha256 of the hands, in their order."""
        return hands_digest(self.hands)

    def height_px(self, step: int) -> int:
        """Height of the input at a step."""
        return grown_height(self.spec.height_px, self.growth, step / self.steps)

    def draw(self, step: int) -> Sequence[Sample]:
        """Indices of hands, and their variations."""
        rng, height_px = np.random.default_rng([self.seed, step]), self.height_px(step)
        chosen = epoch_indices(len(self.hands), self.batch_size, step, self.seed)
        return [Sample(number, height_px, draw_variation(rng, self.variation)) for number in chosen]

    def render(self, draws: Sequence[Sample]) -> Batch:
        """`image` `(batch, 1, height_px, width_px)`; `age_months` and `sex` `(batch,)`."""
        chosen = [self.hands[sample.number] for sample in draws]
        images = [
            render_hand(hand.prepared, sample.variation, sample.height_px) for hand, sample in zip(chosen, draws, strict=True)
        ]
        return {
            "image": torch.from_numpy(np.stack(images)),
            "age_months": torch.tensor([hand.age_months for hand in chosen], dtype=torch.float32),
            "sex": torch.tensor([hand.sex for hand in chosen]),
        }


def unvaried(spec: PictureSpec) -> Variation:
    """The variation that changes nothing."""
    return Variation(
        resolution=1.0,
        point_sampled=False,
        placement=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
        margin=spec.mask_margin,
        gamma=1.0,
        contrast=1.0,
        brightness=0.0,
        blur_px=0.0,
        noise=0.0,
        noise_seed=0,
        jpeg_quality=None,
        erased=None,
        lost=0.0,
    )


@dataclass(frozen=True, eq=False)
class AgeError:
    """Mean absolute error in months on unvaried hands, for the validation curve."""

    batches: AgeBatches

    def __call__(self, network: nn.Module, step: int) -> Mapping[str, float]:
        """The error at the size of the input in a step."""
        height_px = self.batches.height_px(step)
        return {"mae_months": float(self.errors(network, height_px).mean()), "height_px": height_px}

    def errors(self, network: nn.Module, height_px: int) -> Tensor:
        """Absolute errors of the means of the distributions, for each child's own sex, `(hands,)`."""
        device, size = next(network.parameters()).device, self.batches.batch_size
        still = unvaried(self.batches.spec)
        samples = [Sample(number, height_px, still) for number in range(len(self.batches.hands))]
        errors = []
        with torch.no_grad():
            for start in range(0, len(samples), size):
                batch = self.batches.render(samples[start : start + size])
                estimates = mean_months(network(batch["image"].to(device)), batch["sex"].to(device)).cpu()
                errors.append((estimates - batch["age_months"]).abs())
        return torch.cat(errors)


def hands_digest(hands: Sequence[TrainingHand]) -> str:
    """sha256 of hands, their labels and their order."""
    digest = hashlib.sha256()
    for hand in hands:
        digest.update(repr((hand.id, hand.age_months, hand.sex, hand.prepared.low, hand.prepared.high)).encode())
        for pixels in (hand.prepared.mask, hand.prepared.canvas):
            digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
