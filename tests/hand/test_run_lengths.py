"""Run lengths keep the mask."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openboneage.errors import InputError
from openboneage.hand.run_lengths import mask_of_runs, run_lengths


@given(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_every_mask_comes_back(mask: np.ndarray) -> None:
    assert np.array_equal(mask_of_runs(run_lengths(mask), mask.shape), mask)


def test_runs_go_down_the_columns_and_begin_outside() -> None:
    assert run_lengths(np.array([[True, False], [True, True]])) == [0, 2, 1, 1]
    assert run_lengths(np.zeros((2, 3), bool)) == [6]


def test_runs_of_another_size_are_refused() -> None:
    with pytest.raises(InputError, match="fill 3 x 2 px, got a sum of 5"):
        mask_of_runs([2, 3], (2, 3))
