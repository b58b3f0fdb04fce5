"""Counts of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from openboneage.batch.answer import Answer
from openboneage.batch.films import Skipped
from openboneage.errors import RefusedError
from openboneage.hand.quality import Verdict
from openboneage.report.table import UNREADABLE


@dataclass
class Summary:
    """Counts of a running batch.

    Attributes:
        assessed: Films with a bone age.
        with_findings: Assessed films with findings.
        refused: Films that cannot be assessed.
        unreadable: Films that could not be read.
        skipped: Films that already had a record.
        worst: Worst exit code, skipped films included.
    """

    assessed: int = 0
    with_findings: int = 0
    refused: int = 0
    unreadable: int = 0
    skipped: int = 0
    worst: int = 0
    _begin: float = field(default_factory=monotonic)

    def count(self, answer: Answer | Skipped) -> None:
        """Count one film."""
        if isinstance(answer, Skipped):
            self.skipped += 1
            self.worst = max(self.worst, RefusedError.exit_code if answer.status == Verdict.REJECT else 0)
            return
        self.worst = max(self.worst, answer.exit_code)
        if answer.row.status == Verdict.REJECT:
            self.refused += 1
        elif answer.row.status == UNREADABLE:
            self.unreadable += 1
        else:
            self.assessed += 1
            self.with_findings += answer.row.status == Verdict.ACCEPT_WITH_FINDINGS

    def __bool__(self) -> bool:
        """Whether any film was counted."""
        return self.films + self.skipped > 0

    @property
    def films(self) -> int:
        """Films of this run that were not skipped."""
        return self.assessed + self.refused + self.unreadable

    def __str__(self) -> str:
        """The counts in one sentence."""
        seconds = monotonic() - self._begin
        films = "1 film" if self.films == 1 else f"{self.films} films"
        return (
            f"{films} in {seconds:.0f} s ({self.films / max(seconds, 1e-3):.1f} films/s): {self.assessed} assessed, "
            f"{self.with_findings} of them with findings; {self.refused} refused; {self.unreadable} unreadable; "
            f"{self.skipped} skipped because they have a record."
        )
