from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import DTypeLike

from openboneage.hand import geometry

sizes = st.floats(0.05, 20)
shifts = st.floats(-500, 500)
POINTS = np.array([[0.0, 0.0], [3.0, -7.5], [640.25, 480.0]])


@given(sizes, sizes, shifts, shifts, st.floats(-360, 360))
def test_there_and_back_again(x_scale: float, y_scale: float, x: float, y: float, degrees: float) -> None:
    there = geometry.chain(geometry.scaling(x_scale, y_scale), geometry.rotation(degrees), geometry.translation(x, y))
    back = geometry.move(geometry.move(POINTS, there), geometry.inverse(there))
    assert back == pytest.approx(POINTS, abs=1e-6)


def test_chain_does_the_steps_in_the_order_given() -> None:
    shifted_then_doubled = geometry.chain(geometry.translation(1, 2), geometry.scaling(2, 2))
    assert geometry.move(np.array([[10.0, 10.0]]), shifted_then_doubled).tolist() == [[22, 24]]


def test_chain_of_nothing_moves_nothing() -> None:
    assert geometry.move(POINTS, geometry.chain()).tolist() == POINTS.tolist()


def test_rotation_is_clockwise_as_seen_on_a_film() -> None:
    up, right = np.array([[0.0, -1.0]]), [1.0, 0.0]
    assert geometry.move(up, geometry.rotation(90))[0] == pytest.approx(right)


def test_warp_takes_pixels_where_points_go() -> None:
    image = np.zeros((8, 10), np.uint8)
    image[2, 3] = 200
    drawn = geometry.warp(image, geometry.translation(4, 5), (16, 20))
    assert np.argwhere(drawn).tolist() == [[7, 7]]


def test_warp_scales_about_the_corner_of_the_first_pixel() -> None:
    image = np.array([[10, 200], [60, 90]], np.uint8)
    drawn = geometry.warp(image, geometry.scaling(3, 3), (6, 6), cv2.INTER_NEAREST)
    assert drawn.tolist() == np.kron(image, np.ones((3, 3), np.uint8)).tolist()


def test_warp_mirrors_exactly() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    mirror = geometry.chain(geometry.scaling(-1, 1), geometry.translation(4, 0))
    assert geometry.warp(image, mirror, (3, 4), cv2.INTER_NEAREST).tolist() == image[:, ::-1].tolist()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
def test_warp_keeps_the_type_and_fills_outside(kind: DTypeLike) -> None:
    image = np.ones((4, 4), kind)
    before = image.copy()
    drawn = geometry.warp(image, geometry.translation(2, 0), (4, 6), fill=7)
    assert (drawn.dtype, drawn.shape) == (np.dtype(kind), (4, 6))
    assert drawn[0].tolist() == [7, 7, 1, 1, 1, 1]
    assert np.array_equal(image, before)
