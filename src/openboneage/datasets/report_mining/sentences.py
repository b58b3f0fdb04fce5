"""Sentences of a report and the sections that they stand in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from openboneage.datasets.report_mining.expressions import AgeExpression


class Section(IntEnum):
    """Part of a report; of bone ages in several parts, that of the highest counts."""

    BACKGROUND = 0
    """History, comparison, technique: bone ages there are those of other films."""
    FINDINGS = 1
    IMPRESSION = 2
    ADDENDUM = 3


_HEADERS = {
    Section.BACKGROUND: r"(?:clinical\s+)?(?:history|indications?|information|data)|reason\s+for\s+(?:the\s+)?(?:exam\w*|study)"
    r"|comparisons?|techniques?|priors?|procedure",
    Section.FINDINGS: r"findings?|results?|report|discussion",
    Section.IMPRESSION: r"impressions?|conclusions?|interpretations?|opinion|summary",
    Section.ADDENDUM: r"addend(?:um|a)|corrections?|corrected\s+report",
}
_HEADER = re.compile("|".join(rf"(?P<{section.name}>\b(?:{words}))" for section, words in _HEADERS.items()), re.IGNORECASE)
_LABEL = re.compile(r"(?:bone|skeletal|chronological)\s+age|standard\s+deviation", re.IGNORECASE)
_HEADER_END = re.compile(r"[^:.;\n]{0,30}:|[ \t]*(?:\n|$)|\s*[-–—]\s", re.IGNORECASE)
_BREAK = re.compile(
    r"""
    [;!?](?=\s|$)
  | \.(?=\s*$|\s+\w)
  | \n\s*\n
  | (?<![A-Z])(?<![A-Z][ ])(?=[A-Z]{5,}(?:[ ][A-Z]+)*:)
  | \n(?=[ \t]*(?:[A-Z][\w /()'-]{1,40}:|[-*•]\s|\d+[.)]\s))
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(r"\b(?:approx|dr|vs|no|st|s\.d|[gp]|fig)$", re.IGNORECASE)
_UNIT = re.compile(r"\b(?:yrs?|mos?|y|m)$", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """A sentence.

    Attributes:
        start: Offset of the first character.
        end: Offset after the last character.
        section: Part of the report.
    """

    start: int
    end: int
    section: Section


def split_sentences(text: str, ages: Sequence[AgeExpression]) -> list[Sentence]:
    """Split a report; the full stops of abbreviations and within ages end no sentence."""
    sentences, start, section = list[Sentence](), 0, Section.FINDINGS
    for end in [*(match.end() for match in _BREAK.finditer(text) if _ends(text, match, ages)), len(text)]:
        section = _section_of(text, start, section)
        sentences.append(Sentence(start, end, section))
        start = end
    return sentences


def _ends(text: str, found: re.Match[str], ages: Sequence[AgeExpression]) -> bool:
    if any(age.start < found.start() < age.end - 1 for age in ages):
        return False
    if found[0] != ".":
        return True
    before, after = text[max(found.start() - 8, 0) : found.start()], text[found.end() :].lstrip()
    return not (_ABBREVIATION.search(before) or (_UNIT.search(before) and after[:1].islower()))


def _section_of(text: str, start: int, current: Section) -> Section:
    """The section of the sentence that starts there: that of its header, or the current one.

    A blank line or a label such as `Bone age:` ends the background.
    """
    opening = start + len(text[start:]) - len(text[start:].lstrip(" \t\n-*•"))
    header = _HEADER.match(text, opening)
    if header and _HEADER_END.match(text, header.end()):
        return Section[str(header.lastgroup)]
    before = text[:opening].rstrip()
    new_block = text[len(before) : opening].count("\n") > 1 and not before.endswith(":")
    label = _LABEL.match(text, opening)
    if current is Section.BACKGROUND and (new_block or (label and _HEADER_END.match(text, label.end()))):
        return Section.FINDINGS
    return current
