"""Findings: observations about a film and its data that a clinician should check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from openboneage.quantities import Text


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    WARNING = "warning"
    REJECT = "reject"


@dataclass(frozen=True, order=True)
class Finding:
    """One observation."""

    code: Annotated[str, Field(pattern="^[a-z]+(-[a-z]+)*$", description="Stable identifier, such as `sex-missing`.")]
    severity: Annotated[Severity, Field(description="`note` informs, `warning` should be checked, `reject` refuses the film.")]
    message: Annotated[
        Text, Field(description="One sentence for a person; it never contains a patient's name or another identifying value.")
    ]


def finding_lines(findings: Iterable[Finding]) -> list[str]:
    """One line per finding, the most severe first, otherwise in the order given."""
    order = [Severity.REJECT, Severity.WARNING, Severity.NOTE]
    return [f"{finding.severity}: {finding.message}" for finding in sorted(findings, key=lambda f: order.index(f.severity))]
