"""What the API takes and gives, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from openboneage.quantities import BoneAgeMonths
from openboneage.report.report import Decision, Outcome
from openboneage.store.films import Film, FilmState, Source
from openboneage.store.reports import SignedReport
from openboneage.subject import ChronologicalMonths, Sex

DatabaseNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Given(BaseModel):
    """A body that the API takes: unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FilmRecord(BaseModel):
    """A film."""

    id: int = Field(description="Number of the film.")
    state: FilmState = Field(description="State in the worklist.")
    source: Source = Field(description="How it came in.")
    received_at: datetime = Field(description="When it came in.")
    sha256: str = Field(description="Checksum of its file.")
    name: str = Field(description="Name of its file; empty where there is none.")
    sop_instance_uid: str | None = Field(description="UID of the DICOM object; null for other files.")
    study_instance_uid: str | None = Field(description="UID of its study; null where there is none.")
    study_date: str = Field(description="`YYYYMMDD`, or empty.")
    accession_number: str = Field(description="Accession number, or empty.")
    patient_id: str = Field(description="Identifier of the patient, or empty.")
    patient_name: str = Field(description="`Family^Given`, or empty.")
    birth_date: str = Field(description="`YYYYMMDD`, or empty.")

    @classmethod
    def of(cls, film: Film) -> Self:
        """The record of a film."""
        return cls.model_validate(film, from_attributes=True)


class FilmPage(BaseModel):
    """A page of films."""

    films: list[FilmRecord] = Field(description="Films, the latest first.")
    found: int = Field(description="Films that were found in all.")
    page: int = Field(description="Number of the page, from 1.")
    pages: int = Field(description="Number of pages.")


class Wanted(Given):
    """What to look for."""

    text: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Part of a patient's name or identifier, of an accession number or a file's name."
    )
    state: FilmState | None = Field(default=None, description="State of the films; null for all.")
    page: Annotated[int, Field(ge=1, le=100_000)] = Field(default=1, description="Number of the page.")


class Child(Given):
    """What is known of the child; null takes the film's own values."""

    sex: Sex | None = Field(default=None, description="Sex of the child.")
    age_months: ChronologicalMonths | None = Field(default=None, description="Chronological age in months.")


class DecisionForm(Given):
    """A decision to sign."""

    outcome: Outcome = Field(description="`accepted`, `edited` to another bone age, or `rejected`.")
    assessment_id: DatabaseNumber = Field(description="Number of the assessment that the reader saw.")
    replaces_version: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(
        default=0, description="Version of the report that the reader saw; 0 where none was signed."
    )
    bone_age_months: BoneAgeMonths | None = Field(default=None, description="The reader's bone age, only with `edited`.")
    comment: Annotated[str, Field(max_length=2000)] = Field(
        default="", description="Comment of the reader; the reason of a rejection."
    )


class ReportVersion(BaseModel):
    """A signed version of a report."""

    film_id: int = Field(description="Number of the film.")
    version: int = Field(description="Version of the report, from 1.")
    assessment_id: int = Field(description="Number of its assessment.")
    signed_at: datetime = Field(description="When it was signed.")
    decision: Decision = Field(description="The reader's decision.")

    @classmethod
    def of(cls, report: SignedReport) -> Self:
        """The record of a version."""
        return cls.model_validate(report, from_attributes=True)


class QueueRecord(BaseModel):
    """The queue of assessments."""

    queued: int = Field(description="Films that wait.")
    running: int = Field(description="Films that are being assessed.")


class AssessmentRecord(BaseModel):
    """Number and version of an assessment; the assessment itself has its own schema, see docs/json.md."""

    id: int = Field(description="Number of the assessment, for a decision.")
    version: int = Field(description="Version of the film's assessment, from 1.")
    made_at: datetime = Field(description="When it was made.")
    assessment: dict[str, object] = Field(description="The assessment, as `boneage assess --json` prints it.")
