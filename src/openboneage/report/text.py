"""The assessment in a few lines of plain text."""

from __future__ import annotations

from openboneage.assess.assessment import RESEARCH_USE, Assessment
from openboneage.assess.words import age_text


def printable(text: str) -> str:
    """The text with control characters, and others that a terminal would interpret or hide, as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def to_text(assessment: Assessment) -> str:
    """The assessment for a terminal or a log."""
    headline = age_text(assessment.answers, assessment.subject.age_months)
    lines = (f"  {name:10} {text}" for name, text in assessment.rows())
    return "\n".join([f"{printable(assessment.film.name)}: {headline}", *lines, f"  {RESEARCH_USE}"])
