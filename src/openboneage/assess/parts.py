"""The parts of an assessment: bone age of each sex, comparison, film, pose, models."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from openboneage.assess.distribution import AgeDistribution, AgeInterval
from openboneage.clinical.greulich_pyle import BoneAgeStatus, Comparison, Reference, reaches_normal
from openboneage.hand.standard_hand import StandardHand
from openboneage.quantities import NotNegative, OneDecimal, Positive, Sha256, Text, TwoDecimals
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Laterality
from openboneage.weights.card import Card


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

    reference: Reference = Field(description="Reference sample of the normal range.")
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
            sds_low=normal.sds(interval.low_months),
            sds_high=normal.sds(interval.high_months),
            verdict=comparison.verdict,
            sd_limit=comparison.sd_limit,
        )

    @property
    def is_doubtful(self) -> bool:
        """Whether the bone age lies outside the normal range and its interval reaches into it."""
        return reaches_normal(self.verdict, self.sds_low, self.sds_high, self.sd_limit)

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
        "or the range does not cover the age."
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
    """The file. It contains no patient's name or identifier."""

    name: str = Field(description="File name without its folder; `upload` or `array` where there was no file.")
    sha256: Sha256 = Field(description="Checksum of the file's bytes, or of the array's.")
    format: Literal["DICOM", "PNG", "JPEG", "TIFF", "BMP", "WEBP", "ARRAY"] = Field(
        description="Container, detected from the content; `ARRAY` for pixels that a program passed."
    )
    bits: int = Field(ge=1, le=32, description="Bits per sample stored in the file.")
    height_px: int = Field(ge=1, description="Rows of pixels.")
    width_px: int = Field(ge=1, description="Columns of pixels.")
    spacing_mm: tuple[Positive, Positive] | None = Field(
        description="Distance between pixel centres down and across, in mm; null where the file does not state it."
    )
    spacing_source: str | None = Field(description="DICOM attribute that gave the spacing; `caller` if it was entered.")
    sop_instance_uid: str | None = Field(default=None, description="UID of the DICOM object; null for other files.")

    @classmethod
    def of(cls, radiograph: Radiograph) -> Self:
        """Return the facts of a film."""
        return cls.model_validate(radiograph, from_attributes=True)


class Pose(Record):
    """Pose of the hand on the film."""

    inverted: bool = Field(description="Whether bones were dark.")
    rotation_degrees: Annotated[float, OneDecimal] = Field(
        ge=-180, le=180, description="Clockwise rotation of the hand from upright, in degrees."
    )
    mirrored: bool = Field(description="Whether the hand was mirrored to a left hand.")
    laterality: Laterality = Field(
        description="Side of the hand; `unknown` where no hand was located and the file states none."
    )
    laterality_source: Literal["file", "image"] = Field(description="Whether the file states the side or the image shows it.")

    @classmethod
    def of(cls, hand: StandardHand, located: bool) -> Self:
        """Return the pose of a hand; if no hand was located, there is no rotation, and the side is that of the file."""
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
        """Return the facts of a card."""
        return cls.model_validate(card, from_attributes=True)

    def __str__(self) -> str:
        """Name, version, and enough of the checksum to distinguish weights of the same version."""
        return f"{self.name} {self.version} ({self.sha256[:8]})"
