"""Wording of ages, intervals and comparisons, shared by all reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from openboneage.assess.bone_records import Bones, ScaleAge, StagedBones
from openboneage.assess.distribution import AgeInterval
from openboneage.assess.parts import NormalComparison, SexAnswer
from openboneage.clinical.curve import AgeState
from openboneage.clinical.greulich_pyle import status_text
from openboneage.subject import SEX_WORDS, Sex, Subject, format_age

SOURCE_WORDS = {"caller": "entered"}
"""Words for people where they differ from the JSON values."""


def interval_text(interval: AgeInterval) -> str:
    """`8 y 2 m to 10 y 1 m (90 % interval)`."""
    ends = f"{format_age(interval.low_months)} to {format_age(interval.high_months)}"
    return f"{ends} ({interval.coverage:.0%} interval)".replace("%", " %")


def subject_text(subject: Subject) -> str:
    """`girl (entered), chronological age 9 y 3 m`."""
    source = SOURCE_WORDS.get(subject.sex_source, subject.sex_source)
    sex = SEX_WORDS[subject.sex] + ("" if subject.sex is Sex.UNKNOWN else f" ({source})")
    age = "not given" if subject.age_months is None else format_age(subject.age_months)
    return f"{sex}, chronological age {age}"


def age_text(answers: Mapping[Sex, SexAnswer], chronological_months: float | None = None) -> str:
    """`bone age 2 y 11 m (35.2 months), 0 y 11 m above chronological age`.

    With two answers, `bone age 10 y 4 m if a girl, 12 y 10 m if a boy`; `refused` without one.
    """
    if not answers:
        return "refused"
    if len(answers) > 1:
        each = (f"{format_age(answer.bone_age.mean_months)} if a {SEX_WORDS[sex]}" for sex, answer in answers.items())
        return f"bone age {', '.join(each)}"
    (answer,) = answers.values()
    return f"bone age {answer_text(answer, chronological_months)}"


def answer_text(answer: SexAnswer, chronological_months: float | None) -> str:
    """`2 y 11 m (35.2 months), 0 y 11 m above chronological age`."""
    mean = answer.bone_age.mean_months
    text = f"{format_age(mean)} ({mean:.1f} months)"
    return text if chronological_months is None else f"{text}, {difference_text(mean - chronological_months)}"


def difference_text(months: float) -> str:
    """`0 y 11 m above chronological age`."""
    return f"{format_age(abs(months))} {'below' if months < 0 else 'above'} chronological age"


def sds_text(comparison: NormalComparison) -> str:
    """`SDS +2.3 (-0.1 to +4.5), possibly advanced`: without `possibly` only if the interval lies outside the normal range."""
    low, high = comparison.sds_low, comparison.sds_high
    status = status_text(comparison.verdict, low, high, comparison.sd_limit)
    return f"SDS {comparison.sds:+.1f} ({low:+.1f} to {high:+.1f}), {status}"


def comparison_text(comparison: NormalComparison) -> str:
    """`SDS -1.8 (-3.3 to -0.4), normal; mean at this age 6 y 7 m, SD 10 months (Brush Foundation)`."""
    normal = f"mean at this age {format_age(comparison.mean_months)}, SD {comparison.sd_months:.0f} months"
    return f"{sds_text(comparison)}; {normal} ({comparison.reference.label})"


def bone_rows(bones: Bones | None) -> Iterator[tuple[str, str]]:
    """Rows of the ages of the stages and of the stages themselves, for each sex that the child may have."""
    for staged in bones.staged if bones else ():
        of = f"{SEX_WORDS[staged.sex]}: " if bones and len(bones.staged) > 1 else ""
        for name, scale in (("TW3", staged.tw3), ("RUS-CHN", staged.rus_chn)):
            if scale is not None:
                yield name, of + scale_text(scale) + _percentile_text(staged, name)
        yield "stages", of + ", ".join(f"{bone.bone} {bone.stage or '-'}" for bone in staged.bones)


def scale_text(scale: ScaleAge) -> str:
    """`9 y 3 m, 8 y 4 m to 10 y 2 m (90 % interval), score 412`."""
    age, interval = format_age(scale.age.months), interval_text(scale.age_interval)
    state = {AgeState.BELOW: f"below {age}", AgeState.AGE: age, AgeState.MATURE: f"mature (from {age})"}[scale.state]
    return f"{state}, {interval}, score {scale.score}"


def _percentile_text(staged: StagedBones, name: str) -> str:
    return f", {staged.percentiles.score} at this age" if name == "RUS-CHN" and staged.percentiles else ""
