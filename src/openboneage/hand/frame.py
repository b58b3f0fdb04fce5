"""The frame of a hand, and the canvas on which a hand is drawn.

The origin is the third metacarpophalangeal joint (MCP3); the unit is the distance from there to the distal radius, which lies
at `(0, 1)`; x points to the thumb, y to the wrist. Finger pose and forearm length do not change position or size.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.hand import geometry

LEFT, TOP, WIDTH, HEIGHT = -0.93, -1.2, 2.025, 2.7
"""The canvas in frame units. Of 267 boxed training films (Koitka et al. 2018), 99 % have the fingertips below -1.198 and the
little finger right of -0.926; the width follows from the shape of 3:4, and 96 % have the thumb inside
(`tools/hand_limits.py`)."""
ASPECT = WIDTH / HEIGHT
AROUND_PX = 8
"""Film pixels around a part of a film that averaging and interpolation need."""


def canvas_size(height_px: int) -> tuple[int, int]:
    """Height and width of a canvas."""
    return height_px, round(height_px * ASPECT)


def frame_to_canvas(height_px: int) -> geometry.Affine:
    """Affine from frame units to the pixels of a canvas."""
    scale = height_px / HEIGHT
    return geometry.chain(geometry.translation(-LEFT, -TOP), geometry.scaling(scale, scale))


def about_middle(change: geometry.Affine) -> geometry.Affine:
    """A transform of the frame, such as a rotation, about the centre of the canvas at the height of MCP3."""
    middle = LEFT + WIDTH / 2
    return geometry.chain(geometry.translation(-middle, 0), change, geometry.translation(middle, 0))


def on_canvas(change: geometry.Affine, height_px: int) -> geometry.Affine:
    """A transform of the frame, in the pixels of a canvas of that height."""
    onto = frame_to_canvas(height_px)
    return geometry.chain(geometry.inverse(onto), change, onto)


def draw_smooth(film: NDArray[np.uint8], transform: geometry.Affine, size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw a film through a transform; if it is reduced, average first to avoid aliasing."""
    scale = float(np.sqrt(abs(np.linalg.det(transform[:, :2]))))
    if scale < 0.5:
        height, width = film.shape
        reduced = cv2.resize(
            film, (max(round(width * scale * 1.5), 1), max(round(height * scale * 1.5), 1)), interpolation=cv2.INTER_AREA
        )
        back = geometry.scaling(width / reduced.shape[1], height / reduced.shape[0])
        return geometry.warp(np.asarray(reduced, np.uint8), geometry.chain(back, transform), size_px)
    return geometry.warp(film, transform, size_px)


def draw_part(film: NDArray[np.uint8], transform: geometry.Affine, size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw a small part of a film as `draw_smooth` does, from the film pixels around it: a whole film takes long to reduce."""
    height, width = size_px
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    left, top, right, bottom = geometry.bounds(geometry.move(corners, geometry.inverse(transform))).astype(int)
    columns = slice(max(left - AROUND_PX, 0), max(right + AROUND_PX, 0))
    rows = slice(max(top - AROUND_PX, 0), max(bottom + AROUND_PX, 0))
    part = film[rows, columns]
    if not part.size:
        return np.zeros(size_px, np.uint8)
    return draw_smooth(part, geometry.chain(geometry.translation(columns.start, rows.start), transform), size_px)
