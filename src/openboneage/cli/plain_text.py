"""Plain tables, findings and JSON: what the clinical commands print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.findings import Finding, finding_lines


def plain_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Align columns with spaces; all cells are left-aligned."""
    lines = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def unique_finding_lines(findings: Iterable[Finding]) -> list[str]:
    """Write each finding once: several tables and visits may have the same."""
    return finding_lines(sorted(set(findings), key=lambda finding: (finding.code, finding.message)))


def json_text(content: dict[str, Any]) -> str:
    """Write a result as JSON, with the notice."""
    return json.dumps({**content, "notice": RESEARCH_USE}, indent=2, ensure_ascii=False)
