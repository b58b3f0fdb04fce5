from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import HeightPrediction
from openboneage.clinical.height.roche import khamis_guo_1993, khamis_roche_1995, rwt_1975
from openboneage.clinical.stature import height_at_sds
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex

Method = Callable[[HeightInputs], HeightPrediction]

ENDS: list[tuple[Method, Sex, float, float]] = [
    (rwt_1975, Sex.MALE, 12, 192),
    (rwt_1975, Sex.FEMALE, 12, 168),
    (khamis_guo_1993, Sex.MALE, 36, 210),
    (khamis_guo_1993, Sex.FEMALE, 36, 210),
    (khamis_roche_1995, Sex.MALE, 48, 210),
    (khamis_roche_1995, Sex.FEMALE, 48, 210),
]


def median_child(sex: Sex, age: float) -> HeightInputs:
    height = height_at_sds(sex, age, 0)
    return HeightInputs(
        sex=sex,
        age_months=age,
        height_cm=height,
        weight_kg=17 * (height / 100) ** 2,
        bone_age_months=age,
        father_height_cm=176.8,
        mother_height_cm=163.3,
    )


@pytest.mark.parametrize(("method", "sex", "first", "last"), ENDS)
def test_ends_of_every_table(method: Method, sex: Sex, first: float, last: float) -> None:
    for age in (first, last):
        assert 150 < method(median_child(sex, age)).adult_height_cm < 190
    for age in (first - 0.1, last + 0.1):
        with pytest.raises(RefusedError, match=f"Holds {sex} ages of"):
            method(median_child(sex, age))


@pytest.mark.parametrize(("method", "sex", "first", "last"), ENDS)
def test_a_median_child_becomes_a_median_adult(method: Method, sex: Sex, first: float, last: float) -> None:
    adult = height_at_sds(sex, 240, 0)
    for age in range(int(first), int(last) + 1):
        assert method(median_child(sex, age)).adult_height_cm == pytest.approx(adult, abs=6.5)


@pytest.mark.parametrize("method", [rwt_1975, khamis_guo_1993, khamis_roche_1995])
def test_the_weights_between_two_rows_lie_on_a_straight_line(method: Method) -> None:
    rows = [
        method(HeightInputs(Sex.MALE, age, 138, None, 32, 120, None, 177, 163)).adult_height_cm for age in (120, 121.5, 123)
    ]
    if method is not rwt_1975:
        rows = [
            method(HeightInputs(Sex.MALE, age, 138, None, 32, 120, None, 177, 163)).adult_height_cm for age in (120, 123, 126)
        ]

    assert rows[1] == pytest.approx((rows[0] + rows[2]) / 2)


@pytest.mark.parametrize("method", [rwt_1975, khamis_guo_1993, khamis_roche_1995])
@pytest.mark.parametrize("missing", ["weight_kg", "father_height_cm"])
def test_what_is_needed_is_named(method: Method, missing: str) -> None:
    values: dict[str, Any] = {"weight_kg": 32.0, "bone_age_months": 114.0, "father_height_cm": 177.0, "mother_height_cm": 163.0}

    with pytest.raises(InputError, match=r"Needs weight|Needs the height of both parents"):
        method(HeightInputs(Sex.MALE, 120, 138, **values | {missing: None}))


def test_standing_height_becomes_recumbent_length() -> None:
    standing = rwt_1975(HeightInputs(Sex.MALE, 120, 138, None, 32, 114, None, 177, 163))
    lying = rwt_1975(HeightInputs(Sex.MALE, 120, 138, 139.25, 32, 114, None, 177, 163))

    assert standing.adult_height_cm == pytest.approx(lying.adult_height_cm)
    assert any("1.25 cm" in note for note in standing.notes)
    assert not any("1.25 cm" in note for note in lying.notes)


def test_under_2_years_a_height_is_a_length() -> None:
    prediction = rwt_1975(median_child(Sex.FEMALE, 18))

    assert prediction.notes == ("stature at 18 years",)


def test_the_digitised_error_of_rwt_is_unverified() -> None:
    assert [finding.code for finding in rwt_1975(median_child(Sex.MALE, 100)).findings] == ["table-unverified"]


def test_khamis_guo_says_that_its_bone_age_is_another() -> None:
    assert "bone-age-of-another-method" in [item.code for item in khamis_guo_1993(median_child(Sex.MALE, 100)).findings]
