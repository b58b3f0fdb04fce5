"""One row per film, for spreadsheets and data frames."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import Any

from openboneage.assess.assessment import Assessment
from openboneage.assess.bone_records import Bones
from openboneage.assess.parts import ModelFacts
from openboneage.errors import BoneAgeError, RefusedError
from openboneage.version import program_version

UNREADABLE = "unreadable"
FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""Text that a spreadsheet would run as a formula, with any apostrophes before it."""
DECIMALS = {"seconds": 3, "tw3_score": 0, "rus_chn_score": 0}
"""Decimals of a number in a cell; the default is two."""


@dataclass(frozen=True)
class TableRow:
    """A film in a table. Missing text is empty, missing numbers are None.

    Attributes:
        path: The path as it was given.
        status: `accept`, `accept with findings`, `reject` or `unreadable`.
        bone_age_months: Bone age in months; None where the sex is unknown.
        low_months: Lower end of its interval; where the sex is unknown, of the union of the girl's and the boy's.
        high_months: Upper end of that interval.
        sex_used: Sex that was used: `female`, `male` or `unknown`.
        findings: Codes of the findings, separated by semicolons; the reason where the film could not be assessed.
        models: Models used.
        seconds: Time of the assessment in seconds.
        age_months: Chronological age in months.
        sds: Standard deviation score of the bone age.
        messages: Messages of the findings.
        film_sha256: Checksum of the file's bytes.
        sop_instance_uid: SOP instance UID of a DICOM film.
        program_version: Version of this program.
        case_id: Same for the same resolved path, entered sex and age, and models; a continued run compares it.
        girl_months: Bone age if the child is a girl, where the sex is unknown.
        boy_months: Bone age if the child is a boy, where the sex is unknown.
        tw3_score: Total TW3 score; this and the columns that follow are empty where bones are not read, or the sex is unknown.
        tw3_months: TW3 age in months, the end of the table where the score lies beyond it.
        tw3_low_months: Lower end of its interval.
        tw3_high_months: Upper end of its interval.
        rus_chn_score: Total RUS-CHN score.
        rus_chn_months: RUS-CHN age in months, as for TW3.
        rus_chn_low_months: Lower end of its interval.
        rus_chn_high_months: Upper end of its interval.
        rus_chn_percentile: Range of percentiles of the RUS-CHN score, such as `P25 to P50`.
        carpal_months: Age by the carpal bones in months.
        radius_stage: TW3 stage of the radius; the same for the other bones.
        radius_months: Own age of the radius in months; the same for the other bones.
    """

    path: str
    status: str
    bone_age_months: float | None = None
    low_months: float | None = None
    high_months: float | None = None
    sex_used: str = ""
    findings: str = ""
    models: str = ""
    seconds: float | None = None
    age_months: float | None = None
    sds: float | None = None
    messages: str = ""
    film_sha256: str = ""
    sop_instance_uid: str = ""
    program_version: str = ""
    case_id: str = ""
    girl_months: float | None = None
    boy_months: float | None = None
    tw3_score: float | None = None
    tw3_months: float | None = None
    tw3_low_months: float | None = None
    tw3_high_months: float | None = None
    rus_chn_score: float | None = None
    rus_chn_months: float | None = None
    rus_chn_low_months: float | None = None
    rus_chn_high_months: float | None = None
    rus_chn_percentile: str = ""
    carpal_months: float | None = None
    radius_stage: str = ""
    ulna_stage: str = ""
    mc1_stage: str = ""
    mc3_stage: str = ""
    mc5_stage: str = ""
    pp1_stage: str = ""
    pp3_stage: str = ""
    pp5_stage: str = ""
    mp3_stage: str = ""
    mp5_stage: str = ""
    dp1_stage: str = ""
    dp3_stage: str = ""
    dp5_stage: str = ""
    radius_months: float | None = None
    ulna_months: float | None = None
    mc1_months: float | None = None
    mc3_months: float | None = None
    mc5_months: float | None = None
    pp1_months: float | None = None
    pp3_months: float | None = None
    pp5_months: float | None = None
    mp3_months: float | None = None
    mp5_months: float | None = None
    dp1_months: float | None = None
    dp3_months: float | None = None
    dp5_months: float | None = None


