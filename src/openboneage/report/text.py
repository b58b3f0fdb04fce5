"""The assessment in a few lines of plain text, and the words for intervals that every report shares."""

from __future__ import annotations

from openboneage.assess.assessment import RESEARCH_USE, Assessment, NormalComparison, SexAnswer
from openboneage.assess.distribution import AgeInterval
from openboneage.clinical.greulich_pyle import BoneAgeStatus
from openboneage.findings import finding_lines
from openboneage.subject import SEX_WORDS, Sex, format_age

SOURCE_WORDS = {"caller": "entered"}
"""Words for a reader where they differ from the stable ones of the JSON."""


def printable(text: str) -> str:
    """The text with control characters, and others that a terminal would obey or hide, written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def interval_text(interval: AgeInterval) -> str:
    """`8 y 2 m to 10 y 1 m (90 % interval)`."""
    ends = f"{format_age(interval.low_months)} to {format_age(interval.high_months)}"
    return f"{ends} ({interval.coverage:.0%} interval)".replace("%", " %")


def answers_of(assessment: Assessment) -> dict[Sex, SexAnswer]:
    """The answer for the child's sex, or for both where it is unknown; none where the film was refused."""
    if assessment.bone_age is None:
        return {}
    if assessment.by_sex:
        return {Sex.FEMALE: assessment.by_sex.female, Sex.MALE: assessment.by_sex.male}
    return {assessment.subject.sex: SexAnswer(bone_age=assessment.bone_age, comparison=assessment.comparison)}


def subject_text(assessment: Assessment) -> str:
    """`girl (entered), chronological age 9 y 3 m`."""
    subject = assessment.subject
    source = SOURCE_WORDS.get(subject.sex_source, subject.sex_source)
    sex = SEX_WORDS[subject.sex] + ("" if subject.sex is Sex.UNKNOWN else f" ({source})")
    age = "not given" if subject.age_months is None else format_age(subject.age_months)
    return f"{sex}, chronological age {age}"


def age_text(assessment: Assessment) -> str:
    """`bone age 2 y 11 m (35.2 months), 0 y 11 m above chronological age`.

    Where the sex is unknown, `bone age 10 y 4 m if a girl, 12 y 10 m if a boy`; `refused` without a bone age.
    """
    answers = answers_of(assessment)
    if not answers:
        return "refused"
    if len(answers) > 1:
        each = (f"{format_age(answer.bone_age.mean_months)} if a {SEX_WORDS[sex]}" for sex, answer in answers.items())
        return f"bone age {', '.join(each)}"
    (answer,) = answers.values()
    return f"bone age {answer_text(answer, assessment.subject.age_months)}"


def answer_text(answer: SexAnswer, chronological_months: float | None) -> str:
    """`2 y 11 m (35.2 months), 0 y 11 m above chronological age`."""
    mean = answer.bone_age.mean_months
    text = f"{format_age(mean)} ({mean:.1f} months)"
    return text if chronological_months is None else f"{text}, {difference_text(mean - chronological_months)}"


def difference_text(months: float) -> str:
    """`0 y 11 m above chronological age`."""
    return f"{format_age(abs(months))} {'below' if months < 0 else 'above'} chronological age"


def sds_text(comparison: NormalComparison) -> str:
    """`SDS +2.3 (-0.1 to +4.5), possibly advanced`: certain only where the interval leaves the normal range."""
    possibly = comparison.verdict is not BoneAgeStatus.NORMAL and comparison.overlaps_normal
    ends = f"{comparison.sds_low:+.1f} to {comparison.sds_high:+.1f}"
    return f"SDS {comparison.sds:+.1f} ({ends}), {'possibly ' if possibly else ''}{comparison.verdict}"


def comparison_text(comparison: NormalComparison) -> str:
    """`SDS -1.8 (-3.3 to -0.4), normal; mean at this age 6 y 7 m, SD 10 months (Brush Foundation)`."""
    normal = f"mean at this age {format_age(comparison.mean_months)}, SD {comparison.sd_months:.0f} months"
    return f"{sds_text(comparison)}; {normal} ({comparison.reference.label})"


def to_text(assessment: Assessment) -> str:
    """The assessment for a terminal or a log."""
    lines = [f"{printable(assessment.film.name)}: {age_text(assessment)}"]
    if assessment.bone_age:
        both = f"{interval_text(assessment.by_sex.interval)}, girl or boy" if assessment.by_sex else ""
        lines += ["  scale      Greulich-Pyle", f"  interval   {both or interval_text(assessment.bone_age.interval)}"]
    lines.append(f"  child      {subject_text(assessment)}")
    for sex, answer in answers_of(assessment).items():
        if assessment.by_sex:
            age = answer_text(answer, assessment.subject.age_months)
            lines.append(f"  {SEX_WORDS[sex]:10} {age}; {interval_text(answer.bone_age.interval)}")
        if answer.comparison:
            lines.append(f"  compared   {comparison_text(answer.comparison)}")
    lines += [f"  finding    {line}" for line in finding_lines(assessment.findings)]
    return "\n".join([*lines, f"  {RESEARCH_USE}"])
