"""Shapes of bones, and how much bone a beam passes through in each of their pixels.

A shape has coordinates of its own: `u` across, positive towards the thumb, and `v` along. Lengths are in frame units. Each
shape is a shell of dense bone around spongy bone; `layers` returns the length of the beam in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from openboneage.phantom.fields import Field

Curve = NDArray[np.float32]
"""Values at even steps."""

STEPS = 192


@dataclass(frozen=True, eq=False)
class Layers:
    """Bone along the beam in each pixel of a box.

    Attributes:
        dense: Length in dense bone, frame units, `(rows, columns)`.
        spongy: Length in spongy bone, frame units.
        inside: Whether the pixel belongs to the bone.
    """

    dense: Field
    spongy: Field
    inside: NDArray[np.bool_]


class Shape(Protocol):
    """A bone, or a part of one."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest and largest `u`, smallest and largest `v`."""
        ...

    def layers(self, u: Field, v: Field) -> Layers:
        """Bone along the beam at each place."""
        ...


@dataclass(frozen=True, eq=False)
class Shaft:
    """A shaft between its growth plate and its other end.

    Attributes:
        length: `v` of the far end; the plate is near `v = 0`.
        half_width: At even steps of `v` from 0 to `length`.
        cortex: Thickness of the dense wall, at the same steps.
        plate_edge: `v` of the end at the plate, at even steps of `u` from `-widest` to `widest`.
        far_edge: `v` of the far end, at the same steps.
        rounding: Lengths over which the plate's end and the far end become thin.
        plate_wall: Thickness of the dense wall at the plate's end; 0 where it is fused.
        plate_density: Dense bone along the plate's end, as a share of the thickness.
        depth: Thickness along the beam over width.
    """

    length: float
    half_width: Curve
    cortex: Curve
    plate_edge: Curve
    far_edge: Curve
    rounding: tuple[float, float]
    plate_wall: float
    plate_density: float
    depth: float

    PLATE = 0.011

    @property
    def widest(self) -> float:
        """Largest half width."""
        return float(self.half_width.max())

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest and largest `u`, smallest and largest `v`."""
        return -self.widest, self.widest, float(self.plate_edge.min()), float(self.far_edge.max())

    def layers(self, u: Field, v: Field) -> Layers:
        """Bone along the beam at each place."""
        along = steps(v, 0.0, self.length)
        across = steps(u, -self.widest, self.widest)
        width, wall = self.half_width[along], self.cortex[along]
        aside = np.abs(u)
        from_plate, from_end = v - self.plate_edge[across], self.far_edge[across] - v
        ends = rounded(from_plate, self.rounding[0]) * rounded(from_end, self.rounding[1])
        outer = chord(aside, width) * ends
        inner_ends = rounded(from_plate - self.plate_wall, self.rounding[0]) * rounded(from_end - 0.004, self.rounding[1])
        inner = chord(aside, width - wall) * inner_ends
        plate = self.plate_density * np.exp(-np.square((from_plate - 0.4 * self.PLATE) / self.PLATE))
        dense = (outer - inner) + plate * inner
        inside = (aside < width) & (from_plate > 0) & (from_end > 0)
        return Layers(self.depth * dense, self.depth * (1 - plate) * inner, inside)


@dataclass(frozen=True, eq=False)
class Epiphysis:
    """An epiphysis: a disc seen from its side.

    Attributes:
        half_width: Half its width.
        joint_edge: `v` of the edge at the joint, at even steps of `u` from `-half_width` to `half_width`.
        plate_edge: `v` of the edge at the growth plate, larger than `joint_edge`.
        cortex: Thickness of the dense wall.
        joint_density: Dense bone along the edge at the joint, as a share of the thickness.
        plate_density: Dense bone along the edge at the plate.
        plate_open: From 1 where the edge at the plate is free to 0 where it is fused.
        inner_line: Dense line inside the bone that follows the edge at the joint: share of the thickness.
        depth: Thickness along the beam over width.
    """

    half_width: float
    joint_edge: Curve
    plate_edge: Curve
    cortex: float
    joint_density: float
    plate_density: float
    plate_open: float
    inner_line: float
    depth: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest and largest `u`, smallest and largest `v`."""
        return -self.half_width, self.half_width, float(self.joint_edge.min()), float(self.plate_edge.max())

    def layers(self, u: Field, v: Field) -> Layers:
        """Bone along the beam at each place."""
        across = steps(u, -self.half_width, self.half_width)
        joint, plate = self.joint_edge[across], self.plate_edge[across]
        from_joint, from_plate = v - joint, plate - v
        half: Field = (plate - joint) / np.float32(2)
        aside = np.abs(u)
        wall, open_wall = np.float32(self.cortex), np.float32(self.cortex * self.plate_open)
        round_joint, round_plate = np.float32(0.4) * half, np.float32(0.4 * self.plate_open) * half + np.float32(0.002)
        outer = chord(aside, self.half_width) * rounded(from_joint, round_joint) * rounded(from_plate, round_plate)
        inner = chord(aside, self.half_width - self.cortex) * rounded(from_joint - wall, round_joint)
        inner *= rounded(from_plate - open_wall, round_plate)
        scale = 2.2 * self.cortex
        lines = (
            self.joint_density * np.exp(-np.square((from_joint - self.cortex) / scale))
            + self.plate_density * np.exp(-np.square((from_plate - self.cortex) / scale))
            + self.inner_line * np.exp(-np.square((from_joint - 0.62 * half) / scale))
        )
        lines = np.minimum(lines, 0.8)
        inside = (aside < self.half_width) & (from_joint > 0) & (from_plate > 0)
        return Layers(self.depth * ((outer - inner) + lines * inner), self.depth * (1 - lines) * inner, inside)


