from __future__ import annotations

import pytest

from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.tanner import tanner_1975, tanner_1975_by_bone_age
from openboneage.clinical.stature import height_at_sds
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Severity
from openboneage.subject import Sex


def child(sex: Sex, age: float, bone_age: float | None = None, menarche: bool | None = None) -> HeightInputs:
    return HeightInputs(sex, age, height_at_sds(sex, age, 0), tw2_bone_age_months=bone_age, menarche=menarche)


def test_a_boy_of_10_by_hand() -> None:
    inputs = HeightInputs(Sex.MALE, 120, 138.0, tw2_bone_age_months=114)

    # 1.20 * 138 - 6.2 * 10 - 1.0 * 9.5 + 83
    assert tanner_1975(inputs).adult_height_cm == pytest.approx(165.6 - 62 - 9.5 + 83)
    # bone age 9.5 to 10: 1.20 * 138 - 5.7 * 10 + 70
    assert tanner_1975_by_bone_age(inputs).adult_height_cm == pytest.approx(165.6 - 57 + 70)


def test_a_girl_of_12_before_and_after_menarche() -> None:
    before, after = (
        tanner_1975(HeightInputs(Sex.FEMALE, 144, 150.0, tw2_bone_age_months=144, menarche=m)) for m in (False, True)
    )

    assert before.adult_height_cm == pytest.approx(0.83 * 150 - 2.4 * 12 - 3.4 * 12 + 111)
    assert after.adult_height_cm == pytest.approx(0.91 * 150 - 1.4 * 12 - 3.2 * 12 + 82)
    assert before.title.endswith("premenarcheal")
    assert after.title.endswith("postmenarcheal")


def test_a_girl_with_a_bone_age_of_13_before_and_after_menarche() -> None:
    before, after = (
        tanner_1975_by_bone_age(HeightInputs(Sex.FEMALE, 150, 155.0, tw2_bone_age_months=159, menarche=m))
        for m in (False, True)
    )

    assert [item.title.split(", ")[-1] for item in (before, after)] == ["premenarcheal", "postmenarcheal"]
    assert before.adult_height_cm > after.adult_height_cm
    with pytest.raises(InputError, match="girl of this bone age has had her menarche"):
        tanner_1975_by_bone_age(HeightInputs(Sex.FEMALE, 150, 155.0, tw2_bone_age_months=159))


def test_without_menarche_a_girl_of_12_has_no_equation() -> None:
    with pytest.raises(InputError, match="has had her menarche"):
        tanner_1975(child(Sex.FEMALE, 144, 144))


def test_the_youngest_need_no_bone_age() -> None:
    assert tanner_1975(child(Sex.MALE, 95.9)).adult_height_cm > 160
    with pytest.raises(InputError, match="Needs a TW2-RUS bone age"):
        tanner_1975(child(Sex.MALE, 96))


@pytest.mark.parametrize(("sex", "first", "last"), [(Sex.MALE, 48, 216), (Sex.FEMALE, 48, 192)])
def test_ends_by_age(sex: Sex, first: float, last: float) -> None:
    adult = height_at_sds(sex, 240, 0)
    for age in (first, last - 0.1):
        assert tanner_1975(child(sex, age, age, menarche=None)).adult_height_cm == pytest.approx(adult, abs=6)
    for age in (first - 0.1, last):
        with pytest.raises(RefusedError, match=f"Covers {sex} ages from 4 to"):
            tanner_1975(child(sex, age, age))


@pytest.mark.parametrize(("sex", "first", "last"), [(Sex.MALE, 48, 204), (Sex.FEMALE, 48, 192)])
def test_ends_by_bone_age(sex: Sex, first: float, last: float) -> None:
    for bone_age in (first, last - 0.1):
        prediction = tanner_1975_by_bone_age(child(sex, bone_age, bone_age))
        assert not prediction.in_consensus
        assert prediction.findings == ()
    for bone_age in (first - 0.1, last):
        with pytest.raises(RefusedError, match=f"Covers {sex} bone ages from 4 to"):
            tanner_1975_by_bone_age(child(sex, bone_age, bone_age))


@pytest.mark.parametrize("sex", [Sex.MALE, Sex.FEMALE])
def test_every_age_has_one_equation(sex: Sex) -> None:
    for month in range(48, 192):
        assert tanner_1975(child(sex, month, month, menarche=sex is Sex.FEMALE or None)).adult_height_cm > 140


def test_parents_add_a_third_of_their_difference_from_the_mean() -> None:
    alone = tanner_1975(HeightInputs(Sex.MALE, 120, 138.0, tw2_bone_age_months=114))
    tall = tanner_1975(
        HeightInputs(Sex.MALE, 120, 138.0, tw2_bone_age_months=114, father_height_cm=184.0, mother_height_cm=170.0)
    )

    assert tall.adult_height_cm - alone.adult_height_cm == pytest.approx((177 - 168) / 3)
    assert tall.notes == ("+3.0 cm for the parents' heights",)


def test_the_error_band_is_the_residual_of_the_equation() -> None:
    error = tanner_1975(HeightInputs(Sex.MALE, 120, 138.0, tw2_bone_age_months=114)).error

    assert error is not None
    assert (error.high_cm - error.low_cm) / 2 == pytest.approx(1.645 * 3.6)


def test_the_parents_do_not_take_part_in_tables_viii_and_ix() -> None:
    inputs = HeightInputs(Sex.MALE, 120, 138.0, tw2_bone_age_months=114, father_height_cm=184.0, mother_height_cm=170.0)

    assert tanner_1975_by_bone_age(inputs).adult_height_cm == pytest.approx(165.6 - 57 + 70)


@pytest.mark.parametrize(("ahead", "by_age_counts"), [(-24.1, False), (-24, True), (24, True), (24.1, False)])
def test_beyond_two_years_of_difference_the_tables_by_bone_age_count(ahead: float, by_age_counts: bool) -> None:
    inputs = child(Sex.MALE, 120, 120 + ahead)

    assert tanner_1975(inputs).in_consensus is by_age_counts
    assert tanner_1975_by_bone_age(inputs).in_consensus is not by_age_counts


@pytest.mark.parametrize(
    ("sex", "age", "weak"),
    [
        *[(Sex.MALE, 155, False), (Sex.MALE, 156, True), (Sex.MALE, 168, True), (Sex.MALE, 169, False)],
        *[(Sex.FEMALE, 143, False), (Sex.FEMALE, 144, True), (Sex.FEMALE, 156, True), (Sex.FEMALE, 157, False)],
    ],
)
def test_ages_at_which_bone_age_predicts_less_well_are_a_finding(sex: Sex, age: float, weak: bool) -> None:
    prediction = tanner_1975(child(sex, age, age, menarche=True if sex is Sex.FEMALE else None))

    found = [(finding.code, finding.severity) for finding in prediction.findings]
    assert (("bone-age-weak-at-this-age", Severity.NOTE) in found) is weak
