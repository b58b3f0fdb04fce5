"""Cortical thickness of the second, third and fourth metacarpal at the middle of the shaft, and its indices.

Formulas: Thodberg et al., Osteoporos Int 2010; 21:1391-1400 (`bone_health_index.csv`). The device of that paper fits a model of
the bone; here the cortex ends half way between its brightest place and the marrow. The bone health index is therefore not that
of the device, and no reference values are known for it: there is no SDS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from openboneage.bones.outlines import HandOutlines
from openboneage.bones.paths import FORBIDDEN, best_path
from openboneage.bones.view import CARPAL_ENDS, METAPHYSES
from openboneage.hand import geometry
from openboneage.hand.frame import draw_smooth

METACARPALS = ("mc2", "mc3", "mc4")
BEGINS, ENDS = 0.35, 0.62
"""The part of the metacarpal that is measured: share of the way from its head to its base."""
ROWS, COLUMNS = 96, 160
SPAN = 1.4
"""Width of the strip in typical widths of the metaphysis."""
FEWEST_PX = 30.0
"""Smallest width of a shaft in film pixels: at 30 px the cortex is about 6 px thick."""
SHAFT, MOST_SHIFT = 0.55, 0.22
"""Usual width of the shaft in widths of the metaphysis, and its largest distance from the middle of the strip in strip
widths."""
SAMPLES = 201
THICKEST = 0.45
"""Largest thickness of a cortex: beyond it no marrow is visible, and the shaft was not found."""
CORTEX = (0.02, 0.4)
"""Where the brightest place of the cortex is looked for: share of the shaft's width from its edge."""
MARROW = (0.4, 0.6)


@dataclass(frozen=True)
class Cortex:
    """One metacarpal; thickness and width at the middle of its shaft.

    Attributes:
        thickness: Mean thickness of both cortices as a share of the width of the shaft, 0 to 0.5.
        width_px: Width of the shaft in film pixels.
        length_px: From the far end of the head to the usual place of the base, in film pixels.
        spacing_mm: Distance between film pixels in mm; None if it is not known.
    """

    thickness: float
    width_px: float
    length_px: float
    spacing_mm: float | None

    @property
    def thickness_index(self) -> float:
        """Metacarpal index: both cortices over the width of the shaft."""
        return 2 * self.thickness

    @property
    def area_index(self) -> float:
        """Metacarpal index by area: cortical area over the squared width."""
        return float(np.pi * self.thickness * (1 - self.thickness))

    @property
    def bone_health_index(self) -> float | None:
        """`pi T (1 - T / W) / (L W)^0.33` with lengths in mm; None if the spacing is not known."""
        if self.spacing_mm is None:
            return None
        width_mm, length_mm = self.width_px * self.spacing_mm, self.length_px * self.spacing_mm
        return float(self.area_index * width_mm / (length_mm * width_mm) ** 0.33)


@dataclass(frozen=True)
class CortexMeasures:
    """The metacarpals that could be measured, and the means of their indices.

    Attributes:
        metacarpals: Measures by bone; at least one.
    """

    metacarpals: Mapping[str, Cortex]

    @property
    def area_index(self) -> float:
        """Mean metacarpal index by area."""
        return float(np.mean([cortex.area_index for cortex in self.metacarpals.values()]))

    @property
    def thickness_index(self) -> float:
        """Mean metacarpal index."""
        return float(np.mean([cortex.thickness_index for cortex in self.metacarpals.values()]))

    @property
    def bone_health_index(self) -> float | None:
        """Mean bone health index; None if the spacing is not known."""
        values = [value for cortex in self.metacarpals.values() if (value := cortex.bone_health_index) is not None]
        return float(np.mean(values)) if values else None


def measure_cortex(film: NDArray[np.uint8], hand: HandOutlines, spacing_mm: float | None = None) -> CortexMeasures | None:
    """Measure the cortex of the three middle metacarpals.

    Args:
        film: Brightness with bright bones, `(height, width)`, at full resolution.
        hand: The outlines.
        spacing_mm: Distance between film pixels in mm.

    Returns:
        The measures; None if no metacarpal is outlined, or their shafts are less than 30 px wide.
    """
    measured = {bone: _cortex(film, hand, bone, spacing_mm) for bone in METACARPALS if bone in hand.bones}
    wide = {bone: cortex for bone, cortex in measured.items() if cortex.width_px >= FEWEST_PX and cortex.thickness < THICKEST}
    return CortexMeasures(wide) if wide else None


