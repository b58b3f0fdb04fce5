"""What each age of a report is: the bone age, the child's age, or something else, such as a standard deviation.

An age takes its meaning from the nearest cue before it in its sentence, such as `bone age` or `chronological age`; each cue
is used once, so that in `one standard deviation for a chronological age of 9 years is 10.7 months` both ages find theirs.
Words next to the age, such as `delayed by`, `previously` or `-year-old boy`, come first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openboneage.datasets.report_mining import cues
from openboneage.datasets.report_mining.cues import Cue, FoundCue, Role, cues_in
from openboneage.datasets.report_mining.expressions import NEAR, AgeExpression, find_ages
from openboneage.datasets.report_mining.sentences import Section, Sentence, split_sentences
from openboneage.subject import MONTHS_PER_YEAR

MAX_BONE_AGE_MONTHS = 20 * MONTHS_PER_YEAR
"""No atlas goes further."""


@dataclass(frozen=True)
class Mention:
    """An age of a report and its meaning.

    Attributes:
        age: The age.
        role: What it is.
        cue: How that was recognised.
        section: Part of the report.
        bounded: Whether the report only says that the age is over or under this.
        of_some_bones: Whether it is the age of some bones, such as the carpals.
    """

    age: AgeExpression
    role: Role
    cue: Cue
    section: Section
    bounded: bool = False
    of_some_bones: bool = False


@dataclass(frozen=True)
class _Place:
    """An age in its sentence.

    Attributes:
        age: The age.
        before: Text from the age before it, or from the start of the sentence.
        after: Text to the end of the sentence.
        lead: Text from the start of the sentence.
    """

    age: AgeExpression
    before: str
    after: str
    lead: str


def find_mentions(text: str) -> list[Mention]:
    """Find the ages of a report whose meaning is known, in order."""
    ages, mentions, announced = find_ages(text), list[Mention](), False
    for sentence in split_sentences(text, ages):
        reader = _SentenceReader(text, sentence, announced)
        mentions += reader.read([age for age in ages if sentence.start <= age.start < sentence.end])
        announced = any(each.role is Role.BONE_AGE and each.cue is Cue.NAMED for each in reader.unused)
    return mentions


class _SentenceReader:
    """Reads the ages of one sentence, from left to right.

    Attributes:
        unused: Cues that no age has used yet.
    """

    def __init__(self, text: str, sentence: Sentence, announced: bool) -> None:
        """Find the cues.

        Args:
            text: The report.
            sentence: The sentence.
            announced: Whether the sentence before names the bone age and does not state it.
        """
        self.unused = list(cues_in(text, sentence.start, sentence.end))
        self._text, self._sentence, self._announced = text, sentence, announced
        self._read: list[Mention] = []

    def read(self, ages: Sequence[AgeExpression]) -> list[Mention]:
        """The ages whose meaning is known."""
        begin, in_order = self._sentence.start, self._in_order(ages)
        for number, age in enumerate(ages):
            place = self._place(age, begin)
            if age.unit is None and not _is_bare_bone_age(place):
                continue
            if not _is_something_else(place):
                cue = in_order[number] if in_order else self._nearest_cue(age, begin)
                if known := self._meaning(place, cue):
                    self._read.append(_described(place, *known, self._sentence.section))
                    self._use(cue, known[0])
            begin = age.end
        return self._read

    def _place(self, age: AgeExpression, begin: int) -> _Place:
        text, start, end = self._text, self._sentence.start, self._sentence.end
        near = max(start, age.start - 3 * NEAR)
        before, after = text[max(begin, near) : age.start], text[age.end : min(end, age.end + NEAR)]
        return _Place(age, before, after, text[near : age.start])

    def _in_order(self, ages: Sequence[AgeExpression]) -> list[FoundCue]:
        """The cues of the ages in `chronological and bone ages are 10 and 11 years, respectively`; empty without the word."""
        named = [each for each in self.unused if each.cue is Cue.NAMED]
        said = "respectively" in self._text[self._sentence.start : self._sentence.end].lower()
        return named if said and len(named) == len(ages) else []

    def _nearest_cue(self, age: AgeExpression, begin: int) -> FoundCue | None:
        """The nearest unused cue before an age; from before the last age, only one with a name."""
        for cue in reversed([each for each in self.unused if each.end <= age.start]):
            if cue.start >= begin or cue.cue is Cue.NAMED:
                return cue
        return None

    def _use(self, cue: FoundCue | None, role: Role) -> None:
        """Take a cue from the unused ones, with those before it that say the same; not where it was not believed."""
        if cue and cue.role is role:
            self.unused = [each for each in self.unused if each.role is not role or each.start > cue.start]

    def _meaning(self, place: _Place, cue: FoundCue | None) -> tuple[Role, Cue] | None:
        describes_child = cues.PERSON_AFTER.match(place.after) or cues.PERSON_BEFORE.search(place.before)
        of_standard = cues.STANDARD_AFTER.match(place.after)
        if cue:
            outranked = cue.cue is Cue.WEAK or (cue.cue is Cue.NAMED and cues.IN_THIS.search(place.before))
            if cue.role is Role.BONE_AGE and outranked and describes_child and not of_standard:
                return Role.AGE_OF_CHILD, Cue.WEAK
            return cue.role, cue.cue
        if of_standard:
            return Role.BONE_AGE, Cue.STANDARD
        if describes_child:
            return Role.AGE_OF_CHILD, Cue.WEAK
        if self._read and self._read[-1].of_some_bones and cues.SOME_BONES.search(place.before):
            return self._read[-1].role, self._read[-1].cue
        return (Role.BONE_AGE, Cue.WEAK) if self._announced else None


def _is_bare_bone_age(place: _Place) -> bool:
    """Whether a number without a unit stands where a bone age is expected."""
    small = place.age.high_months <= MAX_BONE_AGE_MONTHS
    return small and bool(cues.UNIT_MISSING.search(place.before) and cues.AFTER_BARE_NUMBER.match(place.after))


def _is_something_else(place: _Place) -> bool:
    """Whether the words next to an age make it a standard deviation, a delay, an interval, or an earlier or denied reading."""
    before = (cues.SPREAD_BEFORE, cues.DELAY_BEFORE, cues.TIME_BEFORE, cues.NOT)
    after = (cues.SPREAD_AFTER, cues.DELAY_AFTER, cues.TIME_AFTER, cues.EARLIER_AFTER, cues.METHOD_AFTER)
    return (
        any(pattern.search(place.before) for pattern in before)
        or any(pattern.match(place.after) for pattern in after)
        or _last(cues.EARLIER, place.lead) > _last(cues.NOW, place.lead)
        or _last(cues.METHOD, place.before) > _last(cues.GREULICH_PYLE, place.before)
    )


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Offset of the last match; -1 without one."""
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _described(place: _Place, role: Role, cue: Cue, section: Section) -> Mention:
    age = place.age
    if cues.PROGRESS.search(place.before):  # `advanced from 9 years to 10 years`: the second is the age of this film
        age = replace(age, low_months=age.high_months)
    bounded, some = cues.BOUND.search(place.before), cues.SOME_BONES.search(place.before)
    return Mention(age, role, cue, section, bool(bounded), bool(some))
