"""The assessment: one frozen value that every report is made of, and its JSON.

The models below are the only definition of the JSON: `tools/schema.py` writes its schema and `docs/json.md` from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import not_
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openboneage.assess.distribution import AgeDistribution, AgeInterval
from openboneage.clinical.greulich_pyle import BoneAgeStatus, Comparison, Reference
from openboneage.errors import BoneAgeError
from openboneage.findings import Finding
from openboneage.hand.measures import Measures
from openboneage.hand.quality import Verdict
from openboneage.hand.standard_hand import StandardHand
from openboneage.quantities import FourDecimals, NotNegative, OneDecimal, Positive, Sha256, Text, TwoDecimals
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Laterality, Sex, Subject
from openboneage.weights.card import Card

SchemaVersion = Literal[1]
SCHEMA_VERSION: SchemaVersion = 1
Notice = Literal["Research use only, not a medical device."]
RESEARCH_USE: Notice = get_args(Notice)[0]


class Record(BaseModel):
    """A part of the JSON: frozen, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)

    def to_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`; `model_validate` reads them back."""
        return self.model_dump(mode="json", by_alias=True)


class Program(Record):
    """The program that made the assessment."""

    name: Literal["openboneage"] = Field(default="openboneage", description="Name of the program.")
    version: Text = Field(description="Version of the program.")


class NormalComparison(Record):
    """The bone age compared with the normal range at the chronological age."""

    reference: Reference = Field(description="Whose children the normal range is of.")
    mean_months: Annotated[NotNegative, TwoDecimals] = Field(description="Mean bone age at the chronological age, in months.")
    sd_months: Annotated[Positive, TwoDecimals] = Field(
        description="Standard deviation of bone age at the chronological age, in months."
    )
    sds: Annotated[float, TwoDecimals] = Field(description="Bone age minus mean, divided by the standard deviation.")
    sds_low: Annotated[float, TwoDecimals] = Field(description="SDS of the lower end of the bone age's interval.")
    sds_high: Annotated[float, TwoDecimals] = Field(description="SDS of the upper end of the bone age's interval.")
    verdict: BoneAgeStatus = Field(description="Whether the bone age lies within the limit, below or above it.")
    sd_limit: Positive = Field(description="The limit, in standard deviations.")

    @classmethod
    def of(cls, comparison: Comparison, interval: AgeInterval) -> Self:
        """The published part of a comparison, with the SDS of the ends of the bone age's interval."""
        normal = comparison.normal
        return cls(
            reference=normal.reference,
            mean_months=normal.mean_months,
            sd_months=normal.sd_months,
            sds=comparison.sds,
            sds_low=(interval.low_months - normal.mean_months) / normal.sd_months,
            sds_high=(interval.high_months - normal.mean_months) / normal.sd_months,
            verdict=comparison.verdict,
            sd_limit=comparison.sd_limit,
        )

    @property
    def overlaps_normal(self) -> bool:
        """Whether the interval of the bone age and the normal range overlap."""
        return self.sds_low <= self.sd_limit and self.sds_high >= -self.sd_limit

    @property
    def low_months(self) -> float:
        """Lower end of the normal range, in months."""
        return self.mean_months - self.sd_limit * self.sd_months

    @property
    def high_months(self) -> float:
        """Upper end of the normal range, in months."""
        return self.mean_months + self.sd_limit * self.sd_months


class SexAnswer(Record):
    """The answer if the child is of one sex."""

    bone_age: AgeDistribution = Field(description="The bone age if the child is of this sex.")
    comparison: NormalComparison | None = Field(
        description="The bone age compared with the normal range of this sex; null where the age is not known, "
        "or the range does not hold the age."
    )


class BySex(Record):
    """Both answers for a child whose sex is unknown."""

    female: SexAnswer = Field(description="The answer if the child is a girl.")
    male: SexAnswer = Field(description="The answer if the child is a boy.")
    interval: AgeInterval = Field(description="The union of both intervals.")

    @classmethod
    def of(cls, female: SexAnswer, male: SexAnswer) -> Self:
        """Both answers with the union of their intervals."""
        girl, boy = female.bone_age.interval, male.bone_age.interval
        low, high = min(girl.low_months, boy.low_months), max(girl.high_months, boy.high_months)
        return cls(female=female, male=male, interval=AgeInterval(low, high, min(girl.coverage, boy.coverage)))


class FilmFacts(Record):
    """What is known of the file. It holds no patient's name or identifier."""

    name: str = Field(description="File name without its folder, or `upload`.")
    sha256: Sha256 = Field(description="Checksum of the file's bytes.")
    format: Literal["DICOM", "PNG", "JPEG", "TIFF", "BMP", "WEBP"] = Field(description="Container, detected from the content.")
    bits: int = Field(ge=1, le=32, description="Bits per sample stored in the file.")
    height_px: int = Field(ge=1, description="Rows of pixels.")
    width_px: int = Field(ge=1, description="Columns of pixels.")
    spacing_mm: tuple[Positive, Positive] | None = Field(
        description="Distance between pixel centres down and across, in mm; null where the file does not state it."
    )
    spacing_source: str | None = Field(description="DICOM attribute that gave the spacing.")
    sop_instance_uid: str | None = Field(default=None, description="UID of the DICOM object; null for other files.")

    @classmethod
    def of(cls, radiograph: Radiograph) -> Self:
        """The facts of a film."""
        return cls.model_validate(radiograph, from_attributes=True)


class Pose(Record):
    """How the hand lay on the film."""

    inverted: bool = Field(description="Whether bones were dark.")
    rotation_degrees: Annotated[float, OneDecimal] = Field(
        ge=-180, le=180, description="How far the hand is turned clockwise from upright, in degrees."
    )
    mirrored: bool = Field(description="Whether the hand was mirrored to a left hand.")
    laterality: Laterality = Field(
        description="Side of the hand; `unknown` where no hand was located and the file states none."
    )
    laterality_source: Literal["file", "image"] = Field(description="Whether the file states the side or the image shows it.")

    @classmethod
    def of(cls, hand: StandardHand, located: bool) -> Self:
        """The pose of a hand; where no hand was located, there is no turn and no side but that of the file."""
        if located:
            return cls.model_validate(hand, from_attributes=True)
        side = hand.laterality if hand.laterality_source == "file" else Laterality.UNKNOWN
        return cls.model_validate(
            {
                "inverted": hand.inverted,
                "rotation_degrees": 0.0,
                "mirrored": False,
                "laterality": side,
                "laterality_source": hand.laterality_source,
            }
        )


class ModelFacts(Record):
    """A model that was used."""

    name: Text = Field(description="Name of the model, as `boneage models` lists it.")
    version: Text = Field(description="Version of its weights.")
    sha256: Sha256 = Field(description="Checksum of its weights.")

    @classmethod
    def of(cls, card: Card) -> Self:
        """The facts of a card."""
        return cls.model_validate(card, from_attributes=True)

    def __str__(self) -> str:
        """Name, version, and enough of the checksum to distinguish weights of the same version."""
        return f"{self.name} {self.version} ({self.sha256[:8]})"


class Assessment(Record):
    """A film that was read."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"verdict": {"const": "reject"}}},
            "then": {"properties": {"bone_age": {"type": "null"}}},
            "else": {"properties": {"bone_age": {"type": "object"}}},
        }
    )

    case_id: str = Field(
        default="",
        exclude_if=not_,
        description="The same for the same path, entered sex and age, estimator and models; "
        "only where results are written to a file.",
    )
    path: str = Field(default="", exclude_if=not_, description="The path as it was given; on the command line only.")
    schema_version: SchemaVersion = Field(
        default=SCHEMA_VERSION, description="Version of this form; it grows when a field changes its meaning or goes."
    )
    program: Program = Field(description="The program that made the assessment.")
    notice: Notice = Field(default=RESEARCH_USE, description="What the assessment may be used for.")
    verdict: Verdict = Field(description="Whether the film can be assessed; `reject` gives no bone age.")
    bone_age: AgeDistribution | None = Field(
        description="The bone age; null where the film was rejected. Where the sex is unknown, this is the even mixture of a "
        "girl's and a boy's bone age, and its mean may fit neither: use `by_sex`."
    )
    by_sex: BySex | None = Field(
        default=None, description="Both answers where the sex is unknown; null where it is known, or the film was rejected."
    )
    comparison: NormalComparison | None = Field(
        description="The bone age compared with the normal range; null where sex or age is not known, "
        "or the range does not hold the age."
    )
    findings: tuple[Finding, ...] = Field(description="What a person should look at, the reasons of a rejection among them.")
    film: FilmFacts = Field(description="The file.")
    subject: Subject = Field(description="The child.")
    pose: Pose = Field(description="How the hand lay on the film.")
    quality: Measures = Field(description="Measures behind the verdict.")
    models: tuple[ModelFacts, ...] = Field(min_length=1, description="Models used.")
    seconds: Mapping[str, Annotated[NotNegative, FourDecimals]] = Field(
        description="Time in seconds of each stage that was run: `read`, `standardize`, `quality` and the estimator. "
        "Only these values differ from run to run."
    )

    @model_validator(mode="after")
    def _ages_are_there(self) -> Self:
        if (self.bone_age is None) != (self.verdict is Verdict.REJECT):
            raise ValueError(f"Expected a bone age where the film was not rejected, got {self.bone_age} and {self.verdict}.")
        if self.by_sex and (self.bone_age is None or self.subject.sex is not Sex.UNKNOWN):
            raise ValueError(f"Expected answers by sex where the sex is unknown, got them with {self.subject.sex}.")
        return self


class FailureReason(Record):
    """Why a film could not be assessed."""

    type: Literal["InputError", "RefusedError", "UnreadableError"] = Field(
        description="`InputError`: missing or not allowed; `RefusedError`: several images; "
        "`UnreadableError`: no image that can be read."
    )
    message: Text = Field(description="One or two sentences for a person.")


class Failure(Record):
    """A film that could not be assessed."""

    case_id: str = Field(
        default="",
        exclude_if=not_,
        description="The same for the same path, entered sex and age, estimator and models; "
        "only where results are written to a file.",
    )
    schema_version: SchemaVersion = Field(
        default=SCHEMA_VERSION, description="Version of this form; it grows when a field changes its meaning or goes."
    )
    path: str = Field(description="The path as it was given.")
    error: FailureReason = Field(description="Why the film could not be assessed.")

    @classmethod
    def of(cls, path: str, error: BoneAgeError) -> Self:
        """The failure that an error is, on the film of that path."""
        return cls.model_validate({"path": path, "error": {"type": type(error).__name__, "message": str(error)}})
