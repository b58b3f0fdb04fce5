"""Views of a hand: a large film is reduced as the RSNA training films were, to point samples and to area averages.

The training films are nearest-neighbour reductions to 100 x 100 px, so a network that learned from them knows aliased pixels.
A large film is therefore sampled on a grid as coarse as theirs; each phase shifts the grid by a part of its step. Area averages
exist of two thirds of the training films; the mean over both kinds of view is more accurate than either.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from openboneage.hand import geometry
from openboneage.hand.finder import brightness_range
from openboneage.hand.frame import HEIGHT, WIDTH, about_middle, canvas_size, draw_smooth, on_canvas
from openboneage.hand.standard_hand import MASK_THRESHOLD, StandardHand
from openboneage.quantities import NotNegative, Positive, Share
from openboneage.weights.strict import STRICT

Places = Annotated[tuple[tuple[float, Positive], ...], Field(min_length=1)]
"""Turns in degrees clockwise, and scales."""

AS_IT_LIES: Places = ((0.0, 1.0),)
TWO_PLACES: Places = ((4.0, 1.07), (-4.0, 0.935))
"""A hand turned and enlarged a little, and turned and reduced: a network's chance errors differ between the two."""


@dataclass(frozen=True, config=STRICT)
class SampleSpec:
    """How a hand becomes a network's input.

    Attributes:
        height_px: Height of the input canvas.
        samples_per_unit: Grid points to one frame unit, `(down, across)`, as the median training film has.
        phases: Grid shifts along each axis; a fine film's point samples are drawn once for each, `phases` squared times.
        diagonal: Only the phases that are shifted as far down as across are drawn, `phases` of them.
        smooth: How often a fine film is also drawn as averages over areas.
        coarse: A film with fewer pixels to a frame unit than `coarse` times the grid is coarse: it is drawn as it is, twice at
            each place.
        places: Turns in degrees clockwise and scales, about the middle of the canvas, at which a coarse film is drawn.
        mask_margin: Frame units of background kept around the hand.
        range_low: Quantile of brightness within the hand that becomes 0.
        range_high: Quantile that becomes 1.
    """

    height_px: Annotated[int, Field(gt=0)]
    samples_per_unit: tuple[Positive, Positive]
    phases: Annotated[int, Field(gt=0)]
    diagonal: bool
    smooth: Annotated[int, Field(ge=0)]
    coarse: Positive
    places: Places
    mask_margin: NotNegative
    range_low: Share
    range_high: Share


DEFAULT_VIEWS = SampleSpec(
    height_px=128,
    samples_per_unit=(34.0, 43.0),
    phases=2,
    diagonal=True,
    smooth=2,
    coarse=1.6,
    places=TWO_PLACES,
    mask_margin=0.06,
    range_low=0.02,
    range_high=0.98,
)
"""Views that new networks are trained on."""


def draw_views(hand: StandardHand, spec: SampleSpec) -> NDArray[np.float32]:
    """Draw the views of a hand that a network sees.

    Returns:
        `(views, 1, height_px, width_px)` float32: 0 is dark or background, 1 is bright bone.
    """
    average = hand.canvas(spec.height_px)
    low, high = _brightness_within(average, hand, spec)
    if hand.pixels_per_unit > spec.coarse * max(spec.samples_per_unit):
        drawn = [(hand, [*_point_samples(hand, spec), *[average] * spec.smooth])]
    else:
        placed = [_placed(hand, turn, scale) for turn, scale in spec.places]
        drawn = [(at, [_drawn_once(at, spec)] * 2) for at in placed]
    views = []
    for at, pictures in drawn:
        weight = mask_weight(at.mask, spec.mask_margin, spec.height_px)
        views += [normalise(picture.astype(np.float32), low, high) * weight for picture in pictures]
    return np.stack(views)[:, None]


def alternately_mirrored(views: NDArray[np.float32]) -> NDArray[np.float32]:
    """The views with every second one mirrored: age has no side, so this costs nothing and steadies the mean."""
    turned = views.copy()
    turned[1::2] = views[1::2, :, :, ::-1]
    return turned


def brightness_of_hand(film: NDArray[np.uint8], hand: StandardHand, spec: SampleSpec) -> tuple[float, float]:
    """Brightness within the hand that becomes 0 and 1, on any picture that lies pixel by pixel on the hand's film."""
    return _brightness_within(draw_smooth(film, hand.film_to_canvas(spec.height_px), canvas_size(spec.height_px)), hand, spec)


def _brightness_within(values: NDArray[np.uint8], hand: StandardHand, spec: SampleSpec) -> tuple[float, float]:
    inside = cv2.resize(hand.mask, canvas_size(spec.height_px)[::-1], interpolation=cv2.INTER_AREA) > MASK_THRESHOLD
    return brightness_range(values[inside] if inside.any() else values, spec.range_low, spec.range_high)


def normalise(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """Stretch brightness so that `low` becomes 0 and `high` 1, and cut what lies far outside."""
    return np.asarray(np.clip((values - low) / max(high - low, 1.0), 0.0, 1.25), np.float32)


def mask_weight(mask: NDArray[np.float32], margin: float, height_px: int) -> NDArray[np.float32]:
    """Weight of each input pixel: 1 on the hand and its margin, 0 beyond, with a soft edge."""
    radius = max(round(margin * mask.shape[0] / HEIGHT), 0)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    grown = cv2.dilate((mask > MASK_THRESHOLD).astype(np.uint8), disc)
    return np.asarray(
        cv2.resize(grown.astype(np.float32), canvas_size(height_px)[::-1], interpolation=cv2.INTER_AREA), np.float32
    )


def _placed(hand: StandardHand, turn: float, scale: float) -> StandardHand:
    """The hand turned clockwise and scaled about the middle of its canvas."""
    change = about_middle(geometry.chain(geometry.rotation(turn), geometry.scaling(scale, scale)))
    mask = geometry.warp(hand.mask, on_canvas(change, hand.mask.shape[0]), hand.mask.shape)
    return replace(hand, film_to_frame=geometry.chain(hand.film_to_frame, change), mask=mask)


def _drawn_once(hand: StandardHand, spec: SampleSpec) -> NDArray[np.uint8]:
    return geometry.warp(hand.film, hand.film_to_canvas(spec.height_px), canvas_size(spec.height_px), cv2.INTER_CUBIC)


def _point_samples(hand: StandardHand, spec: SampleSpec) -> list[NDArray[np.uint8]]:
    """The phases of the sampling grid, each brought to the input canvas."""
    down, across = spec.samples_per_unit
    rows, columns, phases = round(HEIGHT * down), round(WIDTH * across), spec.phases
    onto_grid = geometry.chain(
        hand.film_to_canvas(spec.height_px),
        geometry.scaling(columns / canvas_size(spec.height_px)[1], rows / spec.height_px),
        geometry.scaling(phases, phases),
    )
    fine = geometry.warp(hand.film, onto_grid, (rows * phases, columns * phases), cv2.INTER_NEAREST)
    size = canvas_size(spec.height_px)
    views = []
    for i in range(phases):
        for j in (i,) if spec.diagonal else range(phases):
            to_canvas = geometry.chain(
                geometry.translation((j + 0.5) / phases - 0.5, (i + 0.5) / phases - 0.5),
                geometry.scaling(size[1] / columns, size[0] / rows),
            )
            views.append(geometry.warp(np.ascontiguousarray(fine[i::phases, j::phases]), to_canvas, size, cv2.INTER_CUBIC))
    return views