def _cortex(film: NDArray[np.uint8], hand: HandOutlines, bone: str, spacing_mm: float | None) -> Cortex:
    outline = hand.bones[bone].polygon_px
    base = geometry.move(np.array([CARPAL_ENDS[bone]]), geometry.inverse(hand.film_to_frame))[0]
    shaft = base - geometry.centre_of(outline)
    shaft /= np.linalg.norm(shaft)
    head = outline[(outline @ shaft).argmin()] @ shaft
    length_px = float(base @ shaft - head)
    unit_px = float(1 / np.sqrt(abs(np.linalg.det(hand.film_to_frame[:, :2]))))
    scale = COLUMNS / (SPAN * METAPHYSES[bone] * unit_px)
    begins = geometry.centre_of(outline) + shaft * (head + BEGINS * length_px - geometry.centre_of(outline) @ shaft)
    axes = scale * np.stack([[shaft[1], -shaft[0]], shaft])
    upright = np.concatenate([axes, (np.array([COLUMNS / 2, 0]) - axes @ begins)[:, None]], axis=1)
    rows = max(round((ENDS - BEGINS) * length_px * scale), ROWS // 2)
    thickness, width = _thickness(draw_smooth(film, upright, (rows, COLUMNS)).astype(np.float32))
    return Cortex(thickness, width / scale, length_px, spacing_mm)


def _thickness(strip: NDArray[np.float32]) -> tuple[float, float]:
    """Mean thickness of the cortices as a share of the shaft's width, and that width in pixels of the strip."""
    strip = _centred(strip)
    rise = cv2.Sobel(cv2.GaussianBlur(strip, (0, 0), 1.5), cv2.CV_64F, 1, 0, ksize=3)
    steep: NDArray[np.float64] = np.asarray(cv2.GaussianBlur(rise, (0, 0), sigmaX=0.5, sigmaY=4), np.float64)
    left, right = _outer(steep, -1), _outer(-steep, 1)
    share = np.linspace(-0.1, 1.1, SAMPLES)
    x = left[:, None] + share * (right - left)[:, None]
    y = np.broadcast_to(np.arange(len(strip), dtype=np.float32)[:, None], x.shape)
    straight = cv2.remap(strip, (x - 0.5).astype(np.float32), np.ascontiguousarray(y), cv2.INTER_LINEAR)
    profile = np.median(straight, axis=0)
    marrow = float(np.median(profile[(share > MARROW[0]) & (share < MARROW[1])]))
    sides = [_one_side(share, profile, marrow), _one_side(share, profile[::-1], marrow)]
    return float(np.mean(sides)), float(np.median(right - left))


def _centred(strip: NDArray[np.float32]) -> NDArray[np.float32]:
    """The strip with its shaft in the middle: the path of the greatest brightness averaged over the width of a shaft."""
    broad = cv2.blur(strip, (round(COLUMNS / SPAN * SHAFT), 9))
    possible = np.abs(np.arange(COLUMNS) - COLUMNS / 2) < COLUMNS * MOST_SHIFT
    path = best_path(np.where(possible, broad / max(float(np.ptp(broad)), 1.0), FORBIDDEN), 1, 0.02)
    places = np.arange(len(path))
    middle = np.polyval(np.polyfit(places, path + 0.5, 2), places)
    x = np.arange(COLUMNS, dtype=np.float32) + (middle - COLUMNS / 2)[:, None].astype(np.float32)
    y = np.broadcast_to(places[:, None].astype(np.float32), x.shape)
    return np.asarray(
        cv2.remap(strip, x, np.ascontiguousarray(y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _outer(rise: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Place of the outer edge in each row, in pixels of the strip."""
    out = side * (np.arange(COLUMNS) + 0.5 - COLUMNS / 2) / COLUMNS * SPAN
    possible = (out > 0.1) & (out < 0.6)
    strength = np.clip(rise / (np.percentile(np.maximum(rise[:, possible], 0), 95) + 1e-6), -1, 1) - np.maximum(out - 0.45, 0)
    path = best_path(np.where(possible, strength, FORBIDDEN), 1, 0.05)
    near = np.clip(path[:, None] + np.arange(-3, 4), 0, COLUMNS - 1)
    weight = np.maximum(np.take_along_axis(rise, near, axis=1), 0) ** 2 + 1e-9
    return np.asarray((weight * near).sum(axis=1) / weight.sum(axis=1) + 0.5)


def _one_side(share: NDArray[np.float64], profile: NDArray[np.float64], marrow: float) -> float:
    """Where brightness falls half way from the cortex's brightest place to the marrow, from the outer edge."""
    within = np.flatnonzero((share > CORTEX[0]) & (share < CORTEX[1]))
    peak = within[profile[within].argmax()]
    if profile[peak] <= marrow:
        return 0.5
    half = (profile[peak] + marrow) / 2
    beyond = np.flatnonzero((share > share[peak]) & (share <= 0.5) & (profile <= half))
    if not len(beyond):
        return 0.5
    last = beyond[0]
    step = profile[last - 1] - profile[last]
    back = (half - profile[last]) / step if step > 0 else 0.0
    return float(share[last] - back * (share[1] - share[0]))
