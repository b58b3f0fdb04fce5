from __future__ import annotations

import numpy as np
import pytest

from openboneage.assess.child import child_findings, compare_with_normal, subject_of, without_resolved
from openboneage.assess.distribution import AgeDistribution, AgeInterval
from openboneage.clinical.greulich_pyle import compare, normal_range
from openboneage.errors import InputError
from openboneage.findings import Finding, Severity
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Sex, Subject

BLANK = np.zeros((2, 2), np.uint8)


def film(sex: Sex = Sex.FEMALE, age_months: float | None = 111.0) -> Radiograph:
    source = None if age_months is None else "PatientAge"
    return Radiograph(BLANK, BLANK, "a.dcm", "0" * 64, "DICOM", 8, sex=sex, age_months=age_months, age_source=source)


def codes(radiograph: Radiograph, sex: Sex | str | None = None, age_months: float | str | None = None) -> list[str]:
    """Codes of the findings about the child."""
    return [item.code for item in child_findings(radiograph, subject_of(radiograph, sex, age_months))]


def test_the_file_states_what_was_not_entered() -> None:
    assert subject_of(film(), None, None) == Subject(Sex.FEMALE, "file", 111.0, "PatientAge")
    assert subject_of(film(Sex.UNKNOWN, None), None, None) == Subject(Sex.UNKNOWN, "none", None, None)


@pytest.mark.parametrize("sex", ["M", "boy", Sex.MALE])
@pytest.mark.parametrize("age_months", ["9y", 108, "108m"])
def test_entered_values_have_priority(sex: Sex | str, age_months: float | str) -> None:
    assert subject_of(film(), sex, age_months) == Subject(Sex.MALE, "caller", 108.0, "caller")


def test_an_unknown_sex_may_be_entered() -> None:
    assert subject_of(film(), "unknown", None).sex is Sex.UNKNOWN
    assert codes(film(), "unknown") == ["sex-unknown"]


@pytest.mark.parametrize(("sex", "age_months"), [("x", None), (None, "9"), (None, 1441.0), (None, "121y")])
def test_unknown_text_is_refused(sex: str | None, age_months: float | str | None) -> None:
    with pytest.raises(InputError):
        subject_of(film(), sex, age_months)


def test_another_sex_than_the_files_is_a_finding() -> None:
    assert codes(film(Sex.FEMALE), "M") == ["sex-contradictory"]
    assert codes(film(Sex.FEMALE), "F") == codes(film(Sex.UNKNOWN), "F") == []


@pytest.mark.parametrize(
    ("stated", "entered", "contradictory"),
    [
        (111.0, 30, True),
        (111.0, "9y1m", False),
        (111.0, "9y5m", False),
        (111.0, "9y6m", True),
        (111.0, "9y", False),
        (111.0, "10y", False),
        (119.0, "9y", False),
        (122.0, "9y", True),
        (108.0, 119.9, False),
        (108.0, "10y", False),
        (108.0, "11y", True),
        (None, 30, False),
    ],
)
def test_an_age_that_rounding_does_not_explain_is_a_finding(
    stated: float | None, entered: float | str, contradictory: bool
) -> None:
    assert codes(film(age_months=stated), age_months=entered) == ["age-contradictory"] * contradictory


def test_a_contradiction_names_both_ages() -> None:
    radiograph = film()
    (finding,) = child_findings(radiograph, subject_of(radiograph, None, 30))
    assert finding.message == "The file states 9 y 3 m, 2 y 6 m was entered; the entered age was used."


@pytest.mark.parametrize(
    ("stated", "entered", "expected"),
    [
        (420.0, None, ["age-adult"]),
        (None, 420.0, ["age-adult"]),
        (420.0, 111.0, ["age-contradictory"]),
        (240.0, None, []),
        (240.5, None, ["age-adult"]),
    ],
)
def test_an_adults_age_is_refused_whoever_states_it(stated: float | None, entered: float | None, expected: list[str]) -> None:
    assert codes(film(age_months=stated), age_months=entered) == expected


def bone_age(mean_months: float) -> AgeDistribution:
    return AgeDistribution(
        mean_months=mean_months,
        sd_months=8.0,
        interval=AgeInterval(mean_months - 12, mean_months + 12, 0.9),
        probabilities=np.full(229, 1 / 229),
    )


def test_a_bone_age_is_compared_with_the_normal_range() -> None:
    comparison, _ = compare_with_normal(bone_age(120.0), Subject(Sex.FEMALE, "file", 111.0, "PatientAge"))
    assert comparison is not None
    assert comparison.sds == compare(Sex.FEMALE, 120.0, 111.0).sds


def test_nothing_is_compared_without_an_age() -> None:
    assert compare_with_normal(bone_age(120.0), Subject(Sex.FEMALE, "file", None, None)) == (None, ())


@pytest.mark.parametrize(
    ("sex", "age_months", "ends"),
    [
        (Sex.FEMALE, 192.1, "0 y 3 m to 16 y 0 m"),
        (Sex.MALE, 230.0, "0 y 3 m to 17 y 0 m"),
        (Sex.MALE, 2.0, "0 y 3 m to 17 y 0 m"),
    ],
)
def test_an_age_outside_the_normal_range_is_a_note(sex: Sex, age_months: float, ends: str) -> None:
    comparison, (finding,) = compare_with_normal(bone_age(180.0), Subject(sex, "file", age_months, "PatientAge"))
    assert comparison is None
    assert (finding.code, finding.severity) == ("age-outside-normal-range", Severity.NOTE)
    expected = f"Not compared with healthy children: The normal range (Brush Foundation) covers {sex} ages from {ends}, got "
    assert finding.message.startswith(expected)


@pytest.mark.parametrize(("sds", "implausible"), [(-5.1, True), (-4.9, False), (0.0, False), (4.9, False), (5.1, True)])
def test_a_bone_age_more_than_five_sd_from_normal_is_a_finding(sds: float, implausible: bool) -> None:
    normal = normal_range(Sex.FEMALE, 111.0)
    age = bone_age(normal.mean_months + sds * normal.sd_months)
    _, found = compare_with_normal(age, Subject(Sex.FEMALE, "file", 111.0, "PatientAge"))
    assert [item.code for item in found] == ["table-unverified", *["age-implausible"] * implausible]
    assert {item.severity for item in found} == {Severity.NOTE, *[Severity.WARNING] * implausible}
    assert found[0].message.startswith("The table of Brush Foundation is unverified: ")


@pytest.mark.parametrize(
    ("entered", "left"),
    [
        ((None, None), ["sex-missing", "age-rounded", "spacing-invalid"]),
        (("F", None), ["age-rounded", "spacing-invalid"]),
        ((None, 111.0), ["sex-missing", "spacing-invalid"]),
        (("F", 111.0), ["spacing-invalid"]),
    ],
)
def test_entered_values_resolve_findings_of_the_file(entered: tuple[str | None, float | None], left: list[str]) -> None:
    findings = [Finding(code, Severity.NOTE, "A sentence.") for code in ("sex-missing", "age-rounded", "spacing-invalid")]
    assert [item.code for item in without_resolved(findings, subject_of(film(), *entered))] == left
