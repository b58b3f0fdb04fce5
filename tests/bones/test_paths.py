"""Best paths through fields of gains."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from openboneage.bones.paths import best_path, best_ring


def total(gain: np.ndarray, path: np.ndarray, cost: float) -> float:
    return float(gain[np.arange(len(path)), path].sum() - cost * np.abs(np.diff(path)).sum())


@pytest.mark.parametrize("seed", range(5))
def test_no_other_path_has_a_greater_sum(seed: int) -> None:
    gain = np.random.default_rng(seed).normal(size=(5, 4))
    paths = [np.array(each) for each in product(range(4), repeat=5) if np.abs(np.diff(each)).max() <= 1]

    found = best_path(gain, 1, 0.3)

    assert np.abs(np.diff(found)).max() <= 1
    assert total(gain, found, 0.3) == pytest.approx(max(total(gain, each, 0.3) for each in paths))


def test_several_fields_have_a_path_each() -> None:
    fields = np.random.default_rng(0).normal(size=(3, 6, 5))

    assert best_path(fields, 1, 0.1).tolist() == [best_path(field, 1, 0.1).tolist() for field in fields]


def test_a_ring_joins_its_ends() -> None:
    gain = np.zeros((16, 9))
    gain[np.arange(16), 4 + np.round(3 * np.sin(np.arange(16) / 16 * 2 * np.pi)).astype(int)] = 5
    gain[0] = gain[15] = 0

    found = best_ring(gain, 2, 0.1)

    assert abs(found[0] - found[-1]) <= 2
    assert found[4] == 7
    assert found[12] == 1
