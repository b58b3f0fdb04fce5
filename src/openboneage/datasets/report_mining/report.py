"""The bone age that a radiology report states (Lee et al. 2017, "Data Categorization").

Lee et al. looked for words such as `bone age` and `skeletal`, took the mean of ranges, and took skeletally mature hands for
18 years. They excluded right hands, deformed images and reports that could not be interpreted. Their rules are not printed;
those here are our own, for reports in English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from openboneage.datasets.report_mining.cues import Cue, Role
from openboneage.datasets.report_mining.exclusions import is_deformed, is_right_hand
from openboneage.datasets.report_mining.mentions import MAX_BONE_AGE_MONTHS, Mention, find_mentions
from openboneage.datasets.report_mining.sentences import Section
from openboneage.subject import MONTHS_PER_YEAR

MATURE_MONTHS = 18 * MONTHS_PER_YEAR
MAX_CHARACTERS = 20_000
PARTS_APART_MONTHS = 24.0
"""Ages of some bones, such as carpals and phalanges, are averaged if they differ by no more than this."""
WIDE_RANGE_MONTHS = 24.0
"""A wider range is a doubtful label."""


class Exclusion(StrEnum):
    """Why a report gives no label."""

    RIGHT_HAND = "right hand"
    DEFORMED = "deformed hand or image"
    NO_BONE_AGE = "no bone age found"
    SEVERAL_BONE_AGES = "several bone ages"
    TOO_LONG = "longer than any report"


class Confidence(StrEnum):
    """How surely the bone age was read from the report."""

    HIGH = "high"
    """One age with its unit next to the words `bone age` or `skeletal age`."""
    MEDIUM = "medium"
    """A range, a standard that fits, or a mature skeleton."""
    LOW = "low"
    """Over or under an age, no unit, averaged over parts of the hand, a wide range, or from another sentence."""


@dataclass(frozen=True)
class MinedAge:
    """An age that a report states.

    Attributes:
        months: The age; of a range, its mean.
        low_months: Lower end of the range; otherwise the age.
        high_months: Upper end of the range; otherwise the age.
        start: Offset in the report of the words that state it.
        end: Offset after them.
    """

    months: float
    low_months: float
    high_months: float
    start: int
    end: int

    @property
    def whole_years(self) -> int:
        """Completed years, 18 at most: the classes of Lee et al."""
        return int(min(self.months, MATURE_MONTHS) // MONTHS_PER_YEAR)


@dataclass(frozen=True)
class MinedReport:
    """What a report states.

    Attributes:
        bone_age: The bone age; None where the report gives no label.
        confidence: How surely it was read; None without a bone age.
        chronological_age: The child's age, if it is stated.
        exclusion: Why there is no label; None with a bone age.
    """

    bone_age: MinedAge | None
    confidence: Confidence | None
    chronological_age: MinedAge | None
    exclusion: Exclusion | None


_CLOSED = re.compile(
    r"\bskeletally\s+mature\b|\bskeletal\s+maturity\s+(?:(?:has|is|was)\s+)?(?:been\s+)?(?:reached|achieved|complete|attained)"
    r"|\b(?:physes|epiphyses|growth\s+plates|(?:epi)?physeal\s+plates)\s+(?:are|have|appear)\b[^.;,]{0,25}\b(?:closed|fused)"
    r"|\b(?:all|complete)\b[^.;,]{0,25}\b(?:physes|epiphyses|growth\s+plates)\s+(?:closed|fused|fusion)"
    r"|\bcomplete\s+(?:physeal|epiphyseal|skeletal)\s+(?:closure|fusion|maturity)|\badult\s+(?:bone\s+age|standard|skeleton)",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:not|no|yet|nearly|almost|near|approach\w*|until|before|partial\w*|incomplete\w*|if|when)\b", re.IGNORECASE
)


def mine_report(text: str) -> MinedReport:
    """Read bone age and chronological age from the text of a report.

    Args:
        text: The report, in English.
    """
    if len(text) > MAX_CHARACTERS:
        return MinedReport(None, None, None, Exclusion.TOO_LONG)
    mentions = find_mentions(text)
    child = _chronological_age(mentions)
    if is_right_hand(text):
        return MinedReport(None, None, child, Exclusion.RIGHT_HAND)
    if is_deformed(text):
        return MinedReport(None, None, child, Exclusion.DEFORMED)
    if chosen := _bone_ages(mentions):
        age = _agreed(chosen)
        if age is None:
            return MinedReport(None, None, child, Exclusion.SEVERAL_BONE_AGES)
        return MinedReport(age, _confidence(age, chosen), child, None)
    if mature := _mature(text):
        return MinedReport(mature, Confidence.MEDIUM, child, None)
    return MinedReport(None, None, child, Exclusion.NO_BONE_AGE)


def _bone_ages(mentions: Sequence[Mention]) -> list[Mention]:
    """The bone ages that count: of the highest section, of the whole hand if there is one, stated by name if there is one."""
    found = [each for each in mentions if each.role is Role.BONE_AGE and each.age.high_months <= MAX_BONE_AGE_MONTHS]
    best = min(map(_rank, found), default=None)
    return [each for each in found if _rank(each) == best]


def _rank(mention: Mention) -> tuple[int, bool, int]:
    return -mention.section, mention.of_some_bones, mention.cue.value


def _agreed(mentions: Sequence[Mention]) -> MinedAge | None:
    """The age that all mentions state, or the mean of parts of the hand; None where they contradict each other."""
    first, last = mentions[0].age, mentions[-1].age
    low, high = min(each.age.low_months for each in mentions), max(each.age.high_months for each in mentions)
    if all((each.age.low_months, each.age.high_months) == (first.low_months, first.high_months) for each in mentions):
        return MinedAge(first.months, low, high, first.start, first.end)
    if all(each.of_some_bones for each in mentions) and high - low <= PARTS_APART_MONTHS:
        return MinedAge((low + high) / 2, low, high, first.start, last.end)
    return None


def _confidence(age: MinedAge, mentions: Sequence[Mention]) -> Confidence:
    first = mentions[0]
    doubtful = (
        any(each.bounded or each.of_some_bones for each in mentions)
        or first.age.unit is None
        or first.cue is Cue.WEAK
        or first.section is Section.BACKGROUND
        or age.high_months - age.low_months > WIDE_RANGE_MONTHS
    )
    if doubtful:
        return Confidence.LOW
    return Confidence.HIGH if first.cue is Cue.NAMED and age.low_months == age.high_months else Confidence.MEDIUM


def _chronological_age(mentions: Sequence[Mention]) -> MinedAge | None:
    """The child's age: that with a name before that of a description, a correction before the rest."""
    found = [each for each in mentions if each.role is Role.AGE_OF_CHILD]
    if not found:
        return None
    age = min(found, key=lambda each: (each.cue.value, -each.section)).age
    return MinedAge(age.months, age.low_months, age.high_months, age.start, age.end)


def _mature(text: str) -> MinedAge | None:
    """18 years for a mature skeleton, as in Lee et al."""
    for match in _CLOSED.finditer(text):
        start = max(text.rfind(mark, 0, match.start()) for mark in ".;\n") + 1
        if not _NOT_YET.search(text[start : match.end()]):
            return MinedAge(MATURE_MONTHS, MATURE_MONTHS, MATURE_MONTHS, match.start(), match.end())
    return None
