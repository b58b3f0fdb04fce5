from __future__ import annotations

import pytest

from openboneage.clinical.height.inputs import EarlierVisit, HeightInputs
from openboneage.clinical.height.tw_mark2 import tw_mark2_1983
from openboneage.clinical.stature import height_at_sds
from openboneage.clinical.table_files import load_table
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex


def boy(age: float, earlier: EarlierVisit | None = None) -> HeightInputs:
    return HeightInputs(Sex.MALE, age, height_at_sds(Sex.MALE, age, 0), tw2_bone_age_months=min(age, 216), earlier=earlier)


def girl(age: float, menarche: bool | None, menarche_age: float | None = None, earlier: bool = False) -> HeightInputs:
    return HeightInputs(
        Sex.FEMALE,
        age,
        height_at_sds(Sex.FEMALE, age, 0),
        tw2_bone_age_months=min(age, 190),
        menarche=menarche,
        menarche_age_months=menarche_age,
        earlier=EarlierVisit(age - 12, height_at_sds(Sex.FEMALE, age - 12, 0), min(age - 12, 184)) if earlier else None,
    )


def table_of(inputs: HeightInputs) -> str:
    return tw_mark2_1983(inputs).title.split("Table ")[1].split(",")[0]


def test_a_boy_of_10_by_hand() -> None:
    inputs = HeightInputs(Sex.MALE, 122, 138.0, tw2_bone_age_months=114, father_height_cm=190, mother_height_cm=180)

    prediction = tw_mark2_1983(inputs)

    # The row of 10.0 years, the exact age in the equation, and nothing for the parents.
    assert prediction.adult_height_cm == pytest.approx(1.12 * 138 - 4.4 * 122 / 12 - 1.27 * 9.5 + 79)
    assert prediction.error is not None
    assert prediction.error.high_cm - prediction.adult_height_cm == pytest.approx(1.645 * 4.0)


def test_a_boy_of_12_with_his_increment_by_hand() -> None:
    inputs = HeightInputs(Sex.MALE, 144, 149.0, tw2_bone_age_months=138, earlier=EarlierVisit(133, 143.5))

    prediction = tw_mark2_1983(inputs)

    velocity = 5.5 / 11 * 12
    assert prediction.adult_height_cm == pytest.approx(1.15 * 149 - 2.3 * 12 - 2.73 * 11.5 - 1.5 * velocity + 73)
    assert prediction.notes == ("6.0 cm/year",)


@pytest.mark.parametrize(("months", "used"), [(9.9, False), (10.0, True), (13.4, True), (13.5, False)])
def test_the_increment_of_a_boy_needs_an_interval_near_a_year(months: float, used: bool) -> None:
    inputs = boy(150, EarlierVisit(150 - months, height_at_sds(Sex.MALE, 150 - months, 0)))

    assert table_of(inputs) == ("2.2" if used else "2.1")
    assert tw_mark2_1983(inputs).notes[0].startswith("earlier visit not used") is not used


@pytest.mark.parametrize(("months", "used"), [(10.5, False), (10.6, True), (13.4, True), (13.5, False)])
def test_the_interval_of_a_girl_is_narrower(months: float, used: bool) -> None:
    inputs = HeightInputs(
        Sex.FEMALE, 120, 138, tw2_bone_age_months=120, earlier=EarlierVisit(120 - months, 132.0), menarche=False
    )

    assert table_of(inputs) == ("3.2a" if used else "3.1a")


def test_a_height_that_fell_is_not_an_increment() -> None:
    fell = HeightInputs(Sex.MALE, 144, 149.0, tw2_bone_age_months=138, earlier=EarlierVisit(132, 149.1))
    stood_still = HeightInputs(Sex.MALE, 144, 149.0, tw2_bone_age_months=138, earlier=EarlierVisit(132, 149.0))

    assert tw_mark2_1983(fell).notes == ("earlier visit not used: the height was greater then",)
    assert [table_of(fell), table_of(stood_still)] == ["2.1", "2.2"]


def test_under_11_years_a_boy_has_no_table_with_increments() -> None:
    assert table_of(boy(128, EarlierVisit(116, 133))) == "2.1"
    assert table_of(boy(129, EarlierVisit(117, 133))) == "2.2"


