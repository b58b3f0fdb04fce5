"""A report: an assessment, and the decision of the reader who checked it. Every report format is made of this value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from openboneage.assess.assessment import Assessment
from openboneage.assess.assessor import Examination
from openboneage.assess.distribution import AgeInterval
from openboneage.assess.parts import NormalComparison, Record
from openboneage.clinical.greulich_pyle import compare
from openboneage.clinical.growth import Growth
from openboneage.clinical.maturity import Maturity
from openboneage.errors import InputError, RefusedError
from openboneage.explain.occlusion import AttentionMap
from openboneage.quantities import BoneAgeMonths, Text
from openboneage.reading.origin import Origin
from openboneage.report.text import printable
from openboneage.subject import Sex


class Outcome(StrEnum):
    """What a reader decided about an estimate."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


class Decision(Record):
    """The decision of the reader who signs a report."""

    outcome: Outcome = Field(description="`accepted`, `edited` to another bone age, or `rejected`.")
    reader: Text = Field(description="Name of the reader.")
    time: AwareDatetime = Field(description="When the reader signed.")
    organization: str = Field(default="", description="Organisation of the reader.")
    bone_age_months: BoneAgeMonths | None = Field(
        default=None, description="The reader's bone age in months; only if the estimate was edited."
    )
    comment: str = Field(default="", description="Comment of the reader; the reason if the estimate was rejected.")

    @field_validator("reader", "organization", "comment")
    @classmethod
    def _printable(cls, text: str) -> str:
        return printable(" ".join(text.split()))

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.outcome is Outcome.EDITED) != (self.bone_age_months is not None):
            raise ValueError("Expected the reader's bone age with the outcome edited, and only there.")
        if self.outcome is Outcome.REJECTED and not self.comment:
            raise ValueError("Expected the reason of a rejection as the comment.")
        return self


@dataclass(frozen=True)
class StatedAge:
    """A bone age that a report states.

    Attributes:
        sex: Sex that it holds for.
        months: The bone age, months.
        interval: Its interval; None for the age of a reader.
        comparison: Comparison with the normal range; None where sex or age is unknown or the range does not cover the age.
    """

    sex: Sex
    months: float
    interval: AgeInterval | None
    comparison: NormalComparison | None


@dataclass(frozen=True, eq=False)
class Report:
    """What is reported about one film.

    Attributes:
        examination: The assessment and the hand it was made on.
        attention: The occlusion map; None leaves it out.
        decision: The reader's decision; None while no reader has signed.
        version: Version of the report, from 1; each correction of a signed report is the next one.
        made: When the report was made, in the time zone that its dates are written in.
        growth: The child's visits, with heights and earlier films.
        maturity: Stages and scores of the bones by each standard, as a reader staged them; empty takes those of the assessment.
    """

    examination: Examination
    attention: AttentionMap | None = None
    decision: Decision | None = None
    version: int = 1
    made: datetime = field(default_factory=lambda: datetime.now().astimezone())
    growth: Growth | None = None
    maturity: tuple[Maturity, ...] = ()

    def __post_init__(self) -> None:
        """Check that there is an estimate where one is accepted.

        Raises:
            InputError: The decision accepts an estimate that does not exist.
        """
        if self.decision and self.decision.outcome is Outcome.ACCEPTED and not self.assessment.answers:
            raise InputError("The film was refused, so there is no bone age to accept; reject it, or enter a bone age.")

    @property
    def assessment(self) -> Assessment:
        """The assessment."""
        return self.examination.assessment

    @property
    def stages(self) -> tuple[Maturity, ...]:
        """Stages and scores of the bones by each standard; none where the sex is unknown, or no bone age is stated."""
        bones = self.examination.bones
        if self.maturity or bones is None or len(bones.staged) > 1 or not self.stated_ages:
            return self.maturity
        ages = bones.staged[0].ages
        return (ages.tw3, ages.rus_chn) if ages else ()

    @property
    def origin(self) -> Origin | None:
        """Patient, study and instance of a DICOM film; None for another file."""
        return self.examination.hand.radiograph.origin

    @property
    def stated_ages(self) -> tuple[StatedAge, ...]:
        """The bone ages: one; one for each sex where the sex is unknown; none if film or estimate was rejected."""
        decision = self.decision
        if decision is not None and decision.outcome is Outcome.REJECTED:
            return ()
        if decision is not None and decision.bone_age_months is not None:
            return (_read_age(self.assessment, decision.bone_age_months),)
        return tuple(
            StatedAge(sex, answer.bone_age.mean_months, answer.bone_age.interval, answer.comparison)
            for sex, answer in self.assessment.answers.items()
        )


def _read_age(assessment: Assessment, months: float) -> StatedAge:
    """The age of a reader, compared with the normal range where that is possible."""
    subject, comparison = assessment.subject, None
    if subject.sex is not Sex.UNKNOWN and subject.age_months is not None:
        try:
            found = compare(subject.sex, months, subject.age_months)
            comparison = NormalComparison.of(found, AgeInterval(months, months, 1.0))
        except RefusedError:  # the normal range does not cover this age
            pass
    return StatedAge(subject.sex, months, None, comparison)


class ReportRecord(Record):
    """The JSON of a report. It contains neither the patient's name nor an identifier other than the film's SOP instance UID."""

    version: int = Field(ge=1, description="Version of the report; each correction is the next one.")
    made: AwareDatetime = Field(description="When the report was made.")
    assessment: Assessment = Field(description="The assessment; see its own page.")
    decision: Decision | None = Field(description="The reader's decision; null while no reader has signed.")

    @classmethod
    def of(cls, report: Report) -> Self:
        """The record of a report."""
        return cls(version=report.version, made=report.made, assessment=report.assessment, decision=report.decision)


def to_json(report: Report) -> bytes:
    """The report as JSON in UTF-8; `ReportRecord.model_validate` reads the content back.

    A file's name may not be valid text; what UTF-8 cannot encode is escaped as JSON does it.
    """
    return json.dumps(ReportRecord.of(report).to_json(), indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace")
