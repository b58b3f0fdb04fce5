"""Measures of the carpal bones from their outlines.

Lengths are in units of the hand's frame, areas in units squared: the distance from the third knuckle to the distal radius grows
with the hand, so they do not depend on the size of the hand or the resolution of the film.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from openboneage.bones.names import CARPALS
from openboneage.bones.outlines import HandOutlines
from openboneage.hand import geometry

REFERENCE_SHAFTS: Mapping[str, str] = {
    "capitate": "radius", "hamate": "radius",
    "triquetral": "ulna", "lunate": "ulna", "scaphoid": "ulna",
    "trapezium": "mc1", "trapezoid": "mc1",
}  # fmt: skip
"""The shaft whose width the TW criterion of stage D compares with the diameter of a carpal bone: at least half of it."""


@dataclass(frozen=True)
class CarpalSize:
    """Size of one carpal bone, in units of the hand's frame.

    Attributes:
        area: Area, units squared.
        diameter: Greatest diameter.
        length: Extent along the hand.
        width: Extent across the hand.
    """

    area: float
    diameter: float
    length: float
    width: float


@dataclass(frozen=True)
class CarpalMeasures:
    """Sizes of the carpal bones of a hand, and ratios of them.

    Attributes:
        sizes: Size of each bone that is identified. total_area: Area of all outlined carpal bones, units squared.
        ossified_share: Total area over that of the box of the wrist; None without the box. The carpal area of Matar 2021 has
        other
            bounds, so its age regression does not apply.
        unit_px: Film pixels per unit.
        spacing_mm: Distance between film pixels in mm; None if it is not known.
    """

    sizes: Mapping[str, CarpalSize]
    total_area: float
    ossified_share: float | None
    unit_px: float
    spacing_mm: float | None

    @property
    def area_ratio(self) -> float | None:
        """Area of the capitate over that of the hamate; None if one of them is missing."""
        return self._ratio("area")

    @property
    def diameter_ratio(self) -> float | None:
        """Greatest diameter of the capitate over that of the hamate; None if one of them is missing."""
        return self._ratio("diameter")

    def _ratio(self, size: str) -> float | None:
        if not {"capitate", "hamate"} <= self.sizes.keys():
            return None
        capitate, hamate = (float(getattr(self.sizes[name], size)) for name in ("capitate", "hamate"))
        return capitate / hamate if hamate > 0 else None

    def square_millimetres(self, area: float) -> float | None:
        """An area in mm²; None if the spacing of the film is not known."""
        return None if self.spacing_mm is None else area * (self.unit_px * self.spacing_mm) ** 2

    def shaft_ratios(self, metaphyses_px: Mapping[str, float]) -> dict[str, float]:
        """Greatest diameter of each bone over the width of its reference shaft, where that was measured.

        Args:
            metaphyses_px: Width of the metaphysis of radius, ulna and first metacarpal, in film pixels.
        """
        return {
            name: self.sizes[name].diameter * self.unit_px / metaphyses_px[shaft]
            for name, shaft in REFERENCE_SHAFTS.items()
            if name in self.sizes and shaft in metaphyses_px
        }


def measure_carpals(hand: HandOutlines, spacing_mm: float | None = None) -> CarpalMeasures:
    """Measure the carpal bones of a hand.

    Args:
        hand: The outlines.
        spacing_mm: Distance between film pixels in mm.
    """
    sizes = {name: _size(hand.in_frame(hand.bones[name].polygon_px)) for name in CARPALS if name in hand.bones}
    total = sum(size.area for size in sizes.values())
    total += sum(geometry.area(hand.in_frame(outline.polygon_px)) for outline in hand.unidentified)
    wrist = hand.joints.get("wrist")
    share = total / geometry.area(hand.in_frame(wrist.corners_px)) if wrist else None
    unit_px = float(1 / np.sqrt(abs(np.linalg.det(hand.film_to_frame[:, :2]))))
    return CarpalMeasures(sizes, total, share, unit_px, spacing_mm)


def _size(outline: geometry.Points) -> CarpalSize:
    corners = cv2.convexHull(outline.astype(np.float32)).reshape(-1, 2).astype(np.float64)
    across = corners[:, None] - corners
    width, length = np.ptp(outline, axis=0)
    return CarpalSize(
        geometry.area(outline), float(np.hypot(across[..., 0], across[..., 1]).max()), float(length), float(width)
    )
