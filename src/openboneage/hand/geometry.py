"""Affine geometry in continuous pixel coordinates: pixel `(row i, column j)` covers `x` in `[j, j + 1]`, `y` in `[i, i + 1]`.

A transform is a `(2, 3)` float64 matrix that takes `(x, y, 1)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Affine = NDArray[np.float64]
Points = NDArray[np.float64]
Pixel = TypeVar("Pixel", np.uint8, np.uint16, np.float32)


def scaling(x: float, y: float) -> Affine:
    """Scale about the origin."""
    return np.array([[x, 0.0, 0.0], [0.0, y, 0.0]])


def translation(x: float, y: float) -> Affine:
    """Shift."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y]])


def rotation(degrees: float) -> Affine:
    """Rotate about the origin, clockwise as seen on a film (y points down)."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0]])


def chain(*steps: Affine) -> Affine:
    """The transform that applies the steps in the order given."""
    whole = np.eye(3)
    for step in steps:
        whole = np.vstack([step, [0.0, 0.0, 1.0]]) @ whole
    return whole[:2]


def inverse(transform: Affine) -> Affine:
    """The inverse transform."""
    return np.asarray(np.linalg.inv(np.vstack([transform, [0.0, 0.0, 1.0]]))[:2])


def move(points: Points, transform: Affine) -> Points:
    """Transform points `(n, 2)`."""
    return np.asarray(points @ transform[:, :2].T + transform[:, 2])


def side_middles(corners: Points) -> Points:
    """The middles of the sides of a polygon `(n, 2)`; those of a box bound almost the same box after a small turn."""
    return np.asarray((corners + np.roll(corners, -1, axis=0)) / 2)


def bounds(points: Points) -> Points:
    """Left, top, right and bottom of points `(n, 2)`."""
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def area(polygon: Points) -> float:
    """Area of a polygon `(n, 2)`."""
    return float(cv2.contourArea(polygon.astype(np.float32)))


def centre_of(polygon: Points) -> Points:
    """Centre of gravity of a polygon `(n, 2)`; the mean corner of one without area."""
    moments = cv2.moments(polygon.astype(np.float32))
    if abs(moments["m00"]) < 1e-9:
        return np.asarray(polygon.mean(axis=0))
    return np.array([moments["m10"], moments["m01"]]) / moments["m00"]


def warp(
    image: NDArray[Pixel], transform: Affine, size_px: Sequence[int], interpolation: int = cv2.INTER_LINEAR, fill: float = 0.0
) -> NDArray[Pixel]:
    """Draw an image through a transform.

    Args:
        image: `(height, width)`.
        transform: From image to canvas coordinates.
        size_px: `(height, width)` of the canvas.
        interpolation: OpenCV interpolation flag.
        fill: Value outside the image.
    """
    index = chain(translation(0.5, 0.5), transform, translation(-0.5, -0.5))
    drawn = cv2.warpAffine(image, index, (size_px[1], size_px[0]), flags=interpolation, borderValue=(fill,) * 4)
    return np.asarray(drawn, dtype=image.dtype)
