from __future__ import annotations

import numpy as np
import pytest

from openboneage.assess.child import child_findings, subject_of, without_resolved
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
    return [item.code for item in child_findings(radiograph, subject_of(radiograph, sex, age_months), None)]


def test_the_file_states_what_was_not_entered() -> None:
    assert subject_of(film(), None, None) == Subject(Sex.FEMALE, "file", 111.0, "PatientAge")
    assert subject_of(film(Sex.UNKNOWN, None), None, None) == Subject(Sex.UNKNOWN, "none", None, None)


@pytest.mark.parametrize("sex", ["M", "boy", Sex.MALE])
@pytest.mark.parametrize("age_months", ["9y", 108, "108m"])
def test_what_was_entered_is_used_first(sex: Sex | str, age_months: float | str) -> None:
    assert subject_of(film(), sex, age_months) == Subject(Sex.MALE, "caller", 108.0, "caller")


def test_an_unknown_sex_may_be_entered() -> None:
    assert subject_of(film(), "unknown", None).sex is Sex.UNKNOWN
    assert codes(film(), "unknown") == ["sex-unknown"]


@pytest.mark.parametrize(("sex", "age_months"), [("x", None), (None, "9"), (None, 1441.0), (None, "121y")])
def test_what_cannot_be_understood_is_refused(sex: str | None, age_months: float | str | None) -> None:
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
    (finding,) = child_findings(radiograph, subject_of(radiograph, None, 30), None)
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
def test_an_adults_age_is_a_finding_whoever_states_it(stated: float | None, entered: float | None, expected: list[str]) -> None:
    assert codes(film(age_months=stated), age_months=entered) == expected


@pytest.mark.parametrize(
    ("entered", "left"),
    [
        ((None, None), ["sex-missing", "age-rounded", "spacing-invalid"]),
        (("F", None), ["age-rounded", "spacing-invalid"]),
        ((None, 111.0), ["sex-missing", "spacing-invalid"]),
        (("F", 111.0), ["spacing-invalid"]),
    ],
)
def test_what_was_entered_resolves_findings_of_the_file(entered: tuple[str | None, float | None], left: list[str]) -> None:
    findings = [Finding(code, Severity.NOTE, "A sentence.") for code in ("sex-missing", "age-rounded", "spacing-invalid")]
    assert [item.code for item in without_resolved(findings, subject_of(film(), *entered))] == left
