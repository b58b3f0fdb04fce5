"""Percentile bootstrap intervals (Efron and Tibshirani 1993, chapter 13) over films."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from openboneage.evaluate.metrics import Ages

RESAMPLES = 10_000
BATCH = 500
"""Resamples held in memory at a time."""
SEED = 20170826
Interval = tuple[float, float]


def bootstrap_intervals(statistics: Mapping[str, Callable[..., Ages]], *columns: Ages) -> dict[str, Interval]:
    """The 95 % intervals of statistics of films drawn with replacement, from 10,000 resamples.

    Args:
        statistics: By name, functions of as many arrays `(..., films)` as there are columns, with a value for each leading
            index.
        columns: Values of the films, each `(films,)`; a film's values stay together.
    """
    rng, values = np.random.default_rng(SEED), {name: list[Ages]() for name in statistics}
    films = len(columns[0])
    for _ in range(RESAMPLES // BATCH):
        drawn = rng.integers(0, films, (BATCH, films))
        resampled = [column[drawn] for column in columns]
        for name, statistic in statistics.items():
            values[name].append(statistic(*resampled))
    ends = {name: np.quantile(np.concatenate(each), (0.025, 0.975)) for name, each in values.items()}
    return {name: (float(low), float(high)) for name, (low, high) in ends.items()}


def mean_interval(values: Ages) -> Interval:
    """The 95 % interval of a mean."""
    return bootstrap_intervals({"mean": lambda drawn: np.asarray(drawn.mean(axis=-1))}, values)["mean"]
