"""Soft tissue of hand and forearm: the length of the beam in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from openboneage.hand import geometry
from openboneage.phantom.fields import Field, enlarged
from openboneage.phantom.growth import Floats
from openboneage.phantom.parameters import Parameters
from openboneage.phantom.skeleton import Skeleton

REDUCED_PX = 256
"""Rows at which the soft tissue is drawn; it has no detail."""
UNION = 5.0
"""Exponent of the smooth union: high values keep overlapping parts from adding up."""
FINGER_RADII = {
    1: (0.165, 0.118, 0.105, 0.092),
    2: (0.150, 0.110, 0.096, 0.082),
    3: (0.155, 0.112, 0.098, 0.084),
    4: (0.150, 0.106, 0.093, 0.079),
    5: (0.145, 0.094, 0.082, 0.070),
}
"""Half widths of the soft tissue at the knuckle, the two joints and the fingertip; thumb: base, knuckle, joint, tip."""
BEYOND_TIP = 0.035
PALM_FLATNESS, FINGER_FLATNESS = 0.56, 0.82
WEB_FLATNESS = 0.52
"""Thickness over width."""
YOUNG_THICKER = 0.42
"""The soft tissue of infants is wider in relation to the hand, by this share."""

Capsule = tuple[Floats, Floats, float, float, float]
"""Two ends, the radius at each, and thickness over width."""


def soft_tissue(parameters: Parameters, skeleton: Skeleton, frame_to_film: geometry.Affine) -> Field:
    """Length of the beam in soft tissue, frame units, `(height_px, width_px)`."""
    view = parameters.view
    factor = max(1, round(view.height_px / REDUCED_PX))
    rows, columns = -(-view.height_px // factor) + 1, -(-view.width_px // factor) + 1
    reduce = geometry.chain(frame_to_film, geometry.scaling(1 / factor, 1 / factor))
    total = np.zeros((rows, columns), np.float32)
    for capsule in _capsules(parameters, skeleton):
        _add(total, capsule, reduce)
    return enlarged(total ** np.float32(1 / UNION), factor, (view.height_px, view.width_px))


def _capsules(parameters: Parameters, skeleton: Skeleton) -> Iterator[Capsule]:
    young = max(1 - parameters.child.bone_age_months / 150.0, 0.0)
    soft = parameters.body.softness * (1 + YOUNG_THICKER * young)
    wide = soft**0.6
    for digit, chain in skeleton.chains.items():
        radii = [radius * wide for radius in FINGER_RADII[digit]]
        joints = chain if digit == 1 else chain[1:]
        tip = joints[-1] + BEYOND_TIP * _unit(joints[-1] - joints[-2]) - radii[-1] * _unit(joints[-1] - joints[-2])
        points = [*joints[:-1], tip]
        for start, end, first, last in zip(points, points[1:], radii, radii[1:], strict=False):
            yield start, end, first * 0.78 if digit > 1 and start is points[0] else first, last, FINGER_FLATNESS * soft / wide
        yield chain[0], chain[1], 0.17 * wide, 0.13 * wide, PALM_FLATNESS * soft / wide
    knuckles = {digit: chain[1] for digit, chain in skeleton.chains.items()}
    bases = {digit: chain[0] for digit, chain in skeleton.chains.items()}
    for digit in (2, 3, 4):
        middle, base = (knuckles[digit] + knuckles[digit + 1]) / 2, (bases[digit] + bases[digit + 1]) / 2
        yield base, middle, 0.20 * wide, 0.13 * wide, PALM_FLATNESS * soft / wide
    for share in (0.3, 0.6):
        thumb, fore = (bases[digit] + share * (knuckles[digit] - bases[digit]) for digit in (1, 2))
        yield thumb, fore, 0.15 * wide, 0.17 * wide, WEB_FLATNESS * soft / wide
    radius, ulna = skeleton.bones["radius"], skeleton.bones["ulna"]
    wrist, elbow = (radius.origin + ulna.origin) / 2, (radius.origin + ulna.origin) / 2 + 3.0 * radius.along
    yield np.array([0.04, 0.66]), wrist, 0.33 * wide, 0.30 * wide, 0.47 * soft / wide
    yield wrist, elbow, 0.30 * wide, 0.62 * wide, 0.62 * soft / wide


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.hypot(*vector))


def _add(total: Field, capsule: Capsule, to_pixels: geometry.Affine) -> None:
    """Add a tapered capsule to the smooth union, in place."""
    start, end, first, last, flatness = capsule
    scale = float(np.sqrt(abs(np.linalg.det(to_pixels[:, :2]))))
    (x0, y0), (x1, y1) = geometry.move(np.array([start, end]), to_pixels)
    reach = max(first, last) * scale + 1
    left, right = max(int(min(x0, x1) - reach), 0), min(int(max(x0, x1) + reach) + 1, total.shape[1])
    top, bottom = max(int(min(y0, y1) - reach), 0), min(int(max(y0, y1) + reach) + 1, total.shape[0])
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right, dtype=np.float32)[None] + np.float32(0.5 - x0)
    y = np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5 - y0)
    dx, dy = np.float32(x1 - x0), np.float32(y1 - y0)
    share = np.clip((x * dx + y * dy) / np.float32(max(float(dx * dx + dy * dy), 1e-6)), 0, 1)
    squares = np.square(x - share * dx) + np.square(y - share * dy)
    radius = (np.float32(first) + np.float32(last - first) * share) * np.float32(scale)
    thick = np.maximum(np.square(radius) - squares, 0) * np.float32((2 * flatness / scale) ** 2)
    total[top:bottom, left:right] += thick ** np.float32(UNION / 2)
