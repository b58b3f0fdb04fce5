"""A long bone of the hand as two shapes: epiphysis and shaft, by the signs of its stage.

Coordinates: the origin is the joint at the epiphysis, `v` points from there along the shaft, `u` towards the thumb's side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from openboneage.phantom.growth import Floats
from openboneage.phantom.outlines import ACROSS, EpiphysisOutline, epiphysis_outline
from openboneage.phantom.parameters import Body
from openboneage.phantom.shapes import STEPS, Curve, Epiphysis, Shaft, curve, smooth
from openboneage.phantom.signs import Signs, kind_of, signs

WIDTH_STAGE = 5.5
"""The metaphysis is as wide as the fitted epiphysis over the width ratio at this place of the axis."""
YOUNG_WIDER, YOUNG_MONTHS = 0.05, 150.0
"""Metaphyses of infants are wider than the hand's size alone would give, by this share, until this age; not the radius."""
PROXIMAL = ("pp", "mp", "dp", "mc1")
"""Bones whose epiphysis lies at the base."""

Profile = tuple[tuple[float, float], ...]
PROFILES: Mapping[str, Profile] = {
    "pp": ((0, 1), (0.06, 0.97), (0.16, 0.84), (0.28, 0.73), (0.4, 0.68), (0.64, 0.68), (0.76, 0.76), (0.9, 0.84), (1, 0.8)),
    "mp": ((0, 1), (0.1, 0.96), (0.28, 0.87), (0.4, 0.77), (0.52, 0.72), (0.64, 0.73), (0.76, 0.80), (0.9, 0.88), (1, 0.8)),
    "dp": ((0, 1), (0.08, 0.94), (0.3, 0.72), (0.55, 0.56), (0.76, 0.56), (0.9, 0.67), (1, 0.5)),
    "mc": ((0, 1), (0.07, 0.97), (0.19, 0.82), (0.3, 0.68), (0.42, 0.62), (0.53, 0.65), (0.65, 0.75), (0.8, 0.95), (1, 1.02)),
    "mc1": ((0, 1), (0.1, 0.94), (0.25, 0.84), (0.5, 0.78), (0.68, 0.84), (0.85, 0.96), (1, 0.86)),
    "radius": ((0, 1), (0.012, 0.97), (0.03, 0.88), (0.06, 0.74), (0.10, 0.62), (0.16, 0.53), (1, 0.5)),
    "ulna": ((0, 1), (0.01, 0.97), (0.025, 0.86), (0.06, 0.74), (0.12, 0.68), (1, 0.85)),
}
"""Half width along the shaft, from the growth plate to the far end, over that of the metaphysis: from medians of edges of the
shafts on 128 full-size training films."""
WALLS: Mapping[str, Profile] = {
    "radius": ((0, 0.03), (0.03, 0.05), (0.12, 0.20), (0.2, 0.34), (1, 0.42)),
    "ulna": ((0, 0.04), (0.04, 0.08), (0.12, 0.24), (0.2, 0.34), (1, 0.42)),
    "dp": ((0, 0.07), (0.2, 0.14), (0.55, 0.34), (0.8, 0.22), (1, 0.12)),
}
OTHER_WALLS: Profile = ((0, 0.05), (0.12, 0.12), (0.35, 0.30), (0.6, 0.36), (0.78, 0.22), (0.92, 0.09), (1, 0.07))
"""Thickness of the cortex over the half width, along the shaft."""
THINNEST_WALL, THINNEST_EPIPHYSIS = 0.003, 0.004
BEYOND = {"pp": -0.004, "mp": -0.002, "mc": 0.012, "mc1": -0.015}
"""From the next joint to the far end of the shaft in children, frame units."""
JOINTS_CLOSE, CLOSED_MONTHS = {"pp": 0.012, "mp": 0.012, "mc": 0.030, "mc1": 0.012}, (96.0, 186.0)
"""The far end comes nearer to the next bone by these lengths between two ages."""
INFANT_MONTHS, INFANT_BASE = 72.0, 0.04
"""The base of a metacarpal is cartilage at first: what is missing of the bone at birth, frame units."""
NOTCH = {"pp": 0.06, "mp": 0.06}
"""Depth of the groove of the head over its half width."""
CONVEX = {"radius": 0.03, "ulna": 0.05, "mc1": 0.04}
OVERLAP, PLATE_ROUNDING = 0.001, 0.012
"""A fused shaft reaches this far into the epiphysis; before, its end is rounded over this length."""
CORNER_FROM, CORNER_BEND = 0.72, 0.16
"""The corners that cap the shaft begin at this share of the half width, and bend by this share of it."""
SHAFT_DEPTH, EPIPHYSIS_DEPTH, FOREARM_FLATTER = 0.78, 0.72, 0.72
"""Thickness of a bone along the beam over its width; radius and ulna are flatter by the last factor."""
FUSION_SIDE_SD = 0.25
"""Fusion spreads from the middle, or from up to about this share of the half width beside it."""
AT = np.linspace(-1.0, 1.0, STEPS)
"""Even steps across a bone, in half widths."""


