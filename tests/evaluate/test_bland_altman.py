"""Limits of agreement, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from openboneage.evaluate.bland_altman import limits_of_agreement

READ = np.array([100.0, 100.0, 100.0, 100.0])


def test_limits_by_hand() -> None:
    limits = limits_of_agreement(READ, READ + np.array([-2.0, 0.0, 2.0, 4.0]))

    assert limits is not None
    assert limits.bias == 1
    assert limits.sd == pytest.approx(np.sqrt(20 / 3))
    assert (limits.low, limits.high) == pytest.approx((1 - 1.96 * limits.sd, 1 + 1.96 * limits.sd))
    assert limits.bias_error == pytest.approx(3.1824 * limits.sd / 2, rel=1e-4)  # t with three degrees of freedom
    assert limits.limit_error == pytest.approx(limits.bias_error * np.sqrt(3))


def test_limits_hold_95_percent_of_normal_differences() -> None:
    rng = np.random.default_rng(5)
    read = rng.uniform(0, 228, 4000)
    differences = rng.normal(3, 10, 4000)
    limits = limits_of_agreement(read, read + differences)

    assert limits is not None
    assert ((differences > limits.low) & (differences < limits.high)).mean() == pytest.approx(0.95, abs=0.01)


def test_two_films_have_no_limits() -> None:
    assert limits_of_agreement(READ[:2], READ[:2]) is None
