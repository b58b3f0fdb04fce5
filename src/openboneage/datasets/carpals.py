"""Names for drawn carpal bones, where place and order leave no doubt.

Trapezium and trapezoid overlap on the film and are often drawn as one; the pisiform lies on the triquetral. They get no name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from openboneage.hand import geometry

Points = NDArray[np.float64]

PLACE_OF: Mapping[str, tuple[float, float]] = {
    "capitate": (0.042, 0.709),
    "hamate": (-0.095, 0.687),
    "triquetral": (-0.146, 0.809),
    "lunate": (-0.024, 0.882),
    "scaphoid": (0.163, 0.822),
    "trapezoid": (0.194, 0.664),
    "trapezium": (0.234, 0.690),
}
"""Median places in the hand's frame, of the bones that were drawn apart on 1,016 films."""
CERTAIN = ("capitate", "hamate", "triquetral", "lunate", "scaphoid")
FIRST = ("capitate", "hamate")
"""The bones that ossify first: two bones alone are these."""
LARGEST_AREA: Mapping[str, float] = {"capitate": 0.036, "hamate": 0.03, "triquetral": 0.022, "lunate": 0.024, "scaphoid": 0.03}
"""In frame units squared; larger polygons are bones drawn as one."""
NEAR, FIRST_NEAR = 0.08, 0.16
"""Largest distance from the median place after the common shift, and before it, in frame units."""
CLEARLY = 0.6
"""A bone is at most this many times as far from its own place as from any other."""
ROUNDS = 4


def name_carpals(polygons: Sequence[Points]) -> dict[str, int]:
    """Name the carpal bones among the polygons at the wrist.

    Args:
        polygons: Corners `(n, 2)` in the hand's frame; none of a long bone.

    Returns:
        The number of the polygon by name.
    """
    single = [number for number, polygon in enumerate(polygons) if geometry.area(polygon) <= max(LARGEST_AREA.values())]
    if not single:
        return {}
    names = FIRST if len(polygons) <= len(FIRST) else tuple(PLACE_OF)
    places = np.array([PLACE_OF[name] for name in names])
    centres = np.array([_middle(polygons[number]) for number in single])
    moved, rows, columns = _matched(centres, places)
    distances = np.hypot(*np.moveaxis(moved[:, None] - places, 2, 0))
    named = {}
    for row, column in zip(rows, columns, strict=True):
        name, others = names[column], np.delete(distances[row], column)
        is_clear = distances[row, column] < NEAR and bool((distances[row, column] < CLEARLY * others).all())
        if is_clear and name in CERTAIN and geometry.area(polygons[single[row]]) <= LARGEST_AREA[name]:
            named[name] = single[row]
    return named


def _matched(centres: Points, places: Points) -> tuple[Points, NDArray[np.intp], NDArray[np.intp]]:
    """Alternate between matching bones with places and shifting them all."""
    moved = centres
    for number in range(ROUNDS):
        near = FIRST_NEAR if number < ROUNDS // 2 else NEAR
        distances = np.minimum(np.hypot(*np.moveaxis(moved[:, None] - places, 2, 0)), near)
        rows, columns = linear_sum_assignment(distances**2)
        close = distances[rows, columns] < near
        rows, columns = rows[close], columns[close]
        if len(rows):
            moved = centres + (places[columns] - centres[rows]).sum(axis=0) / (len(rows) + 1)  # shrunk toward no shift
    return moved, rows, columns


def _middle(polygon: Points) -> Points:
    """Middle of the box around it."""
    return np.asarray((polygon.min(axis=0) + polygon.max(axis=0)) / 2)