@dataclass(frozen=True, eq=False)
class LongBone:
    """One long bone of one child.

    Attributes:
        name: Name of the bone.
        place: Its place on the stage axis.
        length: From the joint at the epiphysis to the next, frame units.
        body: Build of the hand.
        bone_age_months: Bone age of the hand.
        random: Source of the small irregularities.
    """

    name: str
    place: float
    length: float
    body: Body
    bone_age_months: float
    random: np.random.Generator

    @cached_property
    def signs(self) -> Signs:
        """Signs of the stage."""
        return signs(self.name, self.place)

    @property
    def kind(self) -> str:
        """Group of bones."""
        return kind_of(self.name)

    @cached_property
    def outline(self) -> EpiphysisOutline:
        """Fitted outline of the epiphysis."""
        return epiphysis_outline(self.name, self.place)

    @cached_property
    def metaphysis(self) -> float:
        """Half width of the metaphysis."""
        mature = epiphysis_outline(self.name, WIDTH_STAGE).half_width / signs(self.name, WIDTH_STAGE).width_ratio
        young = max(1 - self.bone_age_months / YOUNG_MONTHS, 0.0) if self.kind != "radius" else 0.0
        return mature * self.body.bone_width * (1 + YOUNG_WIDER * young)

    @property
    def half_width(self) -> float:
        """Half width of the epiphysis."""
        return self.metaphysis * self.signs.width_ratio

    @cached_property
    def edges(self) -> tuple[Curve, Curve]:
        """`v` of the epiphysis' edges at the joint and at the plate, at even steps across it."""
        outline = self.outline
        if self.kind in PROXIMAL:
            centre, near, far = outline.along, outline.bottom, outline.top
        else:
            centre, near, far = -outline.along, -outline.top, -outline.bottom
        size = min(float(np.sqrt(self.half_width / outline.half_width)), 1.1)
        middle = (near + far) / 2
        joint_edge, plate_edge = (centre + size * self._edge(edge, middle) for edge in (near, far))
        plate_edge = plate_edge + CORNER_BEND * self.half_width * (1 - 0.6 * self.signs.fused) * self._corners()
        joint: Curve = np.asarray(joint_edge, np.float32)
        return joint, np.maximum(np.asarray(plate_edge, np.float32), joint + np.float32(THINNEST_EPIPHYSIS))

    def _edge(self, values: Floats, middle: Floats) -> Floats:
        """An edge with small irregularities, rounded at its ends."""
        rough = values + self.random.normal(0.0, 0.0012, len(ACROSS))
        ends = (middle[[0, -1]] + rough[[0, -1]]) / 2
        places = np.concatenate([[-1.0], ACROSS, [1.0]])
        return smooth(curve(places, np.concatenate([ends[:1], rough, ends[1:]]), -1.0, 1.0), 15).astype(float)

    def _corners(self) -> Floats:
        """How far the plate's edge bends over the shaft, 0 to 1, at even steps across."""
        little, thumb = self.signs.caps
        reach = 1 - CORNER_FROM
        corners = little * np.clip((-AT - CORNER_FROM) / reach, 0, 1) + thumb * np.clip((AT - CORNER_FROM) / reach, 0, 1)
        return np.asarray(corners)

    def epiphysis(self) -> Epiphysis:
        """The epiphysis as a shape."""
        joint_edge, plate_edge = self.edges
        found, height = self.signs, float(np.mean(plate_edge - joint_edge))
        return Epiphysis(
            half_width=self.half_width,
            joint_edge=joint_edge,
            plate_edge=plate_edge,
            cortex=min(0.0042 * self.body.cortex, 0.15 * height),
            joint_density=0.05 + 0.16 * found.joint_line,
            plate_density=(0.06 + 0.06 * found.joint_line) * (1 - found.fused) + 0.13 * found.line,
            plate_open=1 - found.fused,
            inner_line=0.13 * found.inner_line,
            depth=EPIPHYSIS_DEPTH * self._flatness,
        )

    def shaft(self) -> Shaft:
        """The shaft as a shape."""
        start = self._start()
        first, last = float(start.min()), self.length + self._beyond()
        shares = (np.linspace(0, last, STEPS) - first) / (last - first)
        half = smooth((self.metaphysis * along(PROFILES[self.kind], shares)).astype(np.float32), 13)
        wall = half * along(WALLS.get(self.kind, OTHER_WALLS), shares) * self.body.cortex
        fused = self.signs.fused
        return Shaft(
            length=last,
            half_width=half,
            cortex=np.clip(smooth(wall.astype(np.float32), 9), THINNEST_WALL, 0.8 * half).astype(np.float32),
            plate_edge=start,
            far_edge=self._far_edge(last, half),
            rounding=(PLATE_ROUNDING * (1 - fused) + 0.002, 0.45 * float(half[-1])),
            plate_wall=THINNEST_WALL * (1 - fused),
            plate_density=0.22 * (1 - fused) + 0.10 * self.signs.line,
            depth=SHAFT_DEPTH * self._flatness,
        )

    @property
    def _flatness(self) -> float:
        return FOREARM_FLATTER if self.kind in ("radius", "ulna") else 1.0

    def _beyond(self) -> float:
        """From the next joint to the far end."""
        if self.kind not in BEYOND:
            return 0.0
        begin, end = CLOSED_MONTHS
        return BEYOND[self.kind] + JOINTS_CLOSE[self.kind] * float(
            np.clip((self.bone_age_months - begin) / (end - begin), 0, 1)
        )

    def _start(self) -> Curve:
        """`v` of the end of the shaft at the plate: its own shape at first, that of the epiphysis later, then bridged."""
        found, plate_edge = self.signs, self.edges[1]
        convex = CONVEX.get(self.kind, 0.02)
        own = self.metaphysis * (convex * (AT**2 - 0.5) + self.random.normal(0, 0.015) * AT)
        across = np.clip(AT / found.width_ratio, -1, 1)
        followed = (1 - found.follows) * (np.max(plate_edge) + own) + found.follows * np.interp(across, AT, plate_edge)
        side = self.random.normal(0.0, FUSION_SIDE_SD) * (1 - found.fused)
        bridged = np.clip((1.45 * found.fused - np.abs(AT - side)) / 0.45, 0, 1) * (found.fused > 0)
        return np.asarray(followed + found.gap * (1 - bridged) - OVERLAP * bridged, np.float32)

    def _far_edge(self, last: float, half: Curve) -> Curve:
        """`v` of the far end: rounded, with the groove of a phalanx' head."""
        head = float(half[-1] / half.max())
        groove = NOTCH.get(self.kind, 0.0) * np.exp(-np.square(AT / (0.3 * head)))
        cartilage = INFANT_BASE * max(1 - self.bone_age_months / INFANT_MONTHS, 0.0) if self.kind == "mc" else 0.0
        rim = np.clip(np.abs(AT) / head, 0, 1) ** 3
        return np.asarray(last - float(half[-1]) * (0.35 * rim + groove) - cartilage, np.float32)


def along(profile: Profile, shares: Floats) -> Floats:
    """A profile at shares of the length."""
    places, values = zip(*profile, strict=True)
    return np.asarray(np.interp(shares, places, values))
