from __future__ import annotations

import pytest

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.assess.distribution import AgeInterval
from openboneage.assess.words import comparison_text, difference_text, interval_text, sds_text, subject_text
from openboneage.clinical.greulich_pyle import BoneAgeStatus
from openboneage.findings import Finding, Severity, finding_lines
from openboneage.report.text import to_text
from openboneage.subject import Sex, format_age
from tests import hands
from tests.toy_model import toy_assessor

FILM = hands.png(hands.film("7043", 400))
GIRL = toy_assessor().assess(FILM, Sex.FEMALE, 111.0)
REFUSED = toy_assessor().assess(hands.png(hands.not_hand("clouds")), Sex.MALE)


def test_text_contains_the_findings() -> None:
    lines = to_text(GIRL).splitlines()
    assert lines[0].startswith("upload: bone age ")
    assert f"({hands.bone_age(GIRL).mean_months:.1f} months)" in lines[0]
    assert "Greulich-Pyle" in lines[1]
    assert "(90 % interval)" in lines[2]
    assert lines[3].endswith("girl (entered), chronological age 9 y 3 m")
    assert lines[-1].strip() == RESEARCH_USE


def test_text_compares_with_the_normal_range() -> None:
    (line,) = [line for line in to_text(GIRL).splitlines() if "compared" in line]
    assert GIRL.comparison is not None
    assert f"compared   {comparison_text(GIRL.comparison)}" in line


@pytest.mark.parametrize(
    ("sds", "low", "high", "verdict", "text"),
    [
        (2.3, -0.1, 4.5, BoneAgeStatus.ADVANCED, "SDS +2.3 (-0.1 to +4.5), possibly advanced"),
        (2.3, 2.0, 4.5, BoneAgeStatus.ADVANCED, "SDS +2.3 (+2.0 to +4.5), possibly advanced"),
        (4.0, 2.1, 6.0, BoneAgeStatus.ADVANCED, "SDS +4.0 (+2.1 to +6.0), advanced"),
        (-2.5, -4.0, -2.0, BoneAgeStatus.DELAYED, "SDS -2.5 (-4.0 to -2.0), possibly delayed"),
        (-3.5, -5.0, -2.1, BoneAgeStatus.DELAYED, "SDS -3.5 (-5.0 to -2.1), delayed"),
        (1.0, -1.0, 3.0, BoneAgeStatus.NORMAL, "SDS +1.0 (-1.0 to +3.0), normal"),
    ],
)
def test_advanced_or_delayed_is_certain_only_where_the_interval_leaves_the_normal_range(
    sds: float, low: float, high: float, verdict: BoneAgeStatus, text: str
) -> None:
    assert GIRL.comparison is not None
    changes = {"sds": sds, "sds_low": low, "sds_high": high, "verdict": verdict}
    assert sds_text(GIRL.comparison.model_copy(update=changes)) == text


@pytest.mark.parametrize(
    ("months", "text"),
    [(11.2, "0 y 11 m above"), (-14.0, "1 y 2 m below"), (0.0, "0 y 0 m above")],
)
def test_difference_to_the_chronological_age(months: float, text: str) -> None:
    assert difference_text(months) == f"{text} chronological age"


def test_headline_has_the_difference_where_the_age_is_known() -> None:
    headline, without = (to_text(film).splitlines()[0] for film in (GIRL, toy_assessor().assess(FILM, Sex.FEMALE)))
    assert headline == f"{without}, {difference_text(hands.bone_age(GIRL).mean_months - 111.0)}"


def test_text_of_a_refused_film_gives_reasons_and_no_age() -> None:
    text = to_text(REFUSED)
    assert text.startswith("upload: refused\n")
    assert "bone age" not in text
    assert "reject: No hand was found" in text
    assert text.endswith(RESEARCH_USE)


@pytest.mark.parametrize(("sex", "word"), [(Sex.FEMALE, "girl (entered)"), (Sex.MALE, "boy (entered)")])
def test_subject_of_known_sex(sex: Sex, word: str) -> None:
    assert subject_text(toy_assessor().assess(FILM, sex).subject) == f"{word}, chronological age not given"


def test_subject_of_unknown_sex() -> None:
    assert subject_text(toy_assessor().assess(FILM).subject) == "sex unknown, chronological age not given"


def test_unknown_sex_gives_both_answers_and_no_single_one() -> None:
    assessment = toy_assessor().assess(FILM, None, 111.0)
    girl, boy = (toy_assessor().assess(FILM, sex, 111.0) for sex in (Sex.FEMALE, Sex.MALE))
    ages = [hands.bone_age(each).mean_months for each in (girl, boy)]
    text = to_text(assessment)
    lines = text.splitlines()
    assert lines[0] == f"upload: bone age {format_age(ages[0])} if a girl, {format_age(ages[1])} if a boy"
    low, high = hands.bone_age(girl).interval.low_months, hands.bone_age(boy).interval.high_months
    assert lines[2] == f"  interval   {format_age(low)} to {format_age(high)} (90 % interval), girl or boy"
    assert format_age((ages[0] + ages[1]) / 2) not in text
    assert f"  girl       {format_age(ages[0])} ({ages[0]:.1f} months), {difference_text(ages[0] - 111)}; " in text
    assert [line.split(maxsplit=1)[1] for line in lines if "compared" in line] == [
        comparison_text(each.comparison) for each in (girl, boy) if each.comparison
    ]
    assert "Sex unknown: the age can be off by more than a year. Add --sex F or M." in text


def test_interval_is_written_in_years_and_months() -> None:
    assert interval_text(AgeInterval(98.2, 121.4, 0.9)) == "8 y 2 m to 10 y 1 m (90 % interval)"


def test_graver_findings_come_first() -> None:
    findings = [Finding(word, Severity(word), f"{word}.") for word in ("note", "reject", "warning")]
    lines = finding_lines(findings)
    written = [
        line for line in to_text(GIRL.model_copy(update={"findings": tuple(findings)})).splitlines() if "finding" in line
    ]
    assert [line.split(maxsplit=1)[1] for line in written] == lines
    assert lines == ["reject: reject.", "warning: warning.", "note: note."]
