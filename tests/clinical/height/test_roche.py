from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import HeightPrediction
from openboneage.clinical.height.roche import khamis_guo_1993, khamis_roche_1995, rwt_1975
from openboneage.clinical.stature import height_at_sds
from openboneage.clinical.table_files import load_table
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex

Method = Callable[[HeightInputs], HeightPrediction]

BOY = HeightInputs(Sex.MALE, 120, 138, weight_kg=32, bone_age_months=114, father_height_cm=177, mother_height_cm=163)

ENDS: list[tuple[Method, Sex, float, float]] = [
    (rwt_1975, Sex.MALE, 12, 192),
    (rwt_1975, Sex.FEMALE, 12, 168),
    (khamis_guo_1993, Sex.MALE, 36, 210),
    (khamis_guo_1993, Sex.FEMALE, 36, 210),
    (khamis_roche_1995, Sex.MALE, 48, 210),
    (khamis_roche_1995, Sex.FEMALE, 48, 210),
]


def median_child(sex: Sex, age: float) -> HeightInputs:
    """Return a child of median height whose bones are not yet too mature for RWT."""
    height = height_at_sds(sex, age, 0)
    return HeightInputs(
        sex=sex,
        age_months=age,
        height_cm=height,
        weight_kg=17 * (height / 100) ** 2,
        bone_age_months=min(age, 167.9 if sex is Sex.FEMALE else 191.9),
        father_height_cm=176.8,
        mother_height_cm=163.3,
    )


@pytest.mark.parametrize(("method", "sex", "first", "last"), ENDS)
def test_ends_of_every_table(method: Method, sex: Sex, first: float, last: float) -> None:
    for age in (first, last):
        assert 150 < method(median_child(sex, age)).adult_height_cm < 190
    for age in (first - 0.1, last + 0.1):
        with pytest.raises(RefusedError, match=f"Covers {sex} ages from"):
            method(median_child(sex, age))


@pytest.mark.parametrize(("method", "sex", "first", "last"), ENDS)
def test_a_median_child_becomes_a_median_adult(method: Method, sex: Sex, first: float, last: float) -> None:
    adult = height_at_sds(sex, 240, 0)
    for age in range(int(first), int(last) + 1):
        assert method(median_child(sex, age)).adult_height_cm == pytest.approx(adult, abs=6.5)


@pytest.mark.parametrize("method", [rwt_1975, khamis_guo_1993, khamis_roche_1995])
def test_the_weights_between_two_rows_lie_on_a_straight_line(method: Method) -> None:
    ages = (120, 121.5, 123) if method is rwt_1975 else (120, 123, 126)

    rows = [method(replace(BOY, age_months=age)).adult_height_cm for age in ages]

    assert rows[1] == pytest.approx((rows[0] + rows[2]) / 2)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (rwt_1975, "Needs weight."),
        (khamis_guo_1993, "Needs weight, a Greulich-Pyle bone age, the father's height, the mother's height."),
        (khamis_roche_1995, "Needs weight, the father's height, the mother's height."),
    ],
)
def test_everything_that_is_needed_is_named(method: Method, message: str) -> None:
    with pytest.raises(InputError) as error:
        method(HeightInputs(Sex.MALE, 120, 138))

    assert str(error.value) == message


def test_rwt_needs_a_bone_age_from_13_years_in_boys_and_8_in_girls() -> None:
    for sex, age in ((Sex.MALE, 156), (Sex.FEMALE, 96)):
        with pytest.raises(InputError, match=r"^Needs a Greulich-Pyle bone age\.$"):
            rwt_1975(replace(median_child(sex, age), bone_age_months=None))
        younger = median_child(sex, age - 0.1)
        without = rwt_1975(replace(younger, bone_age_months=None))
        assert without.adult_height_cm == pytest.approx(rwt_1975(younger).adult_height_cm)
        assert "age taken as bone age" in without.notes


def test_rwt_takes_the_means_of_the_paper_for_parents_that_are_not_known() -> None:
    without = rwt_1975(replace(BOY, father_height_cm=None, mother_height_cm=None))

    means = rwt_1975(replace(BOY, father_height_cm=174.5, mother_height_cm=162.0))
    assert without.adult_height_cm == pytest.approx(means.adult_height_cm)
    assert {"father's height taken as 174.5 cm", "mother's height taken as 162 cm"} <= set(without.notes)
    assert not any("taken as 1" in note for note in means.notes)


