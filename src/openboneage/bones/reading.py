"""The 13 bones of a hand: found, measured, staged, each with its own age; the ages of the hand that follow.

What is seen on the film (`SeenHand`) does not depend on the sex of the child; stages and ages (`StagedHand`) do. Where the
model set has a bone stager, levels and age of a bone are the network's, and the measures explain them; without one they follow
from the measures and the other bones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from openboneage.bones.ages import (
    AgeEstimate,
    StageAges,
    age_discordances,
    bone_discordances,
    carpal_age,
    carpal_discordances,
    estimate_of,
    stage_ages,
    tw_shares,
)
from openboneage.bones.carpals import CarpalMeasures, measure_carpals
from openboneage.bones.cortex import CortexMeasures, measure_cortex
from openboneage.bones.criteria import level_likelihood, levels_of_hand, own_age, unseen_likelihood
from openboneage.bones.epiphysis import MeasuredEpiphysis, measure_epiphyses
from openboneage.bones.find import find_bones
from openboneage.bones.finder_card import BoneFinderSpecification
from openboneage.bones.maps import IDENTIFIED
from openboneage.bones.names import REGION_OF, RUS
from openboneage.bones.outlines import BoneOutline, HandOutlines, JointBox, Reason
from openboneage.bones.stager import BoneReading, read_bones
from openboneage.bones.stager_card import StagerSpecification
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.table_files import FloatArray
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.runtime import Model

WIDEST, NARROWEST, LEAST_CONTRAST = 1.7, 0.05, 2.0
"""Width of an epiphysis over its metaphysis, and contrast, beyond which the shaft was not found: the measures do not count."""
NORMAL_90 = 1.645
"""Half of the 90 % interval of a normal distribution, in standard deviations."""


@dataclass(frozen=True, eq=False)
class SeenHand:
    """What is seen of the bones of a hand.

    Attributes:
        hand: The hand.
        outlines: Outlines and boxes of everything that was found.
        measured: Measures of the bones of `RUS` that are outlined and whose shaft was found.
        carpals: Measures of the carpal bones.
        cortex: Measures of the metacarpal shafts; None if there are none.
    """

    hand: StandardHand
    outlines: HandOutlines
    measured: Mapping[str, MeasuredEpiphysis]
    carpals: CarpalMeasures
    cortex: CortexMeasures | None

    @cached_property
    def likelihood(self) -> Mapping[str, FloatArray]:
        """Likelihood of each RUS-CHN level, from 0 on, of each bone whose joint was found, from what is seen of it."""
        found = {}
        for bone in RUS:
            if bone in self.measured:
                found[bone] = level_likelihood(self.measured[bone].measures)
            elif bone not in self.outlines.bones and bone not in self.outlines.missing_rus:
                found[bone] = unseen_likelihood(bone)
        return found


@dataclass(frozen=True, eq=False)
class BoneFinding:
    """One of the 13 bones; arrays are read-only.

    Attributes:
        bone: Its name.
        outline: Its epiphysis on the film; None if none was outlined.
        box: The region of its joint on the film; None if it was not found.
        missing: Why the joint was not found; None if it was. A missing bone has no levels.
        measured: Measures of the epiphysis; None if it was not outlined, or its shaft was not found.
        levels: Probability of each RUS-CHN level from 0 on.
        stages: Probability of each TW3 stage.
        age: Own age of the bone.
    """

    bone: str
    outline: BoneOutline | None
    box: JointBox | None
    missing: Reason | None
    measured: MeasuredEpiphysis | None
    levels: FloatArray | None
    stages: FloatArray | None
    age: AgeEstimate | None

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        for array in (self.levels, self.stages):
            if array is not None:
                array.setflags(write=False)

    @property
    def level(self) -> str | None:
        """The most probable RUS-CHN level."""
        return None if self.levels is None else scoring_method("rus-chn").stages(self.bone)[int(self.levels.argmax())]

    @property
    def stage(self) -> str | None:
        """The most probable TW3 stage."""
        return None if self.stages is None else scoring_method("tw3").stages(self.bone)[int(self.stages.argmax())]


@dataclass(frozen=True, eq=False)
class StagedHand:
    """Stages and ages of the bones of a hand, for one sex.

    Attributes:
        sex: The sex.
        bones: The 13 bones, in the order of `RUS`.
        ages: TW3 and RUS-CHN ages; None if too many bones are missing.
        carpal_age: Age by the carpal bones that have ossified; None if the wrist was not found.
        findings: What a reader should check.
    """

    sex: Sex
    bones: tuple[BoneFinding, ...]
    ages: StageAges | None
    carpal_age: AgeEstimate | None
    findings: tuple[Finding, ...]


def see_bones(hand: StandardHand, finder: Model[BoneFinderSpecification]) -> SeenHand:
    """Find and measure the bones of a hand."""
    outlines, spacing_mm = find_bones(hand, finder), _spacing_mm(hand)
    measured = {
        bone: each
        for bone, each in measure_epiphyses(hand.film, outlines, RUS, spacing_mm).items()
        if NARROWEST < each.measures.width < WIDEST and each.measures.contrast > LEAST_CONTRAST
    }
    return SeenHand(
        hand, outlines, measured, measure_carpals(outlines, spacing_mm), measure_cortex(hand.film, outlines, spacing_mm)
    )


def _spacing_mm(hand: StandardHand) -> float | None:
    spacing = hand.radiograph.spacing_mm
    return None if spacing is None else float(np.sqrt(spacing[0] * spacing[1]))


def stage_bones(
    seen: SeenHand,
    sex: Sex,
    stager: Model[StagerSpecification] | None = None,
    age_months: float | None = None,
    whole_hand: AgeEstimate | None = None,
) -> StagedHand:
    """Stage the bones of a hand, and read the ages that follow.

    Args:
        seen: The bones.
        sex: Sex of the child.
        stager: Reads level and age of each bone from its crop; None uses the measures alone.
        age_months: Chronological age, for percentiles.
        whole_hand: Age of the whole hand, which those of the bones are compared with.

    Raises:
        InputError: The sex is unknown.
    """
    readings = read_bones(seen.hand, seen.outlines, sex, stager) if stager else {}
    levels = levels_of_hand(seen.likelihood, sex) | {bone: reading.levels for bone, reading in readings.items()}
    present = {bone: levels[bone] for bone in RUS if bone not in seen.outlines.missing_rus}
    bones = tuple(_finding(seen, bone, present.get(bone), _age(bone, seen.likelihood, readings, sex)) for bone in RUS)
    carpal = _carpal_age(seen.outlines, sex)
    try:
        ages = stage_ages(sex, present, age_months)
    except RefusedError as error:
        missing = (Finding("bones-missing", Severity.WARNING, str(error)),)
        return StagedHand(sex, bones, None, carpal, (*missing, *_bone_findings(bones)))
    findings = (
        *(each for each in ages.rus_chn.findings if each.code == "bones-missing"),
        *(age_discordances(whole_hand, _of_stages(ages)) if whole_hand else ()),
        *(carpal_discordances(_of_stages(ages)[0], carpal) if carpal else ()),
        *_bone_findings(bones),
    )
    return StagedHand(sex, bones, ages, carpal, findings)


def _age(bone: str, likelihood: Mapping[str, FloatArray], readings: Mapping[str, BoneReading], sex: Sex) -> AgeEstimate | None:
    """The bone's own age: that of the network, else of its levels."""
    if bone in readings:
        reading = readings[bone]
        half = NORMAL_90 * reading.age_sd_months
        return AgeEstimate(bone, reading.age_months, max(reading.age_months - half, 0.0), reading.age_months + half)
    return AgeEstimate(bone, *own_age(bone, likelihood[bone], sex)) if bone in likelihood else None


