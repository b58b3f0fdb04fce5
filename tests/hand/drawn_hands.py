"""Hands drawn pixel by pixel, with known measures."""

from __future__ import annotations

import dataclasses

import numpy as np

from openboneage.hand import geometry
from openboneage.hand.frame import canvas_size, frame_to_canvas
from openboneage.hand.standard_hand import MASK_HEIGHT_PX, StandardHand
from tests import hands


def drawn(film: np.ndarray, inside: np.ndarray) -> StandardHand:
    """A hand whose film has the pixels of the canvas from its upper left on, with a mask of that area."""
    to_frame = geometry.inverse(frame_to_canvas(MASK_HEIGHT_PX))
    plain = hands.examined().hand
    return dataclasses.replace(plain, film=film.astype(np.uint8), film_to_frame=to_frame, mask=inside.astype(np.float32))


def area(rows: slice, columns: slice) -> np.ndarray:
    """That part of the canvas."""
    inside = np.zeros(canvas_size(MASK_HEIGHT_PX), bool)
    inside[rows, columns] = True
    return inside
