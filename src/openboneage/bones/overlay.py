"""Picture of a hand with the outlines of its bones and the boxes of its joints."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.names import CARPAL, CARPALS, RUS
from openboneage.bones.outlines import BoneOutline, HandOutlines
from openboneage.hand import geometry
from openboneage.hand.standard_hand import StandardHand

RUS_COLOUR, OTHER_COLOUR, CARPAL_COLOUR, BOX_COLOUR = (80, 220, 120), (60, 150, 220), (250, 170, 60), (120, 120, 120)
"""Red, green, blue."""
SHIFT = 4
"""OpenCV draws at sixteenths of a pixel."""
TEXT_SIZE = 0.45
"""Height of names, as a share of OpenCV's font of about 20 px."""


def bone_overlay(hand: StandardHand, outlines: HandOutlines, height_px: int = 1200) -> NDArray[np.uint8]:
    """Draw the hand upright with outlines, names and boxes.

    Returns:
        Red, green and blue, `(height_px, 0.75 * height_px, 3)`.
    """
    picture = np.asarray(cv2.cvtColor(hand.canvas(height_px), cv2.COLOR_GRAY2RGB), np.uint8)
    onto = hand.film_to_canvas(height_px)
    for joint in outlines.joints.values():
        _draw(picture, geometry.move(joint.corners_px, onto), BOX_COLOUR)
    for outline in (*outlines.bones.values(), *outlines.unidentified):
        polygon = geometry.move(outline.polygon_px, onto)
        _draw(picture, polygon, _colour(outline))
        if outline.name != CARPAL:
            x, y = polygon[polygon[:, 0].argmax()]
            place = int(x) + 3, int(y) + 4
            cv2.putText(
                picture, outline.name, place, cv2.FONT_HERSHEY_SIMPLEX, TEXT_SIZE, _colour(outline), lineType=cv2.LINE_AA
            )
    return picture


def _colour(outline: BoneOutline) -> tuple[int, int, int]:
    if outline.name in RUS:
        return RUS_COLOUR
    return CARPAL_COLOUR if outline.name in (*CARPALS, CARPAL) else OTHER_COLOUR


def _draw(picture: NDArray[np.uint8], polygon: geometry.Points, colour: tuple[int, int, int]) -> None:
    corners = [np.rint((polygon - 0.5) * 2**SHIFT).astype(np.int32)]
    cv2.polylines(picture, corners, True, colour, 1, cv2.LINE_AA, SHIFT)