@dataclass(frozen=True, eq=False)
class Nodule:
    """A carpal bone or sesamoid: a rounded body.

    Attributes:
        radius: Distance of the outline from the centre at even steps of direction, from `u` towards `v`.
        cortex: Thickness of the dense wall.
        depth: Thickness along the beam over width.
    """

    radius: Curve
    cortex: float
    depth: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest and largest `u`, smallest and largest `v`."""
        largest = float(self.radius.max())
        return -largest, largest, -largest, largest

    def layers(self, u: Field, v: Field) -> Layers:
        """Bone along the beam at each place."""
        direction = np.arctan2(v, u) * np.float32(0.5 / np.pi) % 1.0
        radius = self.radius[steps(direction, 0.0, 1.0)]
        from_edge = radius - np.hypot(u, v)
        mean = np.float32(self.radius.mean())
        outer = mean * rounded(from_edge, 0.6 * radius)
        inner = np.maximum(mean - self.cortex, 0) * rounded(from_edge - self.cortex, 0.6 * radius)
        return Layers(2 * self.depth * (outer - inner), 2 * self.depth * inner, from_edge > 0)


def steps(values: Field, low: float, high: float) -> NDArray[np.int32]:
    """Number of the step of a curve in which each value lies."""
    scaled = (values - np.float32(low)) * np.float32((STEPS - 1) / (high - low))
    return np.asarray(np.clip(scaled + np.float32(0.5), 0, STEPS - 1), np.int32)


def chord(aside: Field, half_width: Field | float) -> Field:
    """Length of the beam in a round body at a distance from its axis."""
    return np.asarray(2 * np.sqrt(np.maximum(np.square(half_width) - np.square(aside), 0)), np.float32)


def rounded(depth: Field, length: Field | float) -> Field:
    """From 0 at the edge to 1 at a depth of `length`, along a quarter of an ellipse."""
    missing = 1 - np.clip(depth / length, 0, 1)
    return np.asarray(np.sqrt(1 - np.square(missing)), np.float32)


def curve(places: NDArray[np.float64], values: NDArray[np.float64], low: float, high: float) -> Curve:
    """Values at even steps by linear interpolation."""
    return np.interp(np.linspace(low, high, STEPS), places, values).astype(np.float32)


def smooth(values: Curve, width: int = 9) -> Curve:
    """Running mean of a curve; its ends are continued."""
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), "valid").astype(np.float32)
