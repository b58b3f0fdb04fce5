"""The standard hand: an upright left hand in its own frame (`hand.frame`), and the transform back to the film."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.hand import geometry
from openboneage.hand.finder import Detection
from openboneage.hand.frame import canvas_size, draw_smooth, frame_to_canvas
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Laterality

MASK_HEIGHT_PX = 256
MASK_THRESHOLD = 0.5


@dataclass(frozen=True, eq=False)
class StandardHand:
    """One hand, found and aligned; its arrays are read-only.

    Attributes:
        radiograph: The film it was found on.
        film: Brightness with bright bones, `(height, width)` uint8, on the film's own pixels.
        film_to_frame: Affine from film pixels to frame units.
        mask: Probability of hand over the canvas, `(256, 192)` float32.
        landmarks: `(x, y)` of radius, MCP1, MCP3 and MCP5 in film pixels, `(4, 2)`.
        detection: What the finder found on the whole film.
        landmark_scores: Peak probabilities of radius, MCP1, MCP3 and MCP5, averaged over thumbnail and close-up, `(4,)`.
        inverted: Whether the film showed dark bones.
        rotation_degrees: Clockwise rotation of the hand on the film from upright, -180 to 180.
        mirrored: Whether the hand had its thumb on the left when upright, as a right hand has, and was mirrored.
        laterality: Side of the hand.
        laterality_source: `file` if the file states it, else `image`.
    """

    radiograph: Radiograph
    film: NDArray[np.uint8]
    film_to_frame: geometry.Affine
    mask: NDArray[np.float32]
    landmarks: geometry.Points
    detection: Detection
    landmark_scores: NDArray[np.float64]
    inverted: bool
    rotation_degrees: float
    mirrored: bool
    laterality: Laterality
    laterality_source: str

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.film, self.film_to_frame, self.mask, self.landmarks, self.landmark_scores):
            array.setflags(write=False)

    @property
    def pixels_per_unit(self) -> float:
        """Film pixels per frame unit: the distance from MCP3 to the distal radius."""
        return float(1 / np.sqrt(abs(np.linalg.det(self.film_to_frame[:, :2]))))

    def film_to_canvas(self, height_px: int) -> geometry.Affine:
        """Affine from film pixels to a canvas of that height."""
        return geometry.chain(self.film_to_frame, frame_to_canvas(height_px))

    def canvas(self, height_px: int) -> NDArray[np.uint8]:
        """The hand upright, smoothly reduced, background included, `(height_px, 0.75 * height_px)` uint8."""
        return draw_smooth(self.film, self.film_to_canvas(height_px), canvas_size(height_px))

    @cached_property
    def mask_on_film(self) -> NDArray[np.bool_]:
        """The hand on the film, `(height, width)`."""
        back = geometry.inverse(self.film_to_canvas(MASK_HEIGHT_PX))
        return geometry.warp(self.mask, back, self.film.shape) > MASK_THRESHOLD

    @cached_property
    def outline_film(self) -> list[NDArray[np.float64]]:
        """Outlines of the hand on the film, each `(n, 2)` in film pixels, largest first; none leaves the film."""
        height, width = self.film.shape
        back = geometry.inverse(self.film_to_canvas(MASK_HEIGHT_PX))
        smooth = cv2.GaussianBlur(self.mask, (0, 0), MASK_HEIGHT_PX / 128)
        contours, _ = cv2.findContours((smooth > MASK_THRESHOLD).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        ordered = sorted(contours, key=cv2.contourArea, reverse=True)
        moved = [
            geometry.move(contour.reshape(-1, 2).astype(np.float64) + 0.5, back) for contour in ordered if len(contour) > 2
        ]
        return [np.clip(outline, 0, (width, height)) for outline in moved]