@pytest.mark.parametrize(("sex", "mature"), [(Sex.MALE, 192.0), (Sex.FEMALE, 168.0)])
def test_rwt_ends_where_half_the_bones_are_adult(sex: Sex, mature: float) -> None:
    child = median_child(sex, mature - 12)

    assert rwt_1975(replace(child, bone_age_months=mature - 0.1)).adult_height_cm > 150
    with pytest.raises(RefusedError, match=f"half the bones of the hand are adult, .* got {mature / 12:.0f} y 0 m"):
        rwt_1975(replace(child, bone_age_months=mature))


@pytest.mark.parametrize(
    ("sex", "age", "printed", "corrected"), [(Sex.MALE, 192, -0.014, 0.014), (Sex.FEMALE, 165, -0.085, -0.095)]
)
def test_misprints_of_rwt_are_corrected_by_the_polynomials_of_the_paper(
    sex: Sex, age: float, printed: float, corrected: float
) -> None:
    table = load_table("rwt_1975.csv").where(sex=sex)
    ages, weights = table.column("chronological_age_months"), table.column("beta_weight_kg")
    others = ages != age
    fit = np.polynomial.Polynomial.fit(ages[others], weights[others], 5)

    assert weights[~others] == pytest.approx(corrected)
    assert fit(age) == pytest.approx(corrected, abs=0.001)
    notes = rwt_1975(median_child(sex, age)).notes
    assert any(f"is {corrected}; {printed} in the paper" in note for note in notes)
    assert not any("in the paper" in note for note in rwt_1975(median_child(sex, age - 3)).notes)


def test_standing_height_becomes_recumbent_length() -> None:
    standing = rwt_1975(BOY)
    lying = rwt_1975(replace(BOY, recumbent_length_cm=139.25))

    assert standing.adult_height_cm == pytest.approx(lying.adult_height_cm)
    assert any("1.25 cm" in note for note in standing.notes)
    assert not any("1.25 cm" in note for note in lying.notes)


def test_under_2_years_a_height_is_a_length() -> None:
    prediction = rwt_1975(median_child(Sex.FEMALE, 18))

    assert not any("recumbent" in note for note in prediction.notes)


def test_stature_at_18_is_lifted_to_adult_height() -> None:
    for sex, after in ((Sex.MALE, 0.8), (Sex.FEMALE, 0.6)):
        for method in (rwt_1975, khamis_guo_1993):
            prediction = method(median_child(sex, 100))
            assert prediction.notes[0] == f"stature at 18 years {prediction.adult_height_cm - after:.1f} cm, plus {after} cm"


@pytest.mark.parametrize(
    ("method", "sex", "half_width"),
    [
        (khamis_guo_1993, Sex.MALE, 4.75),
        (khamis_guo_1993, Sex.FEMALE, 4.10),
        (khamis_roche_1995, Sex.MALE, 5.34),
        (khamis_roche_1995, Sex.FEMALE, 4.25),
        (rwt_1975, Sex.MALE, 5.1),
    ],
)
def test_every_method_has_its_published_band(method: Method, sex: Sex, half_width: float) -> None:
    prediction = method(median_child(sex, 108))

    assert prediction.error is not None
    assert prediction.error.coverage == 0.9
    assert prediction.adult_height_cm - prediction.error.low_cm == pytest.approx(half_width, abs=0.01)
    assert prediction.error.high_cm - prediction.adult_height_cm == pytest.approx(half_width, abs=0.01)


def test_the_band_of_rwt_has_no_dip_at_75_months() -> None:
    bands = [rwt_1975(median_child(Sex.MALE, age)).error for age in (72, 75, 84)]

    low, middle, high = (band.high_cm - band.low_cm for band in bands if band is not None)
    assert low > middle > high


def test_each_method_names_its_bone_age() -> None:
    assert "Greulich-Pyle bone age, as the paper's" in rwt_1975(BOY).notes
    assert "bone-age-of-another-method" in [item.code for item in khamis_guo_1993(median_child(Sex.MALE, 100)).findings]
