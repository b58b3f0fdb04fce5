from __future__ import annotations

import pytest

from openboneage.assess.distribution import AgeInterval
from openboneage.assess.parts import NormalComparison
from openboneage.clinical.greulich_pyle import compare
from openboneage.subject import Sex


def test_the_normal_range_and_the_sds_of_the_interval_fit_the_comparison() -> None:
    comparison = compare(Sex.FEMALE, 120.0, 111.0)
    published = NormalComparison.of(comparison, AgeInterval(comparison.low_months, comparison.high_months, 0.9))
    assert (published.low_months, published.high_months) == pytest.approx((comparison.low_months, comparison.high_months))
    assert (published.sds_low, published.sds_high) == pytest.approx((-2, 2))
