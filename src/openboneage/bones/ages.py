"""From the probabilities of the levels of the 13 bones to TW3 and RUS-CHN ages with intervals; ages of a hand that disagree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from openboneage.clinical.curve import AgeState
from openboneage.clinical.maturity import Maturity, assess_probabilities
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import score_percentiles, tw_stage
from openboneage.clinical.table_files import FloatArray, known_sex, load_table
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex, format_age

COVERAGE = 0.9
CORRELATION = 0.5
"""Correlation of the errors of two bones of a hand (`docs/bones.md`)."""
DISCORDANT_MONTHS = 24.0
"""Two ages of a hand disagree if their intervals are apart and they differ by at least this much. A rule of this program."""
LAST_MONTHS = 228


@dataclass(frozen=True)
class StageAges:
    """The ages that the stages of the 13 bones give.

    Attributes:
        tw3: Score and age by TW3.
        rus_chn: Score and age by RUS-CHN.
        percentile: Range of percentiles of the RUS-CHN score among children of the same age, such as `P25 to P50`; None if the
            age is not known or the chart does not cover it.
        percentile_low: The range of the lower end of the score's interval.
        percentile_high: The range of the upper end.
    """

    tw3: Maturity
    rus_chn: Maturity
    percentile: str | None
    percentile_low: str | None
    percentile_high: str | None


@dataclass(frozen=True)
class AgeEstimate:
    """An age of a hand with its interval, in months.

    Attributes:
        source: What it comes from, in a finding's words, such as `the whole hand`.
        age_months: The age.
        low_months: Lower end of its interval.
        high_months: Upper end of its interval.
    """

    source: str
    age_months: float
    low_months: float
    high_months: float

    def __post_init__(self) -> None:
        """Check the order of the ages.

        Raises:
            InputError: The age does not lie in its interval.
        """
        if not self.low_months <= self.age_months <= self.high_months:
            raise InputError(
                f"Expected the age of {self.source} within its interval, got {self.age_months:.1f} outside "
                f"{self.low_months:.1f} to {self.high_months:.1f} months."
            )


def stage_ages(sex: Sex, levels: Mapping[str, FloatArray], age_months: float | None = None) -> StageAges:
    """Ages of a hand from the probabilities of its levels.

    Args:
        sex: Sex of the child; `clinical.either_sex` gives both results for an unknown one.
        levels: For each bone the probability of each of its RUS-CHN levels from 0 on; a bone that is left out is missing.
        age_months: Chronological age, for the percentiles.

    Raises:
        InputError: The sex is unknown, there is no such bone, or the numbers are no probabilities.
        RefusedError: Too many bones are missing.
    """
    stages = {bone: tw_shares(bone, shares) for bone, shares in levels.items()}
    tw3, chinese = (
        assess_probabilities(scoring_method(name), sex, shares, COVERAGE, CORRELATION)
        for name, shares in (("tw3", stages), ("rus-chn", levels))
    )
    scores = (chinese.score, chinese.score_low, chinese.score_high)
    try:
        chart = None if age_months is None else score_percentiles(sex, age_months)
    except RefusedError:
        chart = None
    return StageAges(tw3, chinese, *(None if chart is None else chart.place(score) for score in scores))


def tw_shares(bone: str, levels: FloatArray) -> FloatArray:
    """Probability of each TW3 stage of a bone, from the probabilities of its RUS-CHN levels.

    Raises:
        InputError: RUS-CHN has no such bone, or it has another number of levels.
    """
    names = scoring_method("rus-chn").stages(bone)
    if len(levels) != len(names):
        raise InputError(f"Expected {len(names)} probabilities for {bone}, one for each RUS-CHN level, got {len(levels)}.")
    stages = scoring_method("tw3").stages(bone)
    shares = np.zeros(len(stages))
    for level, share in zip(names, levels, strict=True):
        shares[stages.index(tw_stage(bone, level))] += share
    return shares


def estimate_of(maturity: Maturity, source: str) -> AgeEstimate:
    """The age of a score and its interval.

    The age is the end of its table where the score lies beyond it; there the interval reaches to 0 or to 19 years.
    """
    low = 0.0 if maturity.age_low.state is AgeState.BELOW else maturity.age_low.limit_months
    high = LAST_MONTHS if maturity.age_high.state is AgeState.MATURE else maturity.age_high.limit_months
    return AgeEstimate(source, maturity.age.limit_months, low, float(high))


def age_discordances(hand: AgeEstimate, others: Iterable[AgeEstimate]) -> tuple[Finding, ...]:
    """A finding for each age that disagrees with that of the whole hand."""
    return tuple(finding for other in others for finding in _disagree("ages-discordant", hand, other))


def carpal_discordances(rus: AgeEstimate, carpal: AgeEstimate) -> tuple[Finding, ...]:
    """A finding if the carpal bones disagree with radius, ulna and short bones."""
    return _disagree("carpal-discordant", rus, carpal)


def bone_discordances(ages: Iterable[AgeEstimate]) -> tuple[Finding, ...]:
    """A finding for each bone whose own age is far from the median of the other bones, which lies outside its interval.

    Args:
        ages: Own age of each bone; the source is its name.
    """
    findings, ages = [], tuple(ages)
    for bone in ages:
        others = [other.age_months for other in ages if other is not bone]
        median = float(np.median(others)) if others else bone.age_months
        difference = bone.age_months - median
        if abs(difference) >= DISCORDANT_MONTHS and not bone.low_months <= median <= bone.high_months:
            message = f"The age of {bone.source}, {format_age(bone.age_months)}, is {_apart(difference)} the other bones."
            findings.append(Finding("bone-discordant", Severity.NOTE, message))
    return tuple(findings)


def carpal_age(sex: Sex, seen: Collection[str], unseen: Collection[str]) -> AgeEstimate:
    """Age of the carpal bones from the centres that have ossified.

    Each centre is present with a logistic probability of the age, from the calibration of the Fels method
    (`ossification_center_appearance.csv`); all ages from 0 to 19 years are equally probable before.

    Args:
        sex: Sex of the child.
        seen: Carpal bones that are seen.
        unseen: Carpal bones whose place is visible, and that are not seen. Bones that are in neither are left out.

    Raises:
        InputError: The sex is unknown, no bone is given, or the table has no such bone.
    """
    rows = {row["bone"]: row for row in load_table("ossification_center_appearance.csv").where(sex=known_sex(sex)).rows
            if row["statistic"] == "median (logistic)"}  # fmt: skip
    unknown = sorted({*seen, *unseen} - rows.keys())
    if unknown or not (seen or unseen):
        raise InputError(f"Expected carpal bones of the table of ossification centres, got {', '.join(unknown) or 'none'}.")
    months = np.arange(LAST_MONTHS + 1.0)
    likelihood = np.ones(len(months))
    for bone in (*seen, *unseen):
        middle, late = float(rows[bone]["p50_months"]), float(rows[bone]["p95_months"])
        present = 1 / (1 + np.exp(-np.log(19) * (months - middle) / (late - middle)))
        likelihood *= present if bone in seen else 1 - present
    cumulated = np.cumsum(likelihood) / likelihood.sum()
    low, middle, high = (float(np.interp(share, cumulated, months)) for share in (0.05, 0.5, 0.95))
    return AgeEstimate("the carpal bones", middle, low, high)


def _disagree(code: str, first: AgeEstimate, second: AgeEstimate) -> tuple[Finding, ...]:
    difference = second.age_months - first.age_months
    overlap = first.low_months <= second.high_months and second.low_months <= first.high_months
    if overlap or abs(difference) < DISCORDANT_MONTHS:
        return ()
    message = f"The age of {second.source}, {format_age(second.age_months)}, is {_apart(difference)} {first.source}."
    return (Finding(code, Severity.WARNING, message),)


def _apart(difference_months: float) -> str:
    return f"{abs(difference_months):.0f} months {'ahead of' if difference_months > 0 else 'behind'}"
