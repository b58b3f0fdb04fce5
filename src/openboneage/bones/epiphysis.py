"""Measures of an epiphysis and its growth plate, from its outline and the pixels around it.

All lengths are shares of the width of the metaphysis, so they do not depend on the resolution of the film; with the spacing of
the film they are also known in mm. The widths are the greatest ones perpendicular to the shaft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openboneage.bones.contour import edges_near, resampled
from openboneage.bones.outlines import HandOutlines
from openboneage.bones.percentile import percentile
from openboneage.bones.plate import GrowthPlate, growth_plates
from openboneage.bones.shaft import ROWS, ShaftEdges, shaft_edges
from openboneage.bones.view import CENTRE_PX, METAPHYSIS_PX, SIZE_PX, BoneView, upright_view
from openboneage.hand import geometry

OPEN_DEPTH, OPEN_DOUBT = 0.15, 0.05
"""Depth of the growth plate from which it counts as open, as a share of the contrast of bone and soft tissue, and the width of
the transition."""
LEAST_CONTRAST = 4.0
SIDE = 0.38
"""Distance from the axis beyond which an epiphysis can cap the shaft, in widths of the metaphysis."""


@dataclass(frozen=True)
class EpiphysisMeasures:
    """What was measured on one bone; lengths are shares of the width of the metaphysis.

    Attributes:
        bone: Name of the bone.
        metaphysis_px: Width of the metaphysis, in film pixels.
        spacing_mm: Distance between film pixels in mm; None if it is not known.
        width: Greatest width of the epiphysis across the shaft: the ratio of epiphysis to metaphysis (E/M).
        height: Greatest height along the shaft.
        thumb_overhang: How far the epiphysis reaches beyond the shaft towards the thumb; negative where it ends before.
        small_overhang: The same towards the little finger.
        thumb_cap: How far the corner towards the thumb reaches down along the shaft from the middle of the growth plate.
        small_cap: The same towards the little finger.
        concavity: Sagitta of the edge away from the shaft, in widths of the epiphysis; positive where it is hollow.
        thumb_thickness: Share of the epiphysis's area that lies on the thumb's side of its middle.
        squareness: Area of the epiphysis over that of its box.
        gap: Median width of the growth plate at half its depth.
        plate_depth: Median depth of the growth plate, as a share of the contrast of bone and soft tissue.
        open_share: Share of the plate's width that is still open, 0 fused, 1 open.
        contrast: Brightness of the shaft minus that of the soft tissue beside it, 0 to 255.
        turn_degrees: Difference between the direction of the shaft and the one that the joints gave.
    """

    bone: str
    metaphysis_px: float
    spacing_mm: float | None
    width: float
    height: float
    thumb_overhang: float
    small_overhang: float
    thumb_cap: float
    small_cap: float
    concavity: float
    thumb_thickness: float
    squareness: float
    gap: float
    plate_depth: float
    open_share: float
    contrast: float
    turn_degrees: float

    def millimetres(self, length: float) -> float | None:
        """A length in mm, None if the spacing of the film is not known."""
        return None if self.spacing_mm is None else length * self.metaphysis_px * self.spacing_mm


@dataclass(frozen=True, eq=False)
class MeasuredEpiphysis:
    """The measures of a bone, and where they were taken.

    Attributes:
        measures: The measures.
        view: The view they were taken in.
        edge: Edge of the epiphysis in the view.
        shaft: Edges of the shaft in the view.
        plate: The growth plate in the view.
    """

    measures: EpiphysisMeasures
    view: BoneView
    edge: geometry.Points
    shaft: ShaftEdges
    plate: GrowthPlate


def measure_epiphyses(
    film: NDArray[np.uint8], hand: HandOutlines, bones: Iterable[str], spacing_mm: float | None = None
) -> dict[str, MeasuredEpiphysis]:
    """Measure bones that are outlined: find the direction of each shaft, then measure along it.

    Args:
        film: Brightness with bright bones, `(height, width)`.
        hand: The outlines.
        bones: Names of bones with an epiphysis; those without an outline are left out.
        spacing_mm: Distance between film pixels in mm.
    """
    outlined = [bone for bone in bones if bone in hand.bones]
    if not outlined:
        return {}
    turns = _turns_degrees(film, hand, outlined)
    views = [upright_view(film, hand, bone, turn) for bone, turn in turns.items()]
    greys = [view.grey for view in views]
    edges = edges_near(greys, [view.outline for view in views])
    shafts = _shafts(views, edges)
    plates = growth_plates(greys, edges, [shaft.corners for shaft in shafts])
    return {
        view.bone: MeasuredEpiphysis(
            _measures(view, edge, shaft, plate, spacing_mm, turns[view.bone]), view, edge, shaft, plate
        )
        for view, edge, shaft, plate in zip(views, edges, shafts, plates, strict=True)
    }


MOST_TURN_DEGREES, LITTLE_DEGREES = 12.0, 3.0
TURNS = 2


def _turns_degrees(film: NDArray[np.uint8], hand: HandOutlines, bones: Sequence[str]) -> Mapping[str, float]:
    """Correct the directions that the joints give; edges far from upright are found only in part, so it is done twice."""
    turns, unsettled = dict.fromkeys(bones, 0.0), list(bones)
    for _ in range(TURNS):
        if not unsettled:
            break
        views = [upright_view(film, hand, bone, turns[bone]) for bone in unsettled]
        changes = [shaft.turn_degrees for shaft in _shafts(views, [view.outline for view in views])]
        for bone, change in zip(unsettled, changes, strict=True):
            turns[bone] = float(np.clip(turns[bone] + change, -MOST_TURN_DEGREES, MOST_TURN_DEGREES))
        unsettled = [bone for bone, change in zip(unsettled, changes, strict=True) if abs(change) >= LITTLE_DEGREES]
    return turns


def _shafts(views: Sequence[BoneView], epiphyses: Sequence[geometry.Points]) -> list[ShaftEdges]:
    """The edges of each shaft, from just beyond the epiphysis on."""
    ends = [percentile(epiphysis[:, 1], 95) + 2 for epiphysis in epiphyses]
    first_rows = [int(np.clip(end, CENTRE_PX[1], SIZE_PX[0] - ROWS)) for end in ends]
    return shaft_edges([view.grey for view in views], first_rows)


def _measures(
    view: BoneView, edge: geometry.Points, shaft: ShaftEdges, plate: GrowthPlate, spacing_mm: float | None, turn_degrees: float
) -> EpiphysisMeasures:
    width_px = shaft.metaphysis_px
    left, right = edge[:, 0].min(), edge[:, 0].max()
    depth = plate.depth / max(shaft.contrast, LEAST_CONTRAST)
    is_open = 1 / (1 + np.exp(-(depth - OPEN_DEPTH) / (OPEN_DOUBT / 2)))
    dense = resampled(edge, 4 * len(edge))
    small_cap, thumb_cap = _caps(dense, shaft, plate)
    return EpiphysisMeasures(
        bone=view.bone,
        metaphysis_px=width_px / view.scale,
        spacing_mm=spacing_mm,
        width=float((right - left) / width_px),
        height=float((percentile(edge[:, 1], 98) - percentile(edge[:, 1], 2)) / width_px),
        thumb_overhang=float((right - shaft.corners[1]) / width_px),
        small_overhang=float((shaft.corners[0] - left) / width_px),
        thumb_cap=thumb_cap / width_px,
        small_cap=small_cap / width_px,
        concavity=_concavity(dense),
        thumb_thickness=_thumb_share(edge),
        squareness=geometry.area(edge) / max(float(np.prod(np.ptp(edge, axis=0))), 1e-9),
        gap=float(percentile(plate.width_px, 50) / width_px),
        plate_depth=float(percentile(depth, 50)),
        open_share=float(is_open.mean()),
        contrast=shaft.contrast,
        turn_degrees=turn_degrees,
    )


def _caps(dense: geometry.Points, shaft: ShaftEdges, plate: GrowthPlate) -> tuple[float, float]:
    """How far each corner of the epiphysis reaches beyond the middle of the growth plate, in pixels of the view."""
    axis, reach = sum(shaft.corners) / 2, SIDE * shaft.metaphysis_px
    inner = np.abs(plate.x - axis) < reach
    middle = float(percentile(plate.y[inner] if inner.any() else plate.y, 50))
    corners = (dense[dense[:, 0] < axis - reach], dense[dense[:, 0] > axis + reach])
    small, thumb = (float(corner[:, 1].max() - middle) if len(corner) else -METAPHYSIS_PX / 4 for corner in corners)
    return small, thumb


def _concavity(dense: geometry.Points) -> float:
    """Sagitta of the edge away from the shaft: its middle third against its ends."""
    left, width = dense[:, 0].min(), max(float(np.ptp(dense[:, 0])), 1e-9)
    share = (dense[:, 0] - left) / width
    far = dense[:, 1] < dense[:, 1].mean()
    parts = [dense[far & (share > low) & (share <= high), 1] for low, high in ((0.1, 0.25), (0.4, 0.6), (0.75, 0.9))]
    if not all(len(part) for part in parts):
        return 0.0
    first, middle, last = (float(part.mean()) for part in parts)
    return (middle - (first + last) / 2) / width


def _thumb_share(edge: geometry.Points) -> float:
    axis = (edge[:, 0].min() + edge[:, 0].max()) / 2
    return geometry.area(np.maximum(edge, [axis, -np.inf])) / max(geometry.area(edge), 1e-9)