@pytest.mark.parametrize(
    ("inputs", "table"),
    [
        (girl(120, None), "3.1a"),
        (girl(90, False, earlier=True), "3.1a"),
        (girl(108, False, earlier=True), "3.2a"),
        (girl(120, False, earlier=True), "3.3a"),
        (girl(168, False, earlier=True), "3.3a"),
        (girl(190, False), "3.1a"),
        (girl(150, True), "3.1b"),
        (girl(150, None, menarche_age=144), "3.1c"),
        (girl(150, True, earlier=True), "3.3b"),
        (girl(170, True, earlier=True), "3.2b"),
        (girl(198, True, menarche_age=150, earlier=True), "3.1c"),
    ],
)
def test_a_girl_has_the_table_for_the_known_inputs(inputs: HeightInputs, table: str) -> None:
    assert table_of(inputs) == table


def test_without_the_earlier_bone_age_only_the_height_increment_is_used() -> None:
    inputs = HeightInputs(Sex.FEMALE, 120, 138, tw2_bone_age_months=120, menarche=False, earlier=EarlierVisit(108, 132.0))

    assert table_of(inputs) == "3.2a"


def test_both_increments_by_hand() -> None:
    inputs = HeightInputs(Sex.FEMALE, 144, 150, tw2_bone_age_months=144, menarche=True, earlier=EarlierVisit(133, 144.5, 127.5))

    assert tw_mark2_1983(inputs).adult_height_cm == pytest.approx(1.07 * 150 - 0.4 * 12 + 0.7 * 6 + 1.5 * 1.5 - 7)


def test_the_age_at_menarche_takes_part_in_table_3_1c_only() -> None:
    known, unknown = (tw_mark2_1983(girl(170, True, age, earlier=True)) for age in (150.0, None))

    assert known.adult_height_cm == unknown.adult_height_cm
    later = tw_mark2_1983(girl(170, True, 162)).adult_height_cm - tw_mark2_1983(girl(170, True, 150)).adult_height_cm
    assert later == pytest.approx(1.3)


def test_an_early_menarche_shows_the_premenarcheal_value_too() -> None:
    prediction = tw_mark2_1983(HeightInputs(Sex.FEMALE, 130, 148, tw2_bone_age_months=150, menarche=True))

    before = 0.91 * 148 - 1.7 * 130 / 12 - 3.33 * 12.5 + 90  # the row of 11.0 years
    assert prediction.adult_height_cm == pytest.approx(0.98 * 148 - 2.2 * 130 / 12 - 1.05 * 12.5 + 49)
    assert prediction.notes == (f"the premenarcheal equation predicts {before:.1f} cm",)
    assert tw_mark2_1983(girl(138, True)).notes == ()


def test_menarche_is_needed_from_11_years() -> None:
    assert table_of(girl(131.9, None)) == "3.1a"
    with pytest.raises(InputError, match="has had her menarche"):
        tw_mark2_1983(girl(132, None))


@pytest.mark.parametrize(("sex", "first", "last"), [(Sex.MALE, 69, 240), (Sex.FEMALE, 57, 204)])
def test_ends_of_the_tables(sex: Sex, first: float, last: float) -> None:
    adult = height_at_sds(sex, 240, 0)
    for age in (first, last):
        inputs = boy(age) if sex is Sex.MALE else girl(age, age > 150)
        assert tw_mark2_1983(inputs).adult_height_cm == pytest.approx(adult, abs=6)
    for age in (first - 0.1, last + 0.1):
        with pytest.raises(RefusedError, match=f"Covers {sex} ages from"):
            tw_mark2_1983(HeightInputs(sex, age, height_at_sds(sex, min(age, 240), 0), tw2_bone_age_months=min(age, 216)))


@pytest.mark.parametrize("name", sorted({row["table"] for row in load_table("tw_mark2_1983_height.csv").rows}))
def test_no_row_of_a_table_is_lost(name: str) -> None:
    ages = load_table("tw_mark2_1983_height.csv").where(table=name).column("age_years")

    assert list(ages) == [ages[0] + 0.5 * i for i in range(len(ages))]


def test_a_bone_age_is_needed() -> None:
    with pytest.raises(InputError, match="Needs a TW2-RUS bone age"):
        tw_mark2_1983(HeightInputs(Sex.MALE, 120, 138))
