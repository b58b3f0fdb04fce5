"""The second value on a radiograph's way: an upright left hand in a frame of its own, and the way back to the film.

The frame's origin is the third metacarpophalangeal joint (MCP3); its unit is the distance from there to the distal radius,
which lies at `(0, 1)`; x points to the thumb, y to the wrist. So finger pose and length of forearm on the film change neither
place nor size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.imaging import geometry
from openboneage.imaging.finder import Sighting
from openboneage.imaging.radiograph import Radiograph
from openboneage.subject import Laterality

LEFT, TOP, WIDTH, HEIGHT = -0.93, -1.2, 2.025, 2.7
"""The canvas in frame units: of 311 boxed films (Koitka et al. 2018) 99 % have their fingertips inside."""
ASPECT = WIDTH / HEIGHT
MASK_HEIGHT_PX = 256
MASK_THRESHOLD = 0.5


@dataclass(frozen=True, eq=False)
class StandardHand:
    """One hand, found and laid straight; its arrays are read-only.

    Attributes:
        radiograph: The film it was found on.
        film: Brightness with bright bones, `(height, width)` uint8, on the film's own pixels.
        film_to_frame: Affine from film pixels to frame units.
        mask: Probability of hand over the canvas, `(256, 192)` float32.
        sighting: What the finder said of the whole film.
        landmark_scores: Peak probabilities of radius, MCP1, MCP3 and MCP5, averaged over both looks, `(4,)`.
        inverted: Whether the film showed dark bones.
        rotation_degrees: How far the hand on the film is turned clockwise from upright, -180 to 180.
        mirrored: Whether the hand had its thumb on the left when upright, as a right hand has, and was mirrored.
        laterality: Side of the hand.
        laterality_source: `file` where the file says, else `image`.
    """

    radiograph: Radiograph
    film: NDArray[np.uint8]
    film_to_frame: geometry.Affine
    mask: NDArray[np.float32]
    sighting: Sighting
    landmark_scores: NDArray[np.float64]
    inverted: bool
    rotation_degrees: float
    mirrored: bool
    laterality: Laterality
    laterality_source: str

    def __post_init__(self) -> None:
        """Close the arrays."""
        for array in (self.film, self.film_to_frame, self.mask, self.landmark_scores):
            array.setflags(write=False)

    @property
    def pixels_per_unit(self) -> float:
        """Film pixels to one frame unit: the distance from MCP3 to the distal radius."""
        return float(1 / np.sqrt(abs(np.linalg.det(self.film_to_frame[:, :2]))))

    def film_to_canvas(self, height_px: int) -> geometry.Affine:
        """Affine from film pixels to a canvas of that height."""
        return geometry.chain(self.film_to_frame, frame_to_canvas(height_px))

    def canvas(self, height_px: int) -> NDArray[np.uint8]:
        """The hand upright, smoothly reduced, background included, `(height_px, 0.75 * height_px)` uint8."""
        return draw_smooth(self.film, self.film_to_canvas(height_px), canvas_size(height_px))

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


def canvas_size(height_px: int) -> tuple[int, int]:
    """Height and width of a canvas."""
    return height_px, round(height_px * ASPECT)


def frame_to_canvas(height_px: int) -> geometry.Affine:
    """Affine from frame units to the pixels of a canvas."""
    scale = height_px / HEIGHT
    return geometry.chain(geometry.translation(-LEFT, -TOP), geometry.scaling(scale, scale))


def about_middle(change: geometry.Affine) -> geometry.Affine:
    """A change of the frame, such as a turn, done about the middle of the canvas at the height of MCP3."""
    middle = LEFT + WIDTH / 2
    return geometry.chain(geometry.translation(-middle, 0), change, geometry.translation(middle, 0))


def on_canvas(change: geometry.Affine, height_px: int) -> geometry.Affine:
    """A change of the frame, as it moves the pixels of a canvas of that height."""
    onto = frame_to_canvas(height_px)
    return geometry.chain(geometry.inverse(onto), change, onto)


def draw_smooth(film: NDArray[np.uint8], transform: geometry.Affine, size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw a film through a transform; where that reduces it, average first so that nothing aliases."""
    scale = float(np.sqrt(abs(np.linalg.det(transform[:, :2]))))
    if scale < 0.5:
        height, width = film.shape
        reduced = cv2.resize(
            film, (max(round(width * scale * 1.5), 1), max(round(height * scale * 1.5), 1)), interpolation=cv2.INTER_AREA
        )
        back = geometry.scaling(width / reduced.shape[1], height / reduced.shape[0])
        return geometry.warp(np.asarray(reduced, np.uint8), geometry.chain(back, transform), size_px)
    return geometry.warp(film, transform, size_px)
