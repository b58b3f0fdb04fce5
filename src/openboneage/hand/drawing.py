"""The picture of a hand for a network: upright, background removed, contrast normalised within the hand."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from openboneage.hand.finder import brightness_range
from openboneage.hand.frame import HEIGHT, canvas_size
from openboneage.hand.standard_hand import MASK_THRESHOLD, StandardHand
from openboneage.quantities import NotNegative, Share
from openboneage.weights.strict import STRICT


@dataclass(frozen=True, config=STRICT)
class PictureSpec:
    """How a hand becomes a network's input.

    Attributes:
        height_px: Height of the input canvas.
        mask_margin: Frame units of background kept around the hand.
        range_low: Quantile of brightness within the hand that becomes 0.
        range_high: Quantile that becomes 1.
    """

    height_px: Annotated[int, Field(gt=0)]
    mask_margin: NotNegative
    range_low: Share
    range_high: Share


DEFAULT_PICTURE = PictureSpec(height_px=256, mask_margin=0.06, range_low=0.02, range_high=0.98)
"""Input of new networks. Films of 299 px have about 275 px per canvas height."""


def draw_picture(hand: StandardHand, spec: PictureSpec) -> NDArray[np.float32]:
    """Draw a hand from a film of any size.

    Returns:
        `(height_px, width_px)` float32: 0 is dark or background, 1 is bright bone.
    """
    drawn = hand.canvas(spec.height_px)
    values = normalise(drawn.astype(np.float32), *brightness_within(drawn, hand, spec))
    return values * mask_weight(hand.mask, spec.mask_margin, spec.height_px)


def brightness_within(canvas: NDArray[np.uint8], hand: StandardHand, spec: PictureSpec) -> tuple[float, float]:
    """Brightness within the hand that becomes 0 and 1, on its canvas of the height of the picture."""
    inside = cv2.resize(hand.mask, canvas_size(spec.height_px)[::-1], interpolation=cv2.INTER_AREA) > MASK_THRESHOLD
    return brightness_range(canvas[inside] if inside.any() else canvas, spec.range_low, spec.range_high)


def normalise(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """Stretch brightness so that `low` becomes 0 and `high` 1, and clip values far outside."""
    return np.asarray(np.clip((values - low) / max(high - low, 1.0), 0.0, 1.25), np.float32)


def mask_weight(mask: NDArray[np.float32], margin: float, height_px: int) -> NDArray[np.float32]:
    """Weight of each input pixel: 1 on the hand and its margin, 0 beyond, with a soft edge."""
    radius = max(round(margin * mask.shape[0] / HEIGHT), 0)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    grown = cv2.dilate((mask > MASK_THRESHOLD).astype(np.uint8), disc)
    return np.asarray(
        cv2.resize(grown.astype(np.float32), canvas_size(height_px)[::-1], interpolation=cv2.INTER_AREA), np.float32
    )
