"""One row a film, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from openboneage.assess.assessment import Assessment, ModelFacts
from openboneage.errors import BoneAgeError, RefusedError

COLUMNS = ("path", "status", "bone_age_months", "low_months", "high_months", "sex_used", "findings", "models", "seconds")


def to_row(path: str, assessment: Assessment) -> dict[str, str]:
    """The row of a film that was read; `status` is `accept`, `accept with findings` or `reject`."""
    age = assessment.bone_age
    months = () if age is None else (age.mean_months, age.interval.low_months, age.interval.high_months)
    ages = tuple(f"{each:.2f}" for each in months) or ("", "", "")
    findings = ";".join(finding.code for finding in assessment.findings)
    seconds = f"{sum(assessment.seconds.values()):.3f}"
    models = models_cell(assessment.models)
    return dict(
        zip(
            COLUMNS, (path, str(assessment.verdict), *ages, str(assessment.subject.sex), findings, models, seconds), strict=True
        )
    )


def models_cell(models: Iterable[ModelFacts]) -> str:
    """The models of a row; it is the same for the same weights only."""
    return ";".join(map(str, models))


def to_error_row(path: str, error: BoneAgeError) -> dict[str, str]:
    """The row of a film that could not be assessed; `status` is `reject` or `unreadable`, `findings` says why."""
    status = "reject" if isinstance(error, RefusedError) else "unreadable"
    return {**dict.fromkeys(COLUMNS, ""), "path": path, "status": status, "findings": str(error)}