COLUMNS = tuple(field.name for field in fields(TableRow))


def to_row(path: str, assessment: Assessment, case_id: str = "") -> TableRow:
    """The row of a film that was read."""
    age, by_sex, interval = assessment.bone_age, assessment.by_sex, assessment.interval
    return TableRow(
        path=path,
        status=str(assessment.verdict),
        bone_age_months=age.mean_months if age else None,
        low_months=interval.low_months if interval else None,
        high_months=interval.high_months if interval else None,
        sex_used=str(assessment.subject.sex),
        findings=";".join(finding.code for finding in assessment.findings),
        models=models_cell(assessment.models),
        seconds=sum(assessment.seconds.values()),
        age_months=assessment.subject.age_months,
        sds=assessment.comparison.sds if assessment.comparison else None,
        messages=" ".join(finding.message for finding in assessment.findings),
        film_sha256=assessment.film.sha256,
        sop_instance_uid=assessment.film.sop_instance_uid or "",
        program_version=assessment.program.version,
        case_id=case_id,
        girl_months=by_sex.female.bone_age.mean_months if by_sex else None,
        boy_months=by_sex.male.bone_age.mean_months if by_sex else None,
        **_bone_columns(assessment.bones),
    )


def _bone_columns(bones: Bones | None) -> dict[str, Any]:
    """The columns of the bones; none without them, or where the sex is unknown."""
    if bones is None or len(bones.staged) > 1:
        return {}
    (staged,) = bones.staged
    columns: dict[str, Any] = {"rus_chn_percentile": staged.percentiles.score if staged.percentiles else ""}
    for name, scale in (("tw3", staged.tw3), ("rus_chn", staged.rus_chn)):
        if scale is not None:
            age = scale.age
            numbers = {"score": scale.score, "months": age.months, "low_months": age.low_months, "high_months": age.high_months}
            columns |= {f"{name}_{key}": float(value) for key, value in numbers.items()}
    columns["carpal_months"] = staged.carpal_age.months if staged.carpal_age else None
    for bone in staged.bones:
        columns |= {f"{bone.bone}_stage": bone.stage or "", f"{bone.bone}_months": bone.age.months if bone.age else None}
    return columns


def to_error_row(path: str, error: BoneAgeError, case_id: str = "") -> TableRow:
    """The row of a film that could not be assessed; `status` is `reject` or `unreadable`, `findings` gives the reason."""
    return TableRow(
        path=path,
        status="reject" if isinstance(error, RefusedError) else UNREADABLE,
        findings=str(error),
        messages=str(error),
        program_version=program_version(),
        case_id=case_id,
    )


def models_cell(models: Iterable[ModelFacts]) -> str:
    """The models of a row; equal only for equal weights."""
    return ";".join(map(str, models))


def to_cells(row: TableRow) -> list[str]:
    """The row as text for a CSV file.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; `from_cells` removes it.
    """
    return [_cell(name, value) for name, value in zip(COLUMNS, astuple(row), strict=True)]


def _cell(name: str, value: str | float | None) -> str:
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    return "" if value is None else f"{value:.{DECIMALS.get(name, 2)}f}"


def from_cells(cells: Iterable[str]) -> TableRow:
    """The row that `to_cells` wrote.

    Raises:
        ValueError: There are too few or too many cells, or a number is invalid.
    """
    values: dict[str, Any] = {}
    for column, cell in zip(fields(TableRow), cells, strict=True):
        if column.type == "str":
            values[column.name] = cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
        else:
            values[column.name] = float(cell) if cell else None
    return TableRow(**values)
