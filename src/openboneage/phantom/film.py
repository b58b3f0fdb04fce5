"""A synthetic film and its truth, as a pure function of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from openboneage.hand import geometry
from openboneage.phantom.accessories import add_marker, collimate
from openboneage.phantom.anatomy import Part, hand_parts
from openboneage.phantom.fields import Field, blurred
from openboneage.phantom.joints import Box, joint_boxes
from openboneage.phantom.parameters import Parameters, View
from openboneage.phantom.projection import DENSE_PER_MM, SOFT_PER_MM, SPONGY_PER_MM, film_values, to_uint8
from openboneage.phantom.skeleton import Skeleton, pose_skeleton
from openboneage.phantom.soft_tissue import soft_tissue

TRABECULA_MM = 0.11
"""Step of the texture; trabeculae are about four steps apart across the bone, twelve along it."""
TEXTURE_PX = 256
TEXTURE_DEPTH = 0.28
"""Variation of spongy bone, as a share of its attenuation, where the pixels are small enough to show it."""


@dataclass(frozen=True, eq=False)
class PartMask:
    """Where a part of a bone lies on the film; read-only.

    Attributes:
        bone: Name of the bone.
        kind: `shaft`, `epiphysis` or `nodule` (carpal bone, sesamoid).
        left: First column of the mask on the film.
        top: First row.
        mask: `(rows, columns)`; true on the part.
    """

    bone: str
    kind: str
    left: int
    top: int
    mask: NDArray[np.bool_]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in film pixels."""
        return self.left, self.top, self.left + self.mask.shape[1], self.top + self.mask.shape[0]


@dataclass(frozen=True, eq=False)
class SyntheticFilm:
    """A film and what is on it.

    Attributes:
        parameters: What it was made of.
        pixels: Brightness, `(height, width)` uint8.
        parts: Every part of a bone that lies on the film.
        key_points_px: 21 points `(x, y)`, `(21, 2)`: wrist, then four of each digit from the thumb on: base, two joints and
            tip of the thumb, three joints and tip of a finger.
        joints: Box of each joint region on the film, by the names of `bones.names.JOINTS`.
        frame_to_film: Affine from frame units to film pixels.
    """

    parameters: Parameters
    pixels: NDArray[np.uint8]
    parts: tuple[PartMask, ...]
    key_points_px: geometry.Points
    joints: Mapping[str, Box]
    frame_to_film: geometry.Affine


def render(parameters: Parameters) -> SyntheticFilm:
    """Make the film of some parameters; equal parameters give equal pixels."""
    view = parameters.view
    to_film = frame_to_film(view)
    skeleton = pose_skeleton(parameters)
    attenuation = soft_tissue(parameters, skeleton, to_film) * np.float32(SOFT_PER_MM * parameters.size_mm)
    masks = []
    random = np.random.default_rng(parameters.body.seed)
    for part in hand_parts(parameters, skeleton):
        mask = _add_part(attenuation, part, parameters, to_film, random.integers(TEXTURE_PX, size=2))
        if mask is not None:
            masks.append(mask)
    for marker in parameters.markers:
        add_marker(attenuation, marker)
    if parameters.collimation:
        attenuation = collimate(attenuation, parameters.collimation)
    pixels = to_uint8(film_values(attenuation, parameters.exposure, parameters.spacing_mm))
    joints = joint_boxes(skeleton, to_film, (view.height_px, view.width_px))
    return SyntheticFilm(parameters, pixels, tuple(masks), key_points(skeleton, to_film), joints, to_film)


def frame_to_film(view: View) -> geometry.Affine:
    """Affine from frame units to film pixels."""
    scale = view.unit_share * view.height_px
    return geometry.chain(
        geometry.scaling(-scale if view.mirrored else scale, scale),
        geometry.rotation(view.rotation_degrees),
        geometry.translation(view.centre[0] * view.width_px, view.centre[1] * view.height_px),
    )


def key_points(skeleton: Skeleton, to_film: geometry.Affine) -> geometry.Points:
    """Wrist, then four points of each digit, in film pixels."""
    wrist = np.array([[0.03, 0.80]])
    chains = [chain if digit == 1 else chain[1:] for digit, chain in sorted(skeleton.chains.items())]
    return geometry.move(np.concatenate([wrist, *chains]), to_film)


def _add_part(
    attenuation: Field, part: Part, parameters: Parameters, to_film: geometry.Affine, offset: NDArray[np.int64]
) -> PartMask | None:
    """Add the attenuation of a part, in place, and return its mask if it is on the film."""
    to_pixels = geometry.chain(geometry.inverse(part.to_local), to_film)
    left, top, right, bottom = _box(part, to_pixels, attenuation.shape)
    if left >= right or top >= bottom:
        return None
    (ux, uy, u0), (vx, vy, v0) = geometry.inverse(to_pixels).astype(np.float32)
    x = np.arange(left, right, dtype=np.float32)[None] + np.float32(0.5)
    y = np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5)
    u, v = ux * x + uy * y + u0, vx * x + vy * y + v0
    layers = part.shape.layers(u, v)
    size_mm, spacing_mm = parameters.size_mm, parameters.spacing_mm
    step_mm = max(TRABECULA_MM, 0.45 * spacing_mm)
    depth = TEXTURE_DEPTH * min(TRABECULA_MM / step_mm, 1.0) ** 0.5
    texture = _texture()[
        ((v * np.float32(size_mm / step_mm / 3)).astype(np.int32) + offset[0]) % TEXTURE_PX,
        ((u * np.float32(size_mm / step_mm)).astype(np.int32) + offset[1]) % TEXTURE_PX,
    ]
    spongy = layers.spongy * (1 + np.float32(depth) * texture)
    added = np.float32(DENSE_PER_MM * parameters.mineral * size_mm) * layers.dense
    added += np.float32(SPONGY_PER_MM * parameters.mineral * parameters.body.density * size_mm) * spongy
    attenuation[top:bottom, left:right] += added
    return _part_mask(part, left, top, layers.inside)


def _box(part: Part, to_pixels: geometry.Affine, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Pixels that a part can touch: left, top, right, bottom."""
    low_u, high_u, low_v, high_v = part.shape.bounds
    corners = geometry.move(np.array([(low_u, low_v), (high_u, low_v), (low_u, high_v), (high_u, high_v)]), to_pixels)
    left, top = np.floor(corners.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    return max(int(left), 0), max(int(top), 0), min(int(right), shape[1]), min(int(bottom), shape[0])


def _part_mask(part: Part, left: int, top: int, inside: NDArray[np.bool_]) -> PartMask | None:
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not rows.size:
        return None
    mask = inside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()
    mask.setflags(write=False)
    return PartMask(part.bone, part.kind, left + int(columns[0]), top + int(rows[0]), mask)


@cache
def _texture() -> Field:
    """Trabeculae: band-limited noise that repeats, mean 0 and standard deviation 1."""
    noise = np.random.default_rng(0).standard_normal((3 * TEXTURE_PX // 2, 3 * TEXTURE_PX // 2), dtype=np.float32)
    fine = blurred(noise, 0.8) - blurred(noise, 2.5)
    middle = fine[64 : 64 + TEXTURE_PX, 64 : 64 + TEXTURE_PX]
    return np.asarray(middle / middle.std(), np.float32)
