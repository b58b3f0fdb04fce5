"""Adult height from the inputs that a reader enters beside the bone age."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from openboneage.clinical.height.adult_height import predict_adult_height
from openboneage.clinical.height.inputs import HeightInputs
from openboneage.clinical.height.prediction import HeightPrediction
from openboneage.errors import InputError
from openboneage.report import wording
from openboneage.report.phrases import Phrases
from openboneage.subject import Subject


class HeightRequest(BaseModel):
    """What a reader enters; heights in cm, weights in kg, the bone age in months."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    height_cm: float = Field(description="Standing height; length, lying, under 2 years.")
    bone_age_months: float | None = Field(default=None, description="Greulich-Pyle bone age.")
    weight_kg: float | None = Field(default=None, description="Weight.")
    birth_weight_kg: float | None = Field(default=None, description="Weight at birth.")
    mother_height_cm: float | None = Field(default=None, description="Height of the mother.")
    father_height_cm: float | None = Field(default=None, description="Height of the father.")
    menarche: bool | None = Field(default=None, description="Whether a girl has had her menarche.")


@dataclass(frozen=True)
class MethodHeight:
    """A prediction in words: method, adult height, its error band, and whether it counts in the median."""

    title: str
    height: str
    band: str
    counts: bool


@dataclass(frozen=True)
class Heights:
    """Predictions in words.

    Attributes:
        headline: `162.3 cm (158.0 to 166.1 cm, 5 methods)`; empty if no method counts.
        methods: One for each prediction.
        left_out: The other methods, with reasons.
        findings: What to check.
    """

    headline: str
    methods: tuple[MethodHeight, ...]
    left_out: tuple[str, ...]
    findings: tuple[str, ...]


def heights_of(subject: Subject, request: HeightRequest, say: Phrases) -> Heights:
    """Predict adult height by every method that the inputs allow.

    Raises:
        InputError: Sex or age of the child is unknown, or a value is out of range.
    """
    if subject.age_months is None:
        raise InputError("The age of the child is not known; adult height cannot be predicted without it.")
    found = predict_adult_height(HeightInputs(sex=subject.sex, age_months=subject.age_months, **request.model_dump()))
    return Heights(
        headline=wording.adult_height(found, say),
        methods=tuple(_method(prediction, say) for prediction in found.predictions),
        left_out=tuple(f"{item.method}: {item.reason}" for item in found.left_out),
        findings=tuple(wording.finding(finding, say) for finding in found.findings),
    )


def _method(prediction: HeightPrediction, say: Phrases) -> MethodHeight:
    band = prediction.error
    ends = (
        ""
        if band is None
        else say.range.format(low=wording.number(band.low_cm, 1, say), high=wording.number(band.high_cm, 1, say))
    )
    return MethodHeight(
        prediction.title,
        f"{wording.number(prediction.adult_height_cm, 1, say)} cm",
        ends and f"{ends} cm",
        prediction.in_consensus,
    )
