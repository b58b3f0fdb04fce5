"""Batches for the whole-hand network: a variation applied to a training hand, and its label as a distribution."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from openboneage.hand import geometry
from openboneage.hand.drawing import SampleSpec, mask_weight, normalise
from openboneage.hand.frame import about_middle, canvas_size, frame_to_canvas, on_canvas
from openboneage.learn.hands import TrainingHand, Variation, VariationRange, draw_variation
from openboneage.learn.loop import Batch


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


def age_batch(
    hands: Sequence[TrainingHand], spec: SampleSpec, how: VariationRange, batch_size: int, seed: int, step: int
) -> Batch:
    """The batch of one step: a pure function of seed and step; every epoch sees each film once."""
    rng = np.random.default_rng([seed, step])
    per_epoch = len(hands) // batch_size
    epoch, place = divmod(step, per_epoch)
    order = np.random.default_rng([seed, 7919, epoch]).permutation(len(hands))
    chosen = [hands[i] for i in order[place * batch_size : (place + 1) * batch_size]]
    images = np.empty((batch_size, 1, *canvas_size(spec.height_px)), np.float32)
    for i, hand in enumerate(chosen):
        images[i] = render_hand(hand, draw_variation(rng, how), spec)
    return {
        "image": torch.from_numpy(images),
        "age_months": torch.tensor([hand.age_months for hand in chosen], dtype=torch.float32),
        "sex": torch.tensor([hand.sex for hand in chosen]),
    }
