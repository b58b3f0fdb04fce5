"""The bones of one hand as shapes, each with its place: from parameters, before any pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openboneage.bones.names import EPIPHYSES
from openboneage.hand import geometry
from openboneage.phantom.long_bone import LongBone
from openboneage.phantom.outlines import DIRECTIONS, nodule_outline
from openboneage.phantom.parameters import Body, Parameters
from openboneage.phantom.shapes import STEPS, Nodule, Shape, curve, smooth
from openboneage.phantom.skeleton import Placement, Skeleton

TOUCHING, CROWDED = {"lunate": 0.17, "scaphoid": 0.17, "triquetral": 0.12, "hamate": 0.06, "capitate": 0.04}, 0.6
"""Bones that were drawn alone are smaller than those that touch, by these shares from this growth on; seen on films."""
CENTRE_SD, RADIUS_SD = 0.008, 0.035
"""Variation of the place of a carpal bone, frame units, and of its outline, as a share."""
NODULE_DEPTH = 0.62


@dataclass(frozen=True, eq=False)
class Part:
    """A shape in its place.

    Attributes:
        bone: Name of the bone.
        kind: `shaft`, `epiphysis` or `nodule`.
        shape: The shape.
        to_local: Affine from frame units to the shape's `u` and `v`.
    """

    bone: str
    kind: str
    shape: Shape
    to_local: geometry.Affine


def hand_parts(parameters: Parameters, skeleton: Skeleton) -> tuple[Part, ...]:
    """Every bone that the child has."""
    random = np.random.default_rng(parameters.body.seed)
    child, body = parameters.child, parameters.body
    stages, growths = child.stages, child.growths
    parts: list[Part] = []
    for name in EPIPHYSES:
        placed = skeleton.bones[name]
        bone = LongBone(name, stages[name], placed.length, body, child.bone_age_months, random)
        to_local = _to_local(placed)
        if bone.signs.present:
            parts.append(Part(name, "epiphysis", bone.epiphysis(), to_local))
        parts.append(Part(name, "shaft", bone.shaft(), to_local))
    return (*parts, *(_nodule(name, growth, body, random) for name, growth in growths.items() if growth > 0))


def _nodule(bone: str, growth: float, body: Body, random: np.random.Generator) -> Part:
    """A carpal bone or the sesamoid."""
    centre, radius = nodule_outline(bone, growth)
    rough = np.convolve(np.tile(random.normal(0.0, RADIUS_SD, DIRECTIONS), 3), [0.25, 0.5, 0.25], "same")
    values = (
        radius
        * (1 + rough[DIRECTIONS : 2 * DIRECTIONS])
        * body.bone_width
        * (1 + TOUCHING.get(bone, 0.0) * min(growth / CROWDED, 1.0))
    )
    closed = curve(np.linspace(0, 1, DIRECTIONS + 1), np.append(values, values[0]), 0.0, 1.0)
    cortex = min(0.0050 * body.cortex, 0.2 * float(values.mean()))
    shape = Nodule(smooth(np.tile(closed, 3), 9)[STEPS : 2 * STEPS], cortex, NODULE_DEPTH)
    return Part(bone, "nodule", shape, geometry.translation(*-(centre + random.normal(0.0, CENTRE_SD, 2))))


def _to_local(placed: Placement) -> geometry.Affine:
    rows = np.array([placed.thumb, placed.along])
    return np.hstack([rows, -(rows @ placed.origin)[:, None]])
