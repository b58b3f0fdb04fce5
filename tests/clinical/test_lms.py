from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openboneage.clinical.lms import Lms, percentile


def test_without_a_power_the_logarithm_is_normal() -> None:
    lms = Lms(0.0, 100.0, 0.05)

    assert lms.sds(110) == pytest.approx(math.log(1.1) / 0.05)
    assert lms.value(-2) == pytest.approx(100 * math.exp(-0.1))


def test_with_a_power_of_1_the_value_is_normal() -> None:
    lms = Lms(1.0, 100.0, 0.05)

    assert lms.sds(110) == pytest.approx(2)
    assert lms.value(-2) == pytest.approx(90)


@given(power=st.floats(-1, 2), sds=st.floats(-3, 3))
def test_a_score_leads_to_a_value_and_back(power: float, sds: float) -> None:
    lms = Lms(power, 6.4, 0.2)

    assert lms.sds(lms.value(sds)) == pytest.approx(sds, abs=1e-5)


@pytest.mark.parametrize(("sds", "expected"), [(0, 50), (-1.8808, 3), (1.8808, 97)])
def test_percentiles(sds: float, expected: float) -> None:
    assert percentile(sds) == pytest.approx(expected, abs=0.01)
