"""The stages that a reader can give the 13 bones, with their criteria, and the ages that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from openboneage.bones.criteria import criteria
from openboneage.bones.names import RUS
from openboneage.clinical.maturity import Maturity
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.reader_stages import assess_reader_stages
from openboneage.clinical.rus_chn import rus_chn_levels
from openboneage.errors import InputError, RefusedError
from openboneage.report import wording
from openboneage.report.phrases import Phrases
from openboneage.subject import Sex, Subject

NO_CENTRE = "no centre to be seen"
SHOWN_FROM = 3
"""With fewer bones, a message that most bones are missing helps nobody."""


@dataclass(frozen=True)
class Level:
    """A RUS-CHN level of a bone, and its criterion."""

    level: str
    criterion: str


@dataclass(frozen=True)
class StageChoice:
    """A stage of TW3, and the RUS-CHN levels that it is divided into."""

    stage: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class StandardAge:
    """The age by one standard, in words.

    Attributes:
        title: `TW3-RUS`.
        score: `512`, or `498 to 530`.
        age: `10 y 4 m`.
        interval: `10 y 2 m to 10 y 7 m`; empty where all stages are known.
        difference: `0 y 11 m above chronological age`; empty where the age is not known.
    """

    title: str
    score: str
    age: str
    interval: str
    difference: str


@dataclass(frozen=True)
class StageAges:
    """The ages that follow from a reader's stages.

    Attributes:
        message: Why there are none, or how many bones are still to be staged; empty for a complete hand.
        standards: The age by each standard.
        findings: What to check.
    """

    message: str
    standards: tuple[StandardAge, ...]
    findings: tuple[str, ...]


@cache
def choices(bone: str) -> tuple[StageChoice, ...]:
    """The stages of a bone with their criteria, from the least to the most mature.

    Raises:
        InputError: The bone is not one of the 13.
    """
    texts = {str(each.level): each.text for each in criteria(bone)}
    return tuple(
        StageChoice(stage, tuple(Level(level, texts.get(level, NO_CENTRE)) for level in rus_chn_levels(bone, stage)))
        for stage in scoring_method("tw3").stages(bone)
    )


def ages_of(subject: Subject, stages: Mapping[str, str], say: Phrases) -> StageAges:
    """The ages by TW3 and RUS-CHN.

    Args:
        subject: The child.
        stages: For each bone a TW3 stage or a RUS-CHN level; see `assess_reader_stages`.
        say: The words of a language.

    Raises:
        InputError: There is no such bone, stage or level.
    """
    missing = len(RUS) - len(stages)
    progress = f"{len(stages)} of {len(RUS)} bones are staged." if missing else ""
    if subject.sex is Sex.UNKNOWN:
        return StageAges("The sex is unknown; stages have no scores without it.", (), ())
    try:
        found = assess_reader_stages(subject.sex, stages)
    except RefusedError as reason:
        return StageAges(str(reason) if len(stages) >= SHOWN_FROM else progress, (), ())
    findings = dict.fromkeys(wording.finding(finding, say) for maturity in found for finding in maturity.findings)
    return StageAges(progress, tuple(_age(maturity, subject, say) for maturity in found), tuple(findings))


def checked(stages: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Stages as a signed report keeps them: by standard and bone, in the order of the score sheets.

    Raises:
        InputError: There is no such bone, stage or level.
    """
    kept: dict[str, dict[str, str]] = {}
    for bone in stages:
        if bone not in RUS:
            raise InputError(f"Expected stages of the bones {', '.join(RUS)}, got {bone[:20]!r}.")
    for bone in RUS:
        if bone in stages:
            standard = "rus-chn" if stages[bone].strip().isdecimal() else "tw3"
            kept.setdefault(standard, {})[bone] = scoring_method(standard).known_stage(bone, stages[bone])
    return kept


def _age(maturity: Maturity, subject: Subject, say: Phrases) -> StandardAge:
    low, high = wording.reading(maturity.age_low, say), wording.reading(maturity.age_high, say)
    exact = maturity.score_low == maturity.score_high
    months = maturity.age.age_months
    known = months is not None and subject.age_months is not None
    return StandardAge(
        title=scoring_method(maturity.standard).title,
        score=str(maturity.score) if exact else say.range.format(low=maturity.score_low, high=maturity.score_high),
        age=wording.reading(maturity.age, say),
        interval="" if exact else say.range.format(low=low, high=high),
        difference=wording.difference(float(months or 0) - float(subject.age_months or 0), say) if known else "",
    )