def _finding(seen: SeenHand, bone: str, levels: FloatArray | None, age: AgeEstimate | None) -> BoneFinding:
    outlines, region = seen.outlines, REGION_OF[bone]
    return BoneFinding(
        bone=bone,
        outline=outlines.bones.get(bone),
        box=outlines.joints.get(region),
        missing=outlines.missing_joints.get(region),
        measured=seen.measured.get(bone),
        levels=levels,
        stages=None if levels is None else tw_shares(bone, levels),
        age=age,
    )


def _of_stages(ages: StageAges) -> tuple[AgeEstimate, AgeEstimate]:
    return estimate_of(ages.tw3, "the TW3 stages"), estimate_of(ages.rus_chn, "the RUS-CHN levels")


def _bone_findings(bones: tuple[BoneFinding, ...]) -> tuple[Finding, ...]:
    return bone_discordances([bone.age for bone in bones if bone.age is not None])


def _carpal_age(outlines: HandOutlines, sex: Sex) -> AgeEstimate | None:
    """The age by the carpal bones that have a name; beside others, one of them that is not found may be among those."""
    if "wrist" not in outlines.joints:
        return None
    seen = {bone for bone in IDENTIFIED if bone in outlines.bones}
    unseen = set() if outlines.unidentified else {*IDENTIFIED} - seen
    return carpal_age(sex, seen, unseen) if seen or unseen else None
