"""Ages in free text: `10 years 6 months`, `10 6/12 years`, `eleven and a half years`, `between 10 and 11 years`.

Offsets are those of the text that was given, so that a reader can see from which words an age comes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openboneage.subject import MONTHS_PER_YEAR

NEAR = 120
"""Characters on each side of an age that may belong to it, such as `between`."""


@dataclass(frozen=True)
class AgeExpression:
    """An age, or a range of ages, in a text.

    Attributes:
        low_months: The age; of a range, its lower end.
        high_months: The age; of a range, its upper end.
        start: Offset of the first character.
        end: Offset after the last character.
        unit: `years` or `months`; None of a bare number, which is taken for years.
    """

    low_months: float
    high_months: float
    start: int
    end: int
    unit: str | None

    @property
    def months(self) -> float:
        """The age; of a range, its mean (Lee et al. 2017, "Data Categorization")."""
        return (self.low_months + self.high_months) / 2


_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_GAP = r"(?:\s*[-+]\s*|\s+)(?:and\s+)?"
_MONTHS = r"[\s-]*(?:months?(?![a-z])|mos?(?![a-z])\.?|m(?![a-z]))"
_QUANTITY = re.compile(
    rf"""
    (?<![\w.,/])
    (?:(?P<digits>\d{{1,3}}(?:[.,]\d{{1,2}})?)(?!\d) | (?P<word>{_WORD})\b)
    (?:(?P<half>\s*½|{_GAP}(?:1/2|(?:a|one)[\s-]half)\b) | {_GAP}(?P<twelfths>\d{{1,2}})/12\b)?
    (?:
        (?P<years>[\s-]*(?:years?(?![a-z])|(?:yrs?|y(?:/?o)?)(?![a-z])\.?))
        (?:[\s,-]*(?:and\s+|&\s*)?(?:
            (?P<more>(?:1[01]|\d)(?:\.\d)?|{_WORD}){_MONTHS} | (?P<more_twelfths>\d{{1,2}})/12\b
        ))?
      | (?P<months>[\s-]*(?:months?(?![a-z])|mos?(?![a-z])\.?))
    )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NEWBORN = re.compile(r"\bnew-?born\b", re.IGNORECASE)
_LABEL = re.compile(r"(?:\bplate|\bstandard|\bfig(?:ure)?|\bno\.?|#)\s*$", re.IGNORECASE)
_DATE = re.compile(r"\b\d{1,4}([/.-])\d{1,2}\1\d{1,4}\b")
_TO = re.compile(r"\s*-?\s*(?:-|–|—|\bto\b|\bthrough\b|\bor\b)\s*(?:the\s+|an?\s+)?", re.IGNORECASE)
_AND = re.compile(
    r"\s*[-,]?\s*(?:\band\b|&)\s*(?:the\s+|those\s+(?:of|for)\s+|that\s+(?:of|for)\s+)?(?:an?\s+)?", re.IGNORECASE
)
_APART = re.compile(r"[^.;]{0,60}\band\b[^.;]{0,25}", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\b[^.;]*$", re.IGNORECASE)


def find_ages(text: str) -> list[AgeExpression]:
    """Find the ages in a text, in order; numbers without a unit are among them, as they may follow `bone age:`."""
    searched = _DATE.sub(lambda match: "x" * len(match[0]), text)
    found = [_age(match) for match in _QUANTITY.finditer(searched)]
    single = [age for age in found if age.unit or not _LABEL.search(_before(text, age))]
    single += [AgeExpression(0, 0, match.start(), match.end(), "months") for match in _NEWBORN.finditer(text)]
    single.sort(key=lambda age: age.start)
    return _with_ranges(text, single)


def _before(text: str, age: AgeExpression) -> str:
    return text[max(age.start - NEAR, 0) : age.start]


def _age(match: re.Match[str]) -> AgeExpression:
    number = _number(match["digits"] or match["word"])
    number += 0.5 if match["half"] else float(match["twelfths"] or 0) / MONTHS_PER_YEAR
    unit = "months" if match["months"] else "years" if match["years"] or match["twelfths"] else None
    months = number if unit == "months" else number * MONTHS_PER_YEAR
    if match["years"]:
        months += _number(match["more"]) if match["more"] else float(match["more_twelfths"] or 0)
    months = round(months, 2)
    return AgeExpression(months, months, match.start(), match.end(), unit)


def _number(text: str) -> float:
    word = text.lower()
    return float(_WORDS.index(word)) if word in _WORDS else float(text.replace(",", "."))


def _with_ranges(text: str, single: Sequence[AgeExpression]) -> list[AgeExpression]:
    """Join neighbours such as `10` and `11 years` in `10-11 years`."""
    ages: list[AgeExpression] = []
    for age in single:
        joined = _joined(text, ages[-1], age) if ages else None
        ages[-1:] = [joined] if joined else [*ages[-1:], age]
    return ages


def _joined(text: str, first: AgeExpression, second: AgeExpression) -> AgeExpression | None:
    gap = text[first.end : second.start]
    between = bool(_BETWEEN.search(_before(text, first)))
    together = _TO.fullmatch(gap) or (_AND.fullmatch(gap) and (between or not first.unit))
    apart = between and first.unit and _APART.fullmatch(gap) and "age" not in gap.lower()
    if not (together or (apart and second.unit)):
        return None
    if first.unit is None and second.unit == "months":
        months = first.low_months / MONTHS_PER_YEAR
        first = replace(first, low_months=months, high_months=months)
    if first.low_months != first.high_months or second.low_months <= first.low_months:
        return None
    return replace(first, high_months=second.low_months, end=second.end, unit=second.unit)
