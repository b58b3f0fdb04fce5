"""The bones in the JSON of an assessment: what is seen of each, its stage and age, and the ages of the stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

import cv2
import numpy as np
from pydantic import Field

from openboneage.assess.distribution import AgeInterval
from openboneage.assess.parts import Record
from openboneage.bones.ages import AgeEstimate, estimate_of
from openboneage.bones.carpals import CarpalMeasures
from openboneage.bones.cortex import CortexMeasures
from openboneage.bones.epiphysis import EpiphysisMeasures
from openboneage.bones.names import RUS
from openboneage.bones.outlines import Reason
from openboneage.bones.reading import BoneFinding, SeenHand, StagedHand
from openboneage.clinical.curve import AgeState
from openboneage.clinical.maturity import Maturity
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.table_files import FloatArray
from openboneage.hand.geometry import Points
from openboneage.quantities import FourDecimals, NotNegative, OneDecimal, Positive, Share, TwoDecimals
from openboneage.subject import Sex

CLOSE_PX = 0.5
"""Corners of an outline that lie closer than this to the line between others are left out."""

BoneName = Literal["radius", "ulna", "mc1", "mc3", "mc5", "pp1", "pp3", "pp5", "mp3", "mp5", "dp1", "dp3", "dp5"]
Months = Annotated[NotNegative, OneDecimal]
Pixels = Annotated[float, OneDecimal]
Ratio = Annotated[float, TwoDecimals]
RoundedShare = Annotated[Share, FourDecimals]
Millimetres = Annotated[Positive, TwoDecimals]


class BoneMeasures(Record):
    """Measures of an epiphysis; ratios are shares of the width of the metaphysis, see `docs/bones.md`."""

    metaphysis_mm: Millimetres | None = Field(description="Width of the metaphysis in mm; null where the spacing is not known.")
    epiphysis_mm: Millimetres | None = Field(description="Width of the epiphysis in mm; null where the spacing is not known.")
    width: Ratio = Field(description="Width of the epiphysis over that of the metaphysis.")
    height: Ratio = Field(description="Height of the epiphysis along the shaft.")
    thumb_overhang: Ratio = Field(description="How far the epiphysis reaches beyond the shaft towards the thumb.")
    small_overhang: Ratio = Field(description="The same towards the little finger.")
    thumb_cap: Ratio = Field(description="How far the corner towards the thumb reaches down beside the shaft.")
    small_cap: Ratio = Field(description="The same towards the little finger.")
    concavity: Ratio = Field(description="Hollow of the edge away from the shaft, in widths of the epiphysis.")
    gap: Ratio = Field(description="Width of the growth plate.")
    open_share: Ratio = Field(description="Share of the growth plate that is open: 1 open, 0 fused.")

    @classmethod
    def of(cls, measures: EpiphysisMeasures) -> Self:
        """The published measures of a bone."""
        names = cls.model_fields.keys() - {"metaphysis_mm", "epiphysis_mm"}
        return cls(
            metaphysis_mm=measures.millimetres(1.0),
            epiphysis_mm=measures.millimetres(measures.width),
            **{name: getattr(measures, name) for name in names},
        )


class SeenBone(Record):
    """What is seen of one of the 13 bones."""

    bone: BoneName = Field(description="Name of the bone: `mc`, `pp`, `mp`, `dp` with the digit from the thumb, 1.")
    missing: Reason | None = Field(description="Why the bone was not found; null if its joint was.")
    box_px: tuple[Pixels, Pixels, Pixels, Pixels] | None = Field(
        description="Left, top, right and bottom of its joint region in film pixels; null if it was not found."
    )
    outline_px: tuple[tuple[Pixels, Pixels], ...] | None = Field(
        description="Outline of its epiphysis in film pixels, x then y; null if none was outlined."
    )
    measures: BoneMeasures | None = Field(description="Measures of the epiphysis; null if they could not be taken.")

    @classmethod
    def of(cls, finding: BoneFinding) -> Self:
        """The record of a bone."""
        return cls(
            bone=finding.bone,  # type: ignore[arg-type]
            missing=finding.missing,
            box_px=finding.box.bounds_px if finding.box else None,
            outline_px=_corners(finding.outline.polygon_px) if finding.outline else None,
            measures=BoneMeasures.of(finding.measured.measures) if finding.measured else None,
        )


class BoneAge(Record):
    """An age with its 90 % interval."""

    months: Months = Field(description="The age, in months.")
    low_months: Months = Field(description="Lower end of its interval.")
    high_months: Months = Field(description="Upper end of its interval.")

    @classmethod
    def of(cls, age: AgeEstimate) -> Self:
        """The record of an age."""
        return cls(months=age.age_months, low_months=age.low_months, high_months=age.high_months)


class StagedBone(Record):
    """Stage and age of one of the 13 bones."""

    bone: BoneName = Field(description="Name of the bone.")
    stage: str | None = Field(description="Most probable TW3 stage, `A` to `I`; null if the bone is missing.")
    stage_probabilities: Mapping[str, RoundedShare] = Field(description="Probability of each TW3 stage; empty if missing.")
    level: str | None = Field(description="Most probable RUS-CHN level, `0` to `14`; null if the bone is missing.")
    level_probabilities: Mapping[str, RoundedShare] = Field(description="Probability of each RUS-CHN level; empty if missing.")
    age: BoneAge | None = Field(description="Own age of the bone; null if it is missing.")

    @classmethod
    def of(cls, finding: BoneFinding) -> Self:
        """The record of a bone."""
        return cls(
            bone=finding.bone,  # type: ignore[arg-type]
            stage=finding.stage,
            stage_probabilities=_shares("tw3", finding.bone, finding.stages),
            level=finding.level,
            level_probabilities=_shares("rus-chn", finding.bone, finding.levels),
            age=BoneAge.of(finding.age) if finding.age else None,
        )


class ScaleAge(Record):
    """Total score of the 13 bones by a standard, and its age."""

    score: int = Field(ge=0, le=1000, description="Total score, the median of its distribution.")
    score_low: int = Field(ge=0, le=1000, description="Lower end of its interval.")
    score_high: int = Field(ge=0, le=1000, description="Upper end of its interval.")
    state: AgeState = Field(description="`age`; `below` or `mature` where the score lies beyond the table.")
    age: BoneAge = Field(
        description="Age of the score; where it lies beyond the table, the end of the table; the interval is open there."
    )
    coverage: Share = Field(description="Nominal coverage of the intervals.")

    @property
    def age_interval(self) -> AgeInterval:
        """The interval of the age."""
        return AgeInterval(self.age.low_months, self.age.high_months, self.coverage)

    @classmethod
    def of(cls, maturity: Maturity) -> Self:
        """The record of a standard."""
        return cls(
            score=maturity.score,
            score_low=maturity.score_low,
            score_high=maturity.score_high,
            state=maturity.age.state,
            age=BoneAge.of(estimate_of(maturity, maturity.standard)),
            coverage=maturity.coverage,
        )


class Percentiles(Record):
    """The RUS-CHN score among children of the same age and sex."""

    score: str = Field(description="Range of percentiles of the score, such as `P25 to P50`.")
    score_low: str = Field(description="The same of the lower end of its interval.")
    score_high: str = Field(description="The same of the upper end.")


class StagedBones(Record):
    """Stages and ages of the bones, for one sex."""

    sex: Literal[Sex.FEMALE, Sex.MALE] = Field(description="The sex that they hold for.")
    bones: tuple[StagedBone, ...] = Field(min_length=len(RUS), max_length=len(RUS), description="The 13 bones.")
    tw3: ScaleAge | None = Field(description="TW3 score and age; null if too many bones are missing.")
    rus_chn: ScaleAge | None = Field(description="RUS-CHN score and age; null if too many bones are missing.")
    percentiles: Percentiles | None = Field(
        description="Percentiles of the RUS-CHN score; null where the age is not known or the chart does not cover it."
    )
    carpal_age: BoneAge | None = Field(description="Age by the carpal bones that have ossified; null without a wrist.")

    @classmethod
    def of(cls, staged: StagedHand) -> Self:
        """The record of a hand."""
        ages = staged.ages
        percentile = None
        if ages and ages.percentile and ages.percentile_low and ages.percentile_high:
            percentile = Percentiles(score=ages.percentile, score_low=ages.percentile_low, score_high=ages.percentile_high)
        return cls(
            sex=staged.sex,  # type: ignore[arg-type]
            bones=tuple(map(StagedBone.of, staged.bones)),
            tw3=ScaleAge.of(ages.tw3) if ages else None,
            rus_chn=ScaleAge.of(ages.rus_chn) if ages else None,
            percentiles=percentile,
            carpal_age=BoneAge.of(staged.carpal_age) if staged.carpal_age else None,
        )


class Carpals(Record):
    """The carpal bones; areas and ratios are those of their outlines."""

    seen: tuple[str, ...] = Field(description="Names of those that are identified.")
    others: int = Field(ge=0, description="Number of those that are not identified.")
    area_mm2: Annotated[NotNegative, OneDecimal] | None = Field(description="Area of all; null where the spacing is not known.")
    capitate_hamate_ratio: Ratio | None = Field(description="Area of the capitate over that of the hamate; null without both.")

    @classmethod
    def of(cls, carpals: CarpalMeasures, others: int) -> Self:
        """The record of the carpal bones."""
        area = carpals.square_millimetres(carpals.total_area)
        return cls(seen=tuple(carpals.sizes), others=others, area_mm2=area, capitate_hamate_ratio=carpals.area_ratio)


class Cortex(Record):
    """Cortical indices of metacarpals 2 to 4, means of those that could be measured."""

    metacarpals: tuple[str, ...] = Field(description="The metacarpals.")
    metacarpal_index: Ratio = Field(description="Both cortices over the width of the shaft.")
    bone_health_index: Ratio | None = Field(description="Bone health index; null where the spacing is not known.")

    @classmethod
    def of(cls, cortex: CortexMeasures) -> Self:
        """The record of the metacarpals."""
        names, health = tuple(cortex.metacarpals), cortex.bone_health_index
        return cls(metacarpals=names, metacarpal_index=cortex.thickness_index, bone_health_index=health)


class Bones(Record):
    """The bones of a hand."""

    seen: tuple[SeenBone, ...] = Field(min_length=len(RUS), max_length=len(RUS), description="What is seen of the 13 bones.")
    carpals: Carpals = Field(description="The carpal bones.")
    cortex: Cortex | None = Field(description="Metacarpal shafts; null if none could be measured.")
    staged: tuple[StagedBones, ...] = Field(
        min_length=1, max_length=2, description="Stages and ages; for a girl and for a boy where the sex is unknown."
    )

    @classmethod
    def of(cls, seen: SeenHand, staged: tuple[StagedHand, ...]) -> Self:
        """The record of a hand."""
        return cls(
            seen=tuple(map(SeenBone.of, staged[0].bones)),
            carpals=Carpals.of(seen.carpals, len(seen.outlines.unidentified)),
            cortex=Cortex.of(seen.cortex) if seen.cortex else None,
            staged=tuple(map(StagedBones.of, staged)),
        )


def _shares(standard: str, bone: str, shares: FloatArray | None) -> dict[str, float]:
    if shares is None:
        return {}
    return dict(zip(scoring_method(standard).stages(bone), np.clip(shares, 0, 1).tolist(), strict=True))


def _corners(polygon: Points) -> tuple[tuple[float, float], ...]:
    """The corners of an outline that show its shape."""
    kept = cv2.approxPolyDP(polygon.astype(np.float32), CLOSE_PX, True).reshape(-1, 2)
    return tuple((float(x), float(y)) for x, y in kept)
