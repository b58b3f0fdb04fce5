"""The outcome for one film of a batch, small enough to send between machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openboneage.assess.assessment import Assessment, Failure
from openboneage.errors import BoneAgeError, RefusedError
from openboneage.hand.quality import Verdict
from openboneage.report.table import TableRow, to_error_row, to_row
from openboneage.report.text import printable, to_text


@dataclass(frozen=True)
class Answer:
    """A film that was assessed, refused or unreadable.

    Attributes:
        row: Its row in a table.
        json: Its assessment, or its failure, as JSON values.
        text: The same for a terminal.
        exit_code: 0, or that of the error.
    """

    row: TableRow
    json: dict[str, Any]
    text: str
    exit_code: int

    @classmethod
    def of(cls, label: str, assessment: Assessment, case_id: str = "") -> Answer:
        """The answer for a film that was read."""
        return cls(
            row=to_row(label, assessment, case_id),
            json=assessment.model_copy(update={"case_id": case_id, "path": label}).to_json(),
            text=to_text(assessment),
            exit_code=RefusedError.exit_code if assessment.verdict is Verdict.REJECT else 0,
        )

    @classmethod
    def failed(cls, label: str, error: BoneAgeError, case_id: str = "") -> Answer:
        """The answer for a film that could not be assessed."""
        return cls(
            row=to_error_row(label, error, case_id),
            json=Failure.of(label, error).model_copy(update={"case_id": case_id}).to_json(),
            text=f"{printable(label)}: {printable(str(error))}",
            exit_code=error.exit_code,
        )
