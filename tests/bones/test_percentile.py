"""Percentiles equal those of NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.bones.percentile import percentile


@pytest.mark.parametrize("shape", [(1,), (2,), (20,), (3, 7)])
@pytest.mark.parametrize("percent", [0, 10, 50, 90, 100])
def test_percentiles_along_the_last_axis(shape: tuple[int, ...], percent: float) -> None:
    values = np.random.default_rng(1).normal(size=shape)

    assert percentile(values, percent) == pytest.approx(np.percentile(values, percent, axis=-1))
