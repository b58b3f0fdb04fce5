"""Bootstrap intervals, compared with scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap

from openboneage.evaluate.bootstrap import BATCH, RESAMPLES, SEED, bootstrap_intervals, mean_interval
from openboneage.evaluate.metrics import MEASURES, Ages

VALUES = np.random.default_rng(1).normal(3, 2, 400)
READ = np.random.default_rng(2).uniform(20, 200, 60)
ESTIMATED = READ + np.random.default_rng(3).normal(2, 8, 60)


def test_interval_of_a_mean() -> None:
    low, high = mean_interval(VALUES)

    assert (low, high) == mean_interval(VALUES)
    assert (low + high) / 2 == pytest.approx(VALUES.mean(), abs=0.02)
    assert high - low == pytest.approx(2 * 1.96 * VALUES.std() / 20, rel=0.05)


def test_interval_of_a_mean_is_that_of_scipy() -> None:
    scipys = bootstrap(
        (VALUES,), np.mean, n_resamples=RESAMPLES, batch=BATCH, method="percentile", rng=np.random.default_rng(SEED)
    ).confidence_interval

    assert mean_interval(VALUES) == pytest.approx((scipys.low, scipys.high))


@pytest.mark.parametrize("name", ["mae", "rmse", "ccc", "pearson"])
def test_intervals_of_measures_are_those_of_scipy(name: str) -> None:
    def measure(read: Ages, estimated: Ages, axis: int) -> Ages:
        assert axis == -1
        return MEASURES[name](read, estimated)

    scipys = bootstrap(
        (READ, ESTIMATED), measure, paired=True, vectorized=True, n_resamples=RESAMPLES, method="percentile", rng=7
    ).confidence_interval
    ours = bootstrap_intervals({name: MEASURES[name]}, READ, ESTIMATED)[name]

    assert ours == pytest.approx((scipys.low, scipys.high), abs=0.05 * (scipys.high - scipys.low))


def test_interval_of_one_film_is_its_value() -> None:
    assert mean_interval(np.array([2.5])) == (2.5, 2.5)
    assert bootstrap_intervals(MEASURES, np.array([10.0]), np.array([14.0]))["mae"] == (4, 4)
