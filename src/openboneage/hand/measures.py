"""Measures of a standard hand for quality control: size, position on the film, outline, exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from openboneage.hand import geometry
from openboneage.hand.detail import detail_share, fine_ratio
from openboneage.hand.fingers import Finger, fingers_at_edge
from openboneage.hand.frame import HEIGHT, TOP, canvas_size
from openboneage.hand.shape import finger_units, hand_area, mirror_likeness, width_units
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, MASK_THRESHOLD, StandardHand
from openboneage.quantities import NotNegative, Positive, Share

EDGE_UNITS = 0.02
"""Hand this close to the film's edge counts as touching it."""
WRIST_Y = 0.75
"""Below this the forearm may leave the film; above it the hand may not. The distal radius lies at 1."""
BAND_PX = 9
"""Width of the window in which the brightness inside and outside the outline is compared."""
EDGE_CONTRAST = 0.02
"""The outline follows an edge where the hand is brighter than the outside by this share of its brightness range."""


@dataclass(frozen=True)
class Measures:
    """Measures behind the verdict. A frame unit is the distance from the third knuckle to the distal radius."""

    no_hand: Annotated[Share, Field(description="Probability that there is no hand on the film.")]
    two_hands: Annotated[Share, Field(description="Probability that there are several hands on the film.")]
    second_hand: Annotated[Share, Field(description="Mean probability of a second distal radius and third knuckle.")]
    hand_area: Annotated[
        NotNegative,
        Field(description="Area on the whole film that looks like hand, in squared frame units: near 2 for one hand."),
    ]
    mirror_likeness: Annotated[
        Share, Field(description="Correlation of the hand's detail with its mirror image; 1 if half a hand was mirrored.")
    ]
    landmark: Annotated[Share, Field(description="Lowest probability among wrist and knuckles.")]
    pixels_per_unit: Annotated[Positive, Field(description="Film pixels per frame unit.")]
    cut_units: Annotated[
        NotNegative, Field(description="Length of the film's edge, above the wrist, that the hand touches, in frame units.")
    ]
    fingers_at_edge: Annotated[
        tuple[Finger, ...], Field(description="Fingers that the film's edge cuts off or touches, from the thumb on.")
    ]
    finger_units: Annotated[
        NotNegative, Field(description="How far the fingers reach beyond the third knuckle, in frame units: near 1.")
    ]
    width_units: Annotated[
        NotNegative, Field(description="Width of the palm, in frame units: near 1; the mean of three widths.")
    ]
    wrist_units: Annotated[
        float,
        Field(
            description="Distance from the distal radius to the film's nearest edge, in frame units; negative outside the film."
        ),
    ]
    outline_share: Annotated[
        Share, Field(description="Share of the outline, above the wrist, where the hand is brighter than the outside.")
    ]
    fine_ratio: Annotated[
        NotNegative,
        Field(description="Contrast of fine structures within the hand over that of coarser ones; low on filtered films."),
    ]
    contrast: Annotated[
        float, Field(ge=0, le=255, description="Grey levels between the 2nd and the 98th percentile within the hand.")
    ]
    white_share: Annotated[Share, Field(description="Share of the hand at full white.")]
    black_share: Annotated[Share, Field(description="Share of the hand at full black.")]
    detail_share: Annotated[
        Share, Field(description="Share of the hand, without its edge, where brightness changes as it does at bones.")
    ]


def measure(hand: StandardHand) -> Measures:
    """Measure a standard hand."""
    inside, canvas, covered = hand.mask > MASK_THRESHOLD, hand.canvas(MASK_HEIGHT_PX), _covered(hand)
    values = canvas[inside]
    low, high = np.percentile(values, (2, 98)) if values.size else (0.0, 0.0)
    return Measures(
        no_hand=float(hand.detection.hand_count[0]),
        two_hands=float(hand.detection.hand_count[2]),
        second_hand=hand.detection.second_hand,
        hand_area=hand_area(hand),
        mirror_likeness=min(max(mirror_likeness(hand), 0.0), 1.0),
        landmark=float(hand.landmark_scores.min()),
        pixels_per_unit=hand.pixels_per_unit,
        cut_units=_cut_units(inside, covered),
        fingers_at_edge=fingers_at_edge(canvas, inside, covered),
        finger_units=finger_units(inside),
        width_units=width_units(hand, inside),
        wrist_units=_wrist_units(hand),
        outline_share=_outline_share(canvas, inside, covered, EDGE_CONTRAST * max(high - low, 1.0)),
        fine_ratio=fine_ratio(canvas, inside),
        contrast=float(high - low),
        white_share=float((values >= 254).mean()) if values.size else 0.0,
        black_share=float((values <= 1).mean()) if values.size else 0.0,
        detail_share=detail_share(canvas, inside),
    )


def _covered(hand: StandardHand) -> NDArray[np.bool_]:
    """Where the canvas shows film."""
    film = np.full(hand.film.shape, 255, np.uint8)
    onto = hand.film_to_canvas(MASK_HEIGHT_PX)
    return geometry.warp(film, onto, canvas_size(MASK_HEIGHT_PX), cv2.INTER_NEAREST) > 0


def _above_wrist() -> NDArray[np.bool_]:
    """Rows of the canvas above the wrist, `(256, 1)`."""
    rows = TOP + (np.arange(MASK_HEIGHT_PX) + 0.5) * HEIGHT / MASK_HEIGHT_PX
    return np.asarray(rows[:, None] < WRIST_Y)


def _eroded(area: NDArray[np.bool_], width_px: int) -> NDArray[np.bool_]:
    square = np.ones((width_px, width_px), np.uint8)
    return cv2.erode(area.astype(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=1) > 0


def _cut_units(inside: NDArray[np.bool_], covered: NDArray[np.bool_]) -> float:
    margin = max(round(EDGE_UNITS * MASK_HEIGHT_PX / HEIGHT), 1)
    touching = inside & covered & ~_eroded(covered, 2 * margin + 1) & _above_wrist()
    return float(touching.sum()) / margin * HEIGHT / MASK_HEIGHT_PX


def _wrist_units(hand: StandardHand) -> float:
    x, y = geometry.move(np.array([[0.0, 1.0]]), geometry.inverse(hand.film_to_frame))[0]
    height, width = hand.film.shape
    return float(min(x, y, width - x, height - y)) / hand.pixels_per_unit


def _outline_share(
    canvas: NDArray[np.uint8], inside: NDArray[np.bool_], covered: NDArray[np.bool_], least_step: float
) -> float:
    """0 without an outline.

    Soft tissue absorbs more than air, so an outline that does not separate the two is not that of a hand.
    """
    shown = _eroded(covered, BAND_PX)
    within, without = _local_mean(canvas, inside & shown), _local_mean(canvas, ~inside & shown)
    gradient = cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    outline = (gradient > 0) & shown & _above_wrist()
    return float((within - without > least_step)[outline].mean()) if outline.any() else 0.0


def _local_mean(canvas: NDArray[np.uint8], area: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Mean brightness of the pixels of an area within a window around each pixel."""
    weight = area.astype(np.float32)
    window = BAND_PX, BAND_PX
    return np.asarray(cv2.blur(canvas * weight, window) / np.maximum(cv2.blur(weight, window), 1e-6), np.float32)
