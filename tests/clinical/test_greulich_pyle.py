from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openboneage.clinical.greulich_pyle import BoneAgeStatus, Reference, compare, normal_range
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex, format_age

ENDS = [
    (Reference.BRUSH_FOUNDATION, Sex.MALE, 3, 204),
    (Reference.BRUSH_FOUNDATION, Sex.FEMALE, 3, 192),
    (Reference.TABLE_V_VI, Sex.MALE, 12, 204),
    (Reference.TABLE_V_VI, Sex.FEMALE, 12, 180),
]


def test_normal_range_at_an_age_of_the_table_and_between_two() -> None:
    at_8, at_8_and_half = (normal_range(Sex.MALE, age) for age in (96, 102))

    assert (at_8.mean_months, at_8.sd_months) == (101.38, 9.1)
    assert at_8_and_half.mean_months == pytest.approx((101.38 + 113.9) / 2)
    assert at_8_and_half.sd_months == pytest.approx((9.1 + 9.0) / 2)


def test_tables_v_and_vi_take_the_chronological_age_as_mean() -> None:
    normal = normal_range(Sex.FEMALE, 120, Reference.TABLE_V_VI)

    assert (normal.mean_months, normal.sd_months) == (120, 10.8)


@pytest.mark.parametrize(("reference", "sex", "first", "last"), ENDS)
def test_ends_of_the_normal_ranges(reference: Reference, sex: Sex, first: float, last: float) -> None:
    assert normal_range(sex, first, reference).sd_months > 0
    assert normal_range(sex, last, reference).sd_months > 0
    for outside in (first - 0.1, last + 0.1):
        with pytest.raises(
            RefusedError, match=rf"\({reference.label}\) covers {sex} ages from {format_age(first)} to {format_age(last)}, got"
        ):
            normal_range(sex, outside, reference)


@given(
    sex=st.sampled_from([Sex.FEMALE, Sex.MALE]),
    reference=st.sampled_from(list(Reference)),
    age=st.floats(12, 180),
    bone_age=st.floats(0, 228),
    limit=st.floats(0.5, 3),
)
def test_verdict_sds_and_limits_agree(sex: Sex, reference: Reference, age: float, bone_age: float, limit: float) -> None:
    result = compare(sex, bone_age, age, reference, limit)

    assert result.normal.mean_months + result.sds * result.normal.sd_months == pytest.approx(bone_age)
    if abs(abs(result.sds) - limit) > 1e-6:
        inside = result.low_months < bone_age < result.high_months
        assert (result.verdict is BoneAgeStatus.NORMAL) == inside
        assert (result.verdict is BoneAgeStatus.ADVANCED) == (bone_age > result.high_months)


def test_the_limit_is_the_callers() -> None:
    assert compare(Sex.MALE, 80, 96, sd_limit=2.0).verdict is BoneAgeStatus.DELAYED
    assert compare(Sex.MALE, 80, 96).sd_limit == 2.0
    assert compare(Sex.MALE, 80, 96, sd_limit=2.5).verdict is BoneAgeStatus.NORMAL


def test_both_references_are_marked_as_unverified() -> None:
    for reference in Reference:
        assert [item.code for item in compare(Sex.MALE, 90, 96, reference).findings] == ["table-unverified"]


def test_an_impossible_limit_is_refused() -> None:
    with pytest.raises(InputError, match="over 0 SD"):
        compare(Sex.MALE, 90, 96, sd_limit=0)


def test_an_unknown_sex_is_refused() -> None:
    with pytest.raises(InputError, match="give the sex"):
        compare(Sex.UNKNOWN, 90, 96)
