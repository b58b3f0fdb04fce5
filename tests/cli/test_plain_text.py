from __future__ import annotations

import json

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.cli.plain_text import json_text, plain_table, unique_finding_lines
from openboneage.findings import Finding, Severity


def test_columns_are_aligned() -> None:
    assert plain_table(("bone", "x"), [("radius", "1"), ("ulna", "")]) == "bone    x\nradius  1\nulna"


def test_findings_are_written_once_and_warnings_first() -> None:
    note, warning = Finding("a", Severity.NOTE, "First."), Finding("b", Severity.WARNING, "Second.")

    assert unique_finding_lines([note, warning, note]) == ["warning: Second.", "note: First."]


def test_json_holds_the_notice() -> None:
    assert json.loads(json_text({"score": 3})) == {"score": 3, "notice": RESEARCH_USE}
