"""The child behind the film: what is known, who said so, what that settles, and what is normal at its age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from openboneage.assess.distribution import AgeDistribution
from openboneage.clinical.greulich_pyle import Comparison, compare
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Sex, Subject, checked_age_months

SEX_CODES = frozenset({"sex-missing", "sex-other"})
AGE_CODES = frozenset(
    {
        "age-missing",
        "age-rounded",
        "age-impossible",
        "age-contradictory",
        "birth-date-placeholder",
        "study-date-contradictory",
    }
)
"""Findings of the reader about the file's sex and age: settled where the caller gives them."""

IMPLAUSIBLE_SDS = 5.0
"""So far from normal, a wrong age, sex or film is likelier than a disease."""


def subject_of(radiograph: Radiograph, sex: Sex | None, age_months: float | None) -> Subject:
    """The child: the caller's word first, then the file's.

    Raises:
        InputError: The age is impossible.
    """
    if sex is not None:
        sex_source = "caller"
    else:
        sex, sex_source = radiograph.sex, "none" if radiograph.sex is Sex.UNKNOWN else "file"
    if age_months is not None:
        return Subject(sex, sex_source, checked_age_months(age_months), "caller")
    return Subject(sex, sex_source, radiograph.age_months, radiograph.age_source)


def compare_with_normal(bone_age: AgeDistribution | None, subject: Subject) -> Comparison | None:
    """The bone age against the normal range, where everything needed is known and the table holds the age."""
    if bone_age is None or subject.age_months is None or subject.sex is Sex.UNKNOWN:
        return None
    try:
        return compare(subject.sex, bone_age.mean_months, subject.age_months)
    except RefusedError:
        return None


def settle(findings: Iterable[Finding], subject: Subject) -> tuple[Finding, ...]:
    """The findings less those that the caller's word settled."""
    settled = (SEX_CODES if subject.sex_source == "caller" else frozenset()) | (
        AGE_CODES if subject.age_source == "caller" else frozenset()
    )
    return tuple(finding for finding in findings if finding.code not in settled)


def child_findings(radiograph: Radiograph, subject: Subject, comparison: Comparison | None) -> tuple[Finding, ...]:
    """What to know of the child's sex and age, and of the normal range it is compared with.

    A table that is not verified is a note here: it says nothing against the film.
    """
    findings = [replace(finding, severity=Severity.NOTE) for finding in comparison.findings] if comparison else []
    if comparison and abs(comparison.sds) > IMPLAUSIBLE_SDS:
        message = f"The bone age is {comparison.sds:+.0f} SD from normal: check that age, sex and film are those of one child."
        findings.append(Finding("age-implausible", Severity.WARNING, message))
    if subject.sex is Sex.UNKNOWN:
        message = "The sex is not known: a bone age is the even mixture of a girl's and a boy's. Give the sex."
        findings.append(Finding("sex-unknown", Severity.WARNING, message))
    if Sex.UNKNOWN not in (radiograph.sex, subject.sex) and radiograph.sex is not subject.sex:
        message = f"The file says {radiograph.sex}, the caller says {subject.sex}; the caller's word was used."
        findings.append(Finding("sex-contradictory", Severity.WARNING, message))
    return tuple(findings)
