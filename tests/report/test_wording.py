from __future__ import annotations

import re
from dataclasses import replace

import pytest

from openboneage.clinical.curve import AgeReading, AgeState
from openboneage.clinical.height.adult_height import predict_adult_height
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.report import wording
from openboneage.report.phrases import phrases_of
from openboneage.subject import Sex
from tests.report.reports import decided, examined, report_of

EN, DE = phrases_of("en"), phrases_of("de")


def test_numbers_have_the_decimal_mark_and_the_minus_sign_of_print() -> None:
    assert [wording.number(-1.25, 1, say, "+") for say in (EN, DE)] == ["−1.2", "−1,2"]
    assert wording.number(2, 1, EN, "+") == "+2.0"


def test_ages_and_differences() -> None:
    assert [wording.age(111.4, say) for say in (EN, DE)] == ["9 y 3 m", "9 J 3 M"]
    assert wording.difference(-13, EN) == "1 y 1 m below chronological age"
    assert wording.difference(13, DE) == "1 J 1 M über dem Lebensalter"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Zwicky^Fritz", "Zwicky, Fritz"),
        ("Zwicky^Fritz^K^Dr.^Jr.", "Zwicky, Fritz K"),
        ("Zwicky", "Zwicky"),
        ("^Fritz", "Fritz"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou"),
        ("=王^小东", "王, 小东"),
        ("", ""),
        ("^^^=^", ""),
    ],
)
def test_names_of_persons(name: str, text: str) -> None:
    assert wording.person(name) == text


def test_dates() -> None:
    assert [wording.date("20190615", say) for say in (EN, DE)] == ["2019-06-15", "15.06.2019"]
    assert wording.date("", EN) == ""


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (AgeState.AGE, "10 y 0 m"),
        (AgeState.BELOW, "below 10 y 0 m"),
        (AgeState.MATURE, "mature (from 10 y 0 m)"),
    ],
)
def test_ages_of_scores(state: AgeState, text: str) -> None:
    assert wording.reading(AgeReading(state, None, 120.0), EN) == text


def test_the_age_of_a_reader_has_an_sds_without_an_interval() -> None:
    (stated,) = report_of(decided("edited", bone_age_months=160.0)).stated_ages
    assert wording.sds(stated, EN) == f"+{stated.comparison.sds:.1f}, advanced" if stated.comparison else False
    (estimate,) = report_of().stated_ages
    assert " to " in wording.sds(estimate, EN)


def test_without_a_comparison_there_are_no_words() -> None:
    (stated,) = report_of(None, examined(PatientBirthDate=None)).stated_ages
    assert (wording.sds(stated, EN), wording.normal_range(stated, EN)) == ("", "")


def test_adult_height() -> None:
    boy = HeightInputs(sex=Sex.MALE, age_months=156.0, height_cm=152.4, bone_age_months=159.0)
    parents = replace(boy, weight_kg=45.0, father_height_cm=180.0, mother_height_cm=166.0)
    several, single, none = map(predict_adult_height, (parents, boy, replace(boy, bone_age_months=None)))
    assert re.fullmatch(r"17\d\.\d cm \(1\d\d\.\d to 1\d\d\.\d, \d methods\)", wording.adult_height(several, EN))
    assert re.fullmatch(r"17\d,\d cm \(1\d\d,\d bis 1\d\d,\d, \d Methoden\)", wording.adult_height(several, DE))
    assert wording.adult_height(single, EN) == "171.2 cm (Bayley-Pinneau, average)"
    assert wording.adult_height(none, EN) == ""
