"""Length of the beam in dense and spongy bone."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.phantom.fields import Field
from openboneage.phantom.shapes import STEPS, Epiphysis, Nodule, Shaft, Shape, chord, rounded

FLAT = np.full(STEPS, 1.0, np.float32)


def shaft() -> Shaft:
    return Shaft(
        length=1.0,
        half_width=0.1 * FLAT,
        cortex=0.02 * FLAT,
        plate_edge=0 * FLAT,
        far_edge=FLAT,
        rounding=(0.01, 0.05),
        plate_wall=0.003,
        plate_density=0.2,
        depth=0.8,
    )


def epiphysis(plate_open: float = 1.0) -> Epiphysis:
    return Epiphysis(
        half_width=0.1,
        joint_edge=-0.04 * FLAT,
        plate_edge=0.04 * FLAT,
        cortex=0.005,
        joint_density=0.1,
        plate_density=0.1,
        plate_open=plate_open,
        inner_line=0.0,
        depth=0.7,
    )


SHAPES = (shaft(), epiphysis(), Nodule(0.08 * FLAT, 0.005, 0.6))


def grid(shape: Shape) -> tuple[Field, Field]:
    low_u, high_u, low_v, high_v = shape.bounds
    v, u = np.meshgrid(
        np.linspace(low_v - 0.02, high_v + 0.02, 200), np.linspace(low_u - 0.02, high_u + 0.02, 200), indexing="ij"
    )
    return u.astype(np.float32), v.astype(np.float32)


@pytest.mark.parametrize("shape", SHAPES)
def test_bone_is_inside_its_outline_only(shape: Shape) -> None:
    layers = shape.layers(*grid(shape))

    assert layers.inside.any()
    assert not (layers.dense + layers.spongy)[~layers.inside].any()
    assert (layers.dense >= -1e-6).all()
    assert (layers.spongy >= 0).all()


def test_the_wall_of_a_shaft_is_dense_and_its_middle_spongy() -> None:
    u, v = (np.array([value], np.float32) for value in (0.0, 0.5))
    wall = shaft().layers(np.array([0.085], np.float32), v)
    middle = shaft().layers(u, v)

    assert middle.dense[0] == pytest.approx(0.8 * 2 * 0.02, rel=0.02)
    assert middle.spongy[0] == pytest.approx(0.8 * 2 * 0.08, rel=0.02)
    assert wall.spongy[0] == 0 < wall.dense[0]


def test_an_open_plate_has_a_dense_edge_and_a_fused_one_none() -> None:
    u, v = np.zeros(1, np.float32), np.array([0.039], np.float32)

    free, fused = (epiphysis(plate_open).layers(u, v) for plate_open in (1.0, 0.0))
    assert free.spongy[0] < 0.2 * fused.spongy[0]


def test_chords_and_rounded_edges() -> None:
    assert chord(np.array([0, 3, 5, 6], np.float32), 5.0) == pytest.approx([10, 8, 0, 0])
    assert rounded(np.array([-1, 0, 1, 2], np.float32), 2.0) == pytest.approx([0, 0, np.sqrt(0.75), 1])
