"""The assessment in a few lines of plain text, and the words for intervals that every report shares."""

from __future__ import annotations

from openboneage.assess.assessment import RESEARCH_USE, Assessment, NormalComparison
from openboneage.assess.distribution import AgeDistribution
from openboneage.findings import finding_lines
from openboneage.subject import Sex, format_age

SEX_WORDS = {Sex.FEMALE: "girl", Sex.MALE: "boy", Sex.UNKNOWN: "sex unknown"}
SOURCE_WORDS = {"caller": "entered"}
"""Words for a reader where they differ from the stable ones of the JSON."""


def printable(text: str) -> str:
    """The text with control characters, and others that a terminal would obey or hide, written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def interval_text(age: AgeDistribution) -> str:
    """`8 y 2 m to 10 y 1 m (90 % interval)`."""
    interval = age.interval
    ends = f"{format_age(interval.low_months)} to {format_age(interval.high_months)}"
    return f"{ends} ({interval.coverage:.0%} interval)".replace("%", " %")


def subject_text(assessment: Assessment) -> str:
    """`girl (entered), chronological age 9 y 3 m`."""
    subject = assessment.subject
    source = SOURCE_WORDS.get(subject.sex_source, subject.sex_source)
    sex = SEX_WORDS[subject.sex] + ("" if subject.sex is Sex.UNKNOWN else f" ({source})")
    age = "not given" if subject.age_months is None else format_age(subject.age_months)
    return f"{sex}, chronological age {age}"


def comparison_text(comparison: NormalComparison) -> str:
    """`SDS -1.8, normal; mean at this age 6 y 7 m, SD 10 months (brush-foundation)`."""
    normal = (
        f"mean at this age {format_age(comparison.mean_months)}, SD {comparison.sd_months:.0f} months ({comparison.reference})"
    )
    return f"SDS {comparison.sds:+.1f}, {comparison.verdict}; {normal}"


def to_text(assessment: Assessment) -> str:
    """The assessment for a terminal or a log."""
    age, name = assessment.bone_age, printable(assessment.film.name)
    if age is None:
        lines = [f"{name}: refused"]
    else:
        lines = [
            f"{name}: bone age {format_age(age.mean_months)} ({age.mean_months:.1f} months)",
            "  scale      Greulich-Pyle",
            f"  interval   {interval_text(age)}",
        ]
    lines.append(f"  child      {subject_text(assessment)}")
    if assessment.comparison:
        lines.append(f"  compared   {comparison_text(assessment.comparison)}")
    lines += [f"  finding    {line}" for line in finding_lines(assessment.findings)]
    return "\n".join([*lines, f"  {RESEARCH_USE}"])
