from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openboneage.clinical.stature import (
    CM_PER_INCH,
    LAST_MONTHS,
    HeightReference,
    checked_bone_age_months,
    checked_height_cm,
    height_at_sds,
    height_findings,
    height_for_age,
)
from openboneage.clinical.table_files import load_table
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex

SEXES = st.sampled_from([Sex.FEMALE, Sex.MALE])


@pytest.mark.parametrize("name", ["cdc_stature_for_age_lms.csv", "who_height_for_age_lms.csv"])
@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_the_median_of_each_row_is_at_0_sds(name: str, sex: Sex) -> None:
    table = load_table(name).where(sex=sex)
    for row in table.rows:
        age, from_who = float(row["age_months"]), name.startswith("who")
        if from_who and age >= 24:
            continue
        result = height_for_age(sex, age, float(row["M_cm"]))
        assert result.sds == pytest.approx(0, abs=1e-9)
        assert result.percentile == pytest.approx(50)
        assert result.reference is (HeightReference.WHO_2006 if from_who else HeightReference.CDC_2000)


def test_cdc_boy_of_10_at_1_88_sds_by_hand() -> None:
    # 120.5 months: L 0.505564, M 138.8234, S 0.047610; 138.8234 * (1 + 0.505564 * 0.047610 * 1.8808) ** (1 / 0.505564)
    result = height_for_age(Sex.MALE, 120.5, 151.53)

    assert result.sds == pytest.approx(1.8808, abs=0.001)
    assert result.percentile == pytest.approx(97, abs=0.01)


@settings(deadline=None)
@given(sex=SEXES, age=st.floats(0, 240), sds=st.floats(-5, 5))
def test_sds_to_height_and_back(sex: Sex, age: float, sds: float) -> None:
    assert height_for_age(sex, age, height_at_sds(sex, age, sds)).sds == pytest.approx(sds, abs=1e-6)


@settings(deadline=None)
@given(sex=SEXES, age=st.floats(0, 240), height=st.floats(60, 190))
def test_taller_is_a_higher_sds(sex: Sex, age: float, height: float) -> None:
    assert height_for_age(sex, age, height).sds < height_for_age(sex, age, height + 0.5).sds


def test_the_reference_ends_with_its_table() -> None:
    assert load_table("cdc_stature_for_age_lms.csv").column("age_months").max() == LAST_MONTHS


def test_the_reference_changes_at_24_months() -> None:
    assert height_for_age(Sex.MALE, 23.99, 87).reference is HeightReference.WHO_2006
    assert height_for_age(Sex.MALE, 24, 87).reference is HeightReference.CDC_2000


@pytest.mark.parametrize("age", [-0.1, 240.1])
def test_there_is_no_reference_outside_the_table(age: float) -> None:
    with pytest.raises(RefusedError, match="birth to 20 years"):
        height_for_age(Sex.MALE, age, 100)


@pytest.mark.parametrize("height", [0.0, -3.0, float("nan"), float("inf")])
def test_invalid_heights_are_refused(height: float) -> None:
    with pytest.raises(InputError, match="positive number of centimetres"):
        height_for_age(Sex.MALE, 100, height)


@settings(deadline=None, max_examples=200)
@given(sex=SEXES, age=st.floats(0, 400), sds=st.floats(-4, 4))
def test_every_height_in_inches_is_caught_and_named(sex: Sex, age: float, sds: float) -> None:
    height = height_at_sds(sex, min(age, 240), sds)

    assert checked_height_cm(sex, age, height) == height
    with pytest.raises(InputError, match=r"cm was expected \(6 SD"):
        checked_height_cm(sex, age, height / CM_PER_INCH)


@pytest.mark.parametrize(("sds", "codes"), [(3.9, []), (-3.9, []), (4.1, ["height-unusual"]), (-4.1, ["height-unusual"])])
def test_an_unusual_height_is_a_finding(sds: float, codes: list[str]) -> None:
    height = height_at_sds(Sex.FEMALE, 110, sds)

    findings = height_findings(Sex.FEMALE, 110, height)

    assert [finding.code for finding in findings] == codes
    message = f"The height is 4.1 SD {'above' if sds > 0 else 'below'} the median: check height, age and sex."
    assert [finding.message for finding in findings] == ([message] if codes else [])


@pytest.mark.parametrize("sds", [-6.1, 6.1])
def test_a_height_beyond_6_sd_is_refused(sds: float) -> None:
    assert checked_height_cm(Sex.MALE, 260, height_at_sds(Sex.MALE, 240, sds * 0.98)) > 0
    with pytest.raises(InputError, match=r"At 21 y 8 m a height of .* \(6 SD around the median\)"):
        checked_height_cm(Sex.MALE, 260, height_at_sds(Sex.MALE, 240, sds))


def test_inches_are_answered_with_centimetres() -> None:
    with pytest.raises(InputError, match=r"got 55\. If it is in inches, give 139\.7 cm\."):
        checked_height_cm(Sex.MALE, 120, 55)


@settings(deadline=None)
@given(sex=SEXES, years=st.floats(3, 20), sds=st.floats(-3, 3))
def test_every_age_in_years_is_caught(sex: Sex, years: float, sds: float) -> None:
    height = height_at_sds(sex, years * 12, sds)

    with pytest.raises(InputError, match=r"If the age is .* years, give .* months"):
        checked_height_cm(sex, years, height)


@settings(deadline=None)
@given(age=st.floats(24, 240))
def test_a_bone_age_in_years_is_caught(age: float) -> None:
    with pytest.raises(InputError, match="given in years"):
        checked_bone_age_months(age / 12, age)


@pytest.mark.parametrize(("bone_age", "age"), [(96, 60), (60, 120), (3, 1), (12, 20), (180, 96)])
def test_a_bone_age_far_from_age_is_possible(bone_age: float, age: float) -> None:
    assert checked_bone_age_months(bone_age, age) == bone_age
