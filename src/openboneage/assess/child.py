"""The child on the film: sex and age as entered or as stated in the file, and the normal range at that age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from openboneage.assess.distribution import AgeDistribution
from openboneage.assess.parts import NormalComparison
from openboneage.clinical.greulich_pyle import Comparison, compare
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import (
    MONTHS_PER_YEAR,
    SEX_WORDS,
    Sex,
    SexSource,
    Subject,
    checked_age_months,
    format_age,
    parse_age_months,
    parse_sex,
)

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
"""Findings of the reader about the file's sex and age; an entered sex or age resolves them."""

IMPLAUSIBLE_SDS = 5.0
"""Beyond this distance from normal, a wrong age, sex or film is more likely than a disease."""
ADULT_MONTHS = 20 * MONTHS_PER_YEAR
"""Above this age a film is refused: growth of the hand has ended; the Greulich-Pyle atlas ends at 19 years."""
AGE_SPARE_MONTHS = 1.0
"""Entered and stated age may differ by this much beyond rounding: a visit may be some weeks after the film."""


def subject_of(radiograph: Radiograph, sex: Sex | str | None, age_months: float | str | None) -> Subject:
    """The child: sex and age as entered, else as the file states them.

    Args:
        radiograph: The film.
        sex: Entered sex, or a word that `parse_sex` reads; None takes the file's.
        age_months: Entered chronological age in months, or a text that `parse_age_months` reads; None takes the file's.

    Raises:
        InputError: The sex is no such word, or the age is no such text or impossible.
    """
    used_sex, sex_source = _sex_of(radiograph, sex)
    if age_months is None:
        return Subject(used_sex, sex_source, radiograph.age_months, radiograph.age_source)
    entered = parse_age_months(age_months) if isinstance(age_months, str) else checked_age_months(age_months)
    return Subject(used_sex, sex_source, entered, "caller")


def _sex_of(radiograph: Radiograph, entered: Sex | str | None) -> tuple[Sex, SexSource]:
    if entered is not None:
        return parse_sex(entered), "caller"
    return radiograph.sex, "none" if radiograph.sex is Sex.UNKNOWN else "file"


def compare_with_normal(bone_age: AgeDistribution, subject: Subject) -> tuple[NormalComparison | None, tuple[Finding, ...]]:
    """Compare the bone age of a child of known sex with the normal range, and collect findings on the comparison.

    Returns:
        The comparison; None if the age is not known or outside the table. A finding reports the latter.
    """
    if subject.age_months is None:
        return None, ()
    try:
        comparison = compare(subject.sex, bone_age.mean_months, subject.age_months)
    except RefusedError as error:
        return None, (Finding("age-outside-normal-range", Severity.NOTE, f"Not compared with healthy children: {error}"),)
    return NormalComparison.of(comparison, bone_age.interval), tuple(_comparison_findings(comparison, subject.sex))


def without_resolved(findings: Iterable[Finding], subject: Subject) -> tuple[Finding, ...]:
    """Drop the findings about the file's sex or age that an entered sex or age resolves."""
    resolved = (SEX_CODES if subject.sex_source == "caller" else frozenset()) | (
        AGE_CODES if subject.age_source == "caller" else frozenset()
    )
    return tuple(finding for finding in findings if finding.code not in resolved)


def child_findings(radiograph: Radiograph, subject: Subject) -> tuple[Finding, ...]:
    """Findings on the child's sex and age."""
    return (*_sex_findings(radiograph, subject), *_age_findings(radiograph, subject))


def _comparison_findings(comparison: Comparison, sex: Sex) -> Iterator[Finding]:
    """An unverified table is only a note here, since it does not concern the film."""
    yield from (replace(finding, severity=Severity.NOTE) for finding in comparison.findings)
    if abs(comparison.sds) > IMPLAUSIBLE_SDS:
        message = (
            f"The bone age is {comparison.sds:+.0f} SD from normal for a {SEX_WORDS[sex]}: "
            "check that age, sex and film are those of one child."
        )
        yield Finding("age-implausible", Severity.WARNING, message)


def _sex_findings(radiograph: Radiograph, subject: Subject) -> Iterator[Finding]:
    if subject.sex is Sex.UNKNOWN:
        message = "Sex unknown: the age can be off by more than a year. Add --sex F or M."
        yield Finding("sex-unknown", Severity.WARNING, message)
    if Sex.UNKNOWN not in (radiograph.sex, subject.sex) and radiograph.sex is not subject.sex:
        message = f"The file states {radiograph.sex}, {subject.sex} was entered; the entered sex was used."
        yield Finding("sex-contradictory", Severity.WARNING, message)


def _age_findings(radiograph: Radiograph, subject: Subject) -> Iterator[Finding]:
    used, stated = subject.age_months, radiograph.age_months
    if used is None:
        return
    if used > ADULT_MONTHS:
        message = (
            f"The age of {format_age(used)} is that of an adult; bone age is determined up to {ADULT_MONTHS / 12:.0f} years."
        )
        yield Finding("age-adult", Severity.REJECT, message)
    if stated is not None and abs(used - stated) > max(_unit_months(used), _unit_months(stated)) + AGE_SPARE_MONTHS:
        message = f"The file states {format_age(stated)}, {format_age(used)} was entered; the entered age was used."
        yield Finding("age-contradictory", Severity.WARNING, message)


def _unit_months(age_months: float) -> float:
    """The unit in which an age was probably written: whole years where it is a multiple of 12 months, else months.

    An age written in whole units is rounded down, or to the nearest, so it may be off by up to one unit.
    """
    return MONTHS_PER_YEAR if age_months % MONTHS_PER_YEAR == 0 else 1.0
