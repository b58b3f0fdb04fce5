"""Batches for the whole-hand network: a variation applied to a training hand, and its label as a distribution."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from openboneage.hand import geometry
from openboneage.hand.drawing import SampleSpec, mask_weight, normalise
from openboneage.hand.frame import about_middle, canvas_size, frame_to_canvas, on_canvas
from openboneage.learn.batches import Batch
from openboneage.learn.hands import TrainingHand, Variation, VariationRange, draw_variation
from openboneage.learn.identity import settings_of
from openboneage.learn.losses import mean_months


def render_hand(hand: TrainingHand, variation: Variation, spec: SampleSpec) -> NDArray[np.float32]:
    """Apply a variation to a hand: the network's input, `(1, height_px, width_px)`; pure."""
    size = canvas_size(spec.height_px)
    vary = about_middle(np.array(variation.placement))
    view = hand.views[-1 if variation.smooth else 0]
    film = _recorded(view.film, variation)
    image = geometry.warp(
        film, geometry.chain(hand.film_to_frame, vary, frame_to_canvas(spec.height_px)), size, cv2.INTER_CUBIC
    )
    values = _toned(normalise(image.astype(np.float32), view.low, view.high), variation)
    if variation.margin is not None:
        weight = mask_weight(np.asarray(hand.mask / 255, np.float32), variation.margin, spec.height_px)
        values = values * geometry.warp(weight, on_canvas(vary, spec.height_px), size)
    if variation.erased is not None:
        top, left, height, width = variation.erased
        rows = slice(int(top * size[0]), int((top + height) * size[0]))
        values[rows, int(left * size[1]) : int((left + width) * size[1])] = 0
    return values[None]


def _recorded(film: NDArray[np.uint8], variation: Variation) -> NDArray[np.uint8]:
    """The film as a noisier detector and a lossy file give it, on its own pixels."""
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


@dataclass(frozen=True, eq=False)
class AgeBatches:
    """Batches of varied hands; every epoch has each hand once.

    Attributes:
        hands: Training hands.
        spec: How a hand becomes the network's input.
        variation: How far hands are varied.
        batch_size: Hands a step.
        seed: Seed of order and variations.
        steps: Steps of the training stage.
        easing: Strength of the variation at the end of the stage, reached evenly over its last half.
    """

    hands: Sequence[TrainingHand]
    spec: SampleSpec
    variation: VariationRange
    batch_size: int
    seed: int
    steps: int
    easing: float = 1.0

    @property
    def settings(self) -> Mapping[str, Any]:
        """All but the hands."""
        return {
            "spec": settings_of(self.spec),
            "variation": settings_of(self.variation),
            "batch_size": self.batch_size,
            "easing": self.easing,
        }

    def data_digest(self) -> str:
        """sha256 of the hands, in their order."""
        return hands_digest(self.hands)

    def variation_at(self, step: int) -> VariationRange:
        """Variation at a step."""
        return self.variation.eased(1 - (1 - self.easing) * max(2 * step / self.steps - 1, 0))

    def draw(self, step: int) -> Sequence[tuple[int, Variation]]:
        """Hands by number, and their variations."""
        rng, how = np.random.default_rng([self.seed, step]), self.variation_at(step)
        epoch, place = divmod(step, len(self.hands) // self.batch_size)
        order = np.random.default_rng([self.seed, 7919, epoch]).permutation(len(self.hands))
        chosen = order[place * self.batch_size : (place + 1) * self.batch_size]
        return [(int(number), draw_variation(rng, how)) for number in chosen]

    def render(self, draws: Sequence[tuple[int, Variation]]) -> Batch:
        """`image` `(batch, 1, height_px, width_px)`; `age_months` and `sex` `(batch,)`."""
        images = np.empty((len(draws), 1, *canvas_size(self.spec.height_px)), np.float32)
        for image, (number, variation) in zip(images, draws, strict=True):
            image[:] = render_hand(self.hands[number], variation, self.spec)
        chosen = [self.hands[number] for number, _ in draws]
        return {
            "image": torch.from_numpy(images),
            "age_months": torch.tensor([hand.age_months for hand in chosen], dtype=torch.float32),
            "sex": torch.tensor([hand.sex for hand in chosen]),
        }


def unvaried(spec: SampleSpec) -> Variation:
    """The variation that changes nothing."""
    return Variation(
        smooth=False,
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
    """Mean absolute error in months on unvaried hands, as a figure of the validation curve."""

    batches: AgeBatches

    def __call__(self, network: nn.Module) -> Mapping[str, float]:
        """The error of the mean of the distributions, for each child's own sex."""
        device = next(network.parameters()).device
        with torch.no_grad():
            errors = [
                (mean_months(network(batch["image"].to(device)), batch["sex"].to(device)).cpu() - batch["age_months"]).abs()
                for batch in self._rendered
            ]
        return {"mae_months": float(torch.cat(errors).mean())}

    @cached_property
    def _rendered(self) -> list[Batch]:
        draws = [(number, unvaried(self.batches.spec)) for number in range(len(self.batches.hands))]
        size = self.batches.batch_size
        return [self.batches.render(draws[start : start + size]) for start in range(0, len(draws), size)]


def hands_digest(hands: Sequence[TrainingHand]) -> str:
    """sha256 of hands, their labels and their order."""
    digest = hashlib.sha256()
    for hand in hands:
        digest.update(repr((hand.id, hand.age_months, hand.sex, [(view.low, view.high) for view in hand.views])).encode())
        for pixels in (hand.mask, hand.film_to_frame, *(view.film for view in hand.views)):
            digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
