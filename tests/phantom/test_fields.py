"""Blur, slow variation and enlargement keep the level of a field."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.phantom.fields import blurred, enlarged, slow


def step() -> np.ndarray:
    field = np.zeros((40, 30), np.float32)
    field[:, 15:] = 1
    return field


@pytest.mark.parametrize("sigma_px", [0.1, 0.8, 3.0])
def test_a_blur_keeps_the_mean(sigma_px: float) -> None:
    field = blurred(step(), sigma_px)

    assert field.mean() == pytest.approx(0.5, abs=1e-5)
    assert np.abs(np.diff(field[20])).max() < (1.01 if sigma_px < 0.2 else 0.6)


def test_slow_variation_has_no_edges() -> None:
    field = slow(step(), 4)

    assert field.shape == (40, 30)
    assert np.abs(np.diff(field[20])).max() < 0.15
    assert field[20, 0] < 0.05
    assert field[20, -1] > 0.95


@pytest.mark.parametrize("factor", [1, 3])
def test_a_ramp_stays_a_ramp(factor: int) -> None:
    ramp = np.tile(np.arange(12, dtype=np.float32), (12, 1))
    large = enlarged(ramp, factor, (10 * factor, 10 * factor))

    assert large.shape == (10 * factor, 10 * factor)
    assert np.diff(large[5])[factor:] == pytest.approx(1 / factor, abs=1e-5)
