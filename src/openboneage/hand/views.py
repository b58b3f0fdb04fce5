"""Views of a hand for sets 1.0 to 1.3: point samples, as in the RSNA films of 100 px, and area averages.

Their training films are nearest-neighbour reductions to 100 x 100 px, so their networks were trained on aliased pixels. A large
film is therefore sampled on an equally coarse grid; each phase shifts the grid by a part of its step. Two thirds of the
training films also exist as area averages; the mean over both kinds of view is more accurate than either.
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
from openboneage.hand.drawing import PictureSpec, brightness_within, mask_weight, normalise
from openboneage.hand.frame import HEIGHT, WIDTH, about_middle, canvas_size, on_canvas
from openboneage.hand.standard_hand import StandardHand
from openboneage.quantities import Positive
from openboneage.weights.strict import STRICT

Places = Annotated[tuple[tuple[float, Positive], ...], Field(min_length=1)]
"""Rotations in degrees clockwise, and scales."""

AS_IT_LIES: Places = ((0.0, 1.0),)


@dataclass(frozen=True, config=STRICT)
class SampleSpec(PictureSpec):
    """How a hand becomes several inputs of a network.

    Attributes:
        samples_per_unit: Grid points per frame unit, `(down, across)`, as in the median training film.
        phases: Grid shifts along each axis; a fine film's point samples are drawn once for each, `phases` squared times.
        diagonal: Only the phases that are shifted as far down as across are drawn, `phases` of them.
        smooth: How often a fine film is also drawn as averages over areas.
        coarse: A film with fewer pixels per frame unit than `coarse` times the grid is coarse: it is drawn without reduction,
            twice at each place.
        places: Rotations in degrees clockwise and scales, about the centre of the canvas, at which a coarse film is drawn.
    """

    samples_per_unit: tuple[Positive, Positive]
    phases: Annotated[int, Field(gt=0)]
    diagonal: bool
    smooth: Annotated[int, Field(ge=0)]
    coarse: Positive
    places: Places


def draw_views(hand: StandardHand, spec: SampleSpec) -> NDArray[np.float32]:
    """Draw the views of a hand for a network.

    Returns:
        `(views, 1, height_px, width_px)` float32: 0 is dark or background, 1 is bright bone.
    """
    average = hand.canvas(spec.height_px)
    low, high = brightness_within(average, hand, spec)
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


def _placed(hand: StandardHand, turn: float, scale: float) -> StandardHand:
    """The hand rotated clockwise and scaled about the centre of its canvas."""
    change = about_middle(geometry.chain(geometry.rotation(turn), geometry.scaling(scale, scale)))
    mask = geometry.warp(hand.mask, on_canvas(change, hand.mask.shape[0]), hand.mask.shape)
    return replace(hand, film_to_frame=geometry.chain(hand.film_to_frame, change), mask=mask)


def _drawn_once(hand: StandardHand, spec: SampleSpec) -> NDArray[np.uint8]:
    return geometry.warp(hand.film, hand.film_to_canvas(spec.height_px), canvas_size(spec.height_px), cv2.INTER_CUBIC)


def _point_samples(hand: StandardHand, spec: SampleSpec) -> list[NDArray[np.uint8]]:
    """The phases of the sampling grid, each drawn on the input canvas."""
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
