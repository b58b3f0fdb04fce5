"""The assessment: one frozen value that every report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from openboneage.assess.distribution import AgeDistribution
from openboneage.clinical.greulich_pyle import Comparison
from openboneage.findings import Finding
from openboneage.hand.measures import Measures
from openboneage.hand.quality import Verdict
from openboneage.subject import Laterality, Subject
from openboneage.weights.card import Card

SCHEMA_VERSION = 1
RESEARCH_USE = "Research use only, not a medical device."


@dataclass(frozen=True)
class FilmFacts:
    """What is known of the file. It holds no patient's name or identifier.

    Attributes:
        name: File name without its folder.
        sha256: Checksum of its bytes.
        format: Container.
        bits: Bits per sample.
        height_px: Rows.
        width_px: Columns.
        spacing_mm: `(row, column)` spacing in mm, or None.
        spacing_source: Attribute that gave the spacing, or None.
    """

    name: str
    sha256: str
    format: str
    bits: int
    height_px: int
    width_px: int
    spacing_mm: tuple[float, float] | None
    spacing_source: str | None


@dataclass(frozen=True)
class Pose:
    """How the hand lay on the film.

    Attributes:
        inverted: Whether bones were dark.
        rotation_degrees: Clockwise turn from upright.
        mirrored: Whether the hand was mirrored to a left hand.
        laterality: Side of the hand.
        laterality_source: `file` or `image`.
    """

    inverted: bool
    rotation_degrees: float
    mirrored: bool
    laterality: Laterality
    laterality_source: str


@dataclass(frozen=True)
class ModelFacts:
    """Which weights spoke."""

    name: str
    version: str
    sha256: str

    @classmethod
    def of(cls, card: Card) -> ModelFacts:
        """The facts of a card."""
        return cls(card.name, card.version, card.sha256)

    def __str__(self) -> str:
        """Name and version, and enough of the checksum to tell weights of the same version apart."""
        return f"{self.name} {self.version} ({self.sha256[:8]})"


@dataclass(frozen=True)
class Assessment:
    """What the program says of one film.

    Attributes:
        verdict: Whether the film was accepted.
        bone_age: The bone age; None where the film was rejected.
        comparison: The bone age against what is normal at the chronological age; None where sex or age is not known, or the
            normal range does not hold the age.
        findings: What a clinician should look at, reasons of a rejection among them.
        film: The file.
        subject: The child.
        pose: How the hand lay.
        quality: Measures behind the verdict.
        models: Weights that spoke.
        seconds: Time of each stage in seconds.
        version: Version of the program.
    """

    verdict: Verdict
    bone_age: AgeDistribution | None
    comparison: Comparison | None
    findings: tuple[Finding, ...]
    film: FilmFacts
    subject: Subject
    pose: Pose
    quality: Measures
    models: tuple[ModelFacts, ...]
    seconds: Mapping[str, float]
    version: str

    def to_json(self) -> dict[str, Any]:
        """The assessment as plain values, in the form of `report/assessment.schema.json`; ages in months."""
        return {
            "schema_version": SCHEMA_VERSION,
            "program": {"name": "openboneage", "version": self.version},
            "notice": RESEARCH_USE,
            "verdict": str(self.verdict),
            "bone_age": None if self.bone_age is None else _age_json(self.bone_age),
            "comparison": None if self.comparison is None else _comparison_json(self.comparison),
            "findings": [{key: str(value) for key, value in asdict(finding).items()} for finding in self.findings],
            "film": {**asdict(self.film), "spacing_mm": None if self.film.spacing_mm is None else list(self.film.spacing_mm)},
            "subject": {**asdict(self.subject), "sex": str(self.subject.sex)},
            "pose": {**asdict(self.pose), "laterality": str(self.pose.laterality)},
            "quality": asdict(self.quality),
            "models": [asdict(model) for model in self.models],
            "seconds": {stage: round(seconds, 4) for stage, seconds in self.seconds.items()},
        }


def _age_json(age: AgeDistribution) -> dict[str, Any]:
    return {
        "scale": "Greulich-Pyle",
        "mean_months": round(age.mean_months, 2),
        "sd_months": round(age.sd_months, 2),
        "interval": {
            "low_months": round(age.low_months, 2),
            "high_months": round(age.high_months, 2),
            "coverage": age.coverage,
        },
        "distribution": [round(float(p), 6) for p in age.probabilities],
    }


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "reference": str(comparison.normal.reference),
        "mean_months": round(comparison.normal.mean_months, 2),
        "sd_months": round(comparison.normal.sd_months, 2),
        "sds": round(comparison.sds, 2),
        "verdict": str(comparison.verdict),
        "sd_limit": comparison.sd_limit,
    }
