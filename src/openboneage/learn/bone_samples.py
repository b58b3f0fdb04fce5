"""Batches for the bone finder: a variation applied to a hand, with the class of each pixel, the joints and their boxes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from openboneage.bones.maps import CELL_PX, CLASS_OF, CLASSES, EXTENTS
from openboneage.bones.names import JOINTS
from openboneage.datasets.region_films import Kind
from openboneage.hand import geometry
from openboneage.hand.drawing import PictureSpec
from openboneage.hand.frame import about_middle, canvas_size, frame_to_canvas
from openboneage.learn.age_samples import FULL_SIZE, Growth, grown_height, render_hand
from openboneage.learn.batches import Batch
from openboneage.learn.bone_hands import BoneHand
from openboneage.learn.hands import Variation, VariationRange, draw_variation
from openboneage.learn.identity import settings_of

UNKNOWN, SOME_CARPAL = 255, 254
"""Pixels of bones that were drawn as one: of unknown class, or of any carpal class."""
CARPUS_FRAME = (0.5, 0.98)
"""Polygons without a name that lie between these heights of the frame show carpal bones only."""
SHIFT = 4
"""OpenCV draws polygons at sixteenths of a pixel."""
MARGIN_PX = 6
"""Width of the line around a bone whose pixels count as much as the bone."""
TYPICAL_PX = 30.0
"""A bone of this square root of its area has weight 1; smaller bones weigh more."""
LEAST_WEIGHT, LARGEST_WEIGHT, WEIGHT_STEPS = 0.5, 3.0, 20.0
"""Weights of bones, and the steps in which they are stored."""
BACKGROUND_WEIGHT = round(WEIGHT_STEPS)
HEAT_SIGMA_CELLS = 1.5


@dataclass(frozen=True)
class BoneSample:
    """One hand of a batch: its number, the height of the picture and its variation."""

    number: int
    height_px: int
    variation: Variation


def render_sample(hand: BoneHand, variation: Variation, height_px: int) -> dict[str, NDArray[Any]]:
    """Apply a variation to a hand and its labels; pure.

    Returns:
        `image` `(1, height, width)`; `classes` and `weights` `(height, width)` uint8; `heat` `(18, height / 4, width / 4)` and
        `heat_known` `(18,)`; `boxes` `(2, 18, 4)` in pixels of the picture, NaN where there is none.
    """
    place = geometry.chain(about_middle(np.array(variation.placement)), frame_to_canvas(height_px))
    classes, weights = _classes(hand, place, canvas_size(height_px))
    boxes = np.stack([_boxes(hand.boxes[extent], place) for extent in EXTENTS])
    heat, inside = _heat(boxes[0], height_px)
    return {
        "image": render_hand(hand.prepared, variation, height_px),
        "classes": classes,
        "weights": weights,
        "heat": heat,
        "heat_known": inside.astype(np.float32),
        "boxes": boxes.astype(np.float32),
    }


def _classes(hand: BoneHand, place: geometry.Affine, size: tuple[int, int]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    classes, weights = np.zeros(size, np.uint8), np.full(size, BACKGROUND_WEIGHT, np.uint8)
    if not hand.bones:
        return np.full(size, UNKNOWN, np.uint8), weights
    shapes = [(CLASSES.index(CLASS_OF[name]), polygon) for name, polygon in hand.bones.items()]
    shapes += [(_class_of_other(polygon), polygon) for polygon in hand.others]
    for label, polygon in shapes:
        corners = [np.rint((geometry.move(polygon, place) - 0.5) * 2**SHIFT).astype(np.int32)]
        side = max(np.sqrt(geometry.area(corners[0])) / 2**SHIFT, 1.0)
        weight = round(WEIGHT_STEPS * float(np.clip(TYPICAL_PX / side, LEAST_WEIGHT, LARGEST_WEIGHT)))
        cv2.polylines(weights, corners, True, weight, MARGIN_PX, shift=SHIFT)
        cv2.fillPoly(weights, corners, weight, shift=SHIFT)
        cv2.fillPoly(classes, corners, label, shift=SHIFT)
    return classes, weights


def _class_of_other(polygon: geometry.Points) -> int:
    top, bottom = polygon[:, 1].min(), polygon[:, 1].max()
    return SOME_CARPAL if CARPUS_FRAME[0] < top and bottom < CARPUS_FRAME[1] else UNKNOWN


def _boxes(shapes: Mapping[str, geometry.Points], place: geometry.Affine) -> NDArray[np.float64]:
    """Bounds `(18, 4)` of the joints' shapes: left, top, right, bottom."""
    boxes = np.full((len(JOINTS), 4), np.nan)
    for number, name in enumerate(JOINTS):
        if name in shapes:
            moved = geometry.move(shapes[name], place)
            boxes[number] = *moved.min(axis=0), *moved.max(axis=0)
    return boxes


def _heat(boxes: NDArray[np.float64], height_px: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Spots at the middles of the boxes, on the cells, and whether each is labelled."""
    rows, columns = (side // CELL_PX for side in canvas_size(height_px))
    known = ~np.isnan(boxes[:, 0])
    middles = np.nan_to_num((boxes[:, :2] + boxes[:, 2:]) / 2 / CELL_PX - 0.5, nan=-100.0)
    across, down = (
        np.exp(-((np.arange(count) - middles[:, axis, None]) ** 2) / (2 * HEAT_SIGMA_CELLS**2))
        for axis, count in ((0, columns), (1, rows))
    )
    return (down[:, :, None] * across[:, None, :]).astype(np.float32), known


@dataclass(frozen=True, eq=False)
class BoneBatches:
    """Batches of varied hands.

    Attributes:
        hands: Training hands.
        shares: Share of each kind among the samples; kinds without hands are left out.
        spec: Input of the network.
        variation: How far hands are varied.
        batch_size: Hands a step.
        seed: Seed of choice and variations.
        steps: Steps of the training.
        growth: Size of the picture over the steps.
    """

    hands: Sequence[BoneHand]
    shares: Mapping[Kind, float]
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
            "shares": {str(kind): share for kind, share in self.shares.items()},
        }

    def data_digest(self) -> str:
        """sha256 of the hands, in their order."""
        digest = hashlib.sha256()
        for hand in self.hands:
            hand.update(digest)
        return digest.hexdigest()

    def draw(self, step: int) -> Sequence[BoneSample]:
        """Numbers of hands, and their variations."""
        rng = np.random.default_rng([self.seed, step])
        kinds = np.array([str(hand.kind) for hand in self.hands])
        share = np.array([self.shares[hand.kind] for hand in self.hands])
        share /= np.array([np.count_nonzero(kinds == kind) for kind in kinds])
        chosen = rng.choice(len(self.hands), self.batch_size, p=share / share.sum())
        height_px = grown_height(self.spec.height_px, self.growth, step / self.steps)
        return [BoneSample(int(number), height_px, draw_variation(rng, self.variation)) for number in chosen]

    def render(self, draws: Sequence[BoneSample]) -> Batch:
        """The arrays of `render_sample`, each with a first axis of the batch."""
        samples = [render_sample(self.hands[draw.number], draw.variation, draw.height_px) for draw in draws]
        return {key: torch.from_numpy(np.stack([sample[key] for sample in samples])) for key in samples[0]}
