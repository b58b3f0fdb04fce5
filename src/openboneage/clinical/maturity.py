"""From the stages of bones, known or as probabilities, to a maturity score and a bone age.

If the errors of the bones are independent, the distribution of the total is the convolution of theirs. Readers and networks
make correlated errors on the bones of a film, which widens the interval: with a correlation, the bones share a normal factor (a
one-factor Gaussian copula; Vasicek, Risk 2002; 15:160-162).

A missing bone may be in any stage from one below the least mature of the other bones to one above the most mature, with equal
probability. Bones are compared by their score divided by their highest score: Tanner and Whitehouse chose the scores so that
the bones of one hand agree as well as possible (Tanner et al., Assessment of Skeletal Maturity and Prediction of Adult
Height, 2nd ed., 1983). The age of a single bone is the median age of a hand whose bones are all as mature as this one, on the
same scale. No source prints such ages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openboneage.clinical.curve import ADULT_SCORE, AgeReading
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.clinical.table_files import FloatArray, known_sex
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex

MAX_MISSING_SHARE = 0.25
"""Largest share of the adult score that missing bones may have: radius or ulna, or about four small bones. Our own rule."""

OUT_OF_STEP_MONTHS = 72.0
"""A bone this far from the age of its hand gets a warning; bones of one stage differ by less. A rule of this program."""

_SUM_TOLERANCE = 0.01
_FACTOR_NODES = 15
_NO_MASS = 1e-9  # totals less probable than this are left out of the distribution


@dataclass(frozen=True)
class BoneMaturity:
    """One bone of a hand.

    Attributes:
        bone: Name of the bone.
        stage: Its most likely stage.
        probability: Probability of that stage, 0 to 1.
        score: Score of that stage.
        age: Median age of a hand whose bones are all as mature as this one.
    """

    bone: str
    stage: str
    probability: float
    score: int
    age: AgeReading


@dataclass(frozen=True)
class ScoreProbability:
    """A possible total score, its probability, and its age."""

    score: int
    probability: float
    age: AgeReading


@dataclass(frozen=True)
class Maturity:
    """Maturity of a hand by one standard.

    Attributes:
        standard: Name of the standard.
        sex: Sex whose table was used.
        score: Total maturity score, 0 to 1000; the median of its distribution where stages are uncertain or missing.
        score_low: Lower end of the interval of the score.
        score_high: Upper end of the interval of the score.
        age: Age of the score.
        age_low: Age of the lower end.
        age_high: Age of the upper end.
        coverage: Nominal probability of the interval, 0 to 1. Where all stages are known, both ends equal the score; missing
            bones widen the interval to all of their plausible stages.
        bones: The bones that were given, in the order of the standard.
        missing: Bones that were not given.
        distribution: Every possible total, rising; those with a probability below 1e-9 are left out. The plausible stages of a
            missing bone have equal probabilities.
        findings: Findings on the tables, missing bones and bones that do not fit the others.
    """

    standard: str
    sex: Sex
    score: int
    score_low: int
    score_high: int
    age: AgeReading
    age_low: AgeReading
    age_high: AgeReading
    coverage: float
    bones: tuple[BoneMaturity, ...]
    missing: tuple[str, ...]
    distribution: tuple[ScoreProbability, ...]
    findings: tuple[Finding, ...]


def assess_stages(standard: ScoringMethod, sex: Sex, stages: Mapping[str, str]) -> Maturity:
    """Assess a hand whose stages are known.

    Args:
        standard: The standard, such as `scoring_method("tw3")`.
        sex: Sex of the child.
        stages: Stage of each bone, such as `{"radius": "G"}`; a bone that is left out is missing.

    Raises:
        InputError: The sex is unknown, or the standard has no such bone or stage.
        RefusedError: Too many bones are missing.
    """
    probabilities = {}
    for bone, stage in stages.items():
        known = standard.known_stage(bone, stage)
        probabilities[bone] = [float(known == name) for name in standard.stages(bone)]
    return assess_probabilities(standard, sex, probabilities)


def assess_probabilities(
    standard: ScoringMethod,
    sex: Sex,
    probabilities: Mapping[str, Sequence[float] | FloatArray],
    coverage: float = 0.9,
    correlation: float = 0.0,
) -> Maturity:
    """Assess a hand whose stages are given as probabilities.

    Args:
        standard: The standard, such as `scoring_method("rus-chn")`.
        sex: Sex of the child.
        probabilities: For each bone the probability of each of its stages, in the order of `standard.stages(bone)`; a bone that
            is left out is missing.
        coverage: Probability of the interval, over 0 and below 1.
        correlation: Correlation of the errors of two bones, 0 to below 1.

    Raises:
        InputError: The sex is unknown, the standard has no such bone, the numbers are no probabilities of its stages, or
            coverage or correlation is out of range.
        RefusedError: Too many bones are missing.
    """
    known_sex(sex)
    if not 0 < coverage < 1:
        raise InputError(f"The coverage of an interval lies between 0 and 1, got {coverage}.")
    if not 0 <= correlation < 1:
        raise InputError(f"The correlation of errors is at least 0 and below 1, got {correlation}.")
    given = _in_order(standard, probabilities)
    bones = tuple(_bone(standard, sex, bone, shares) for bone, shares in given.items())
    missing = tuple(bone for bone in standard.bones if bone not in given)
    _refuse_too_many(standard, sex, missing)
    seen = _mixed_total(standard, sex, given, correlation)
    unseen = {bone: _plausible_scores(standard, sex, bone, bones) for bone in missing}
    total = _total([seen, *(_equally_probable(scores) for scores in unseen.values())])
    low = _quantile(seen, (1 - coverage) / 2) + sum(min(scores) for scores in unseen.values())
    high = _quantile(seen, (1 + coverage) / 2) + sum(max(scores) for scores in unseen.values())
    curve = standard.curves[sex]
    middle = _quantile(total, 0.5)
    age = curve.read(middle)
    return Maturity(
        standard=standard.name,
        sex=sex,
        score=middle,
        score_low=low,
        score_high=high,
        age=age,
        age_low=curve.read(low),
        age_high=curve.read(high),
        coverage=coverage,
        bones=bones,
        missing=missing,
        distribution=tuple(
            ScoreProbability(int(s), float(total[s]), curve.read(int(s))) for s in np.flatnonzero(total > _NO_MASS)
        ),
        findings=(*_missing_findings(standard, sex, missing), *_out_of_step(bones, age), *standard.findings(sex)),
    )


def _in_order(standard: ScoringMethod, probabilities: Mapping[str, Sequence[float] | FloatArray]) -> dict[str, FloatArray]:
    """Check the probabilities and bring them into the order of the standard's bones; each bone's sum to 1."""
    named: dict[str, FloatArray] = {}
    for word, values in probabilities.items():
        bone = standard.known_bone(word)
        if bone in named:
            raise InputError(f"{standard.title}: {bone} is given twice.")
        shares = np.asarray(values, dtype=float)
        stages = standard.stages(bone)
        if shares.shape != (len(stages),):
            raise InputError(
                f"{bone} needs {len(stages)} probabilities, one for each of {', '.join(stages)}, got {shares.size}."
            )
        if not (shares >= 0).all() or abs(shares.sum() - 1) > _SUM_TOLERANCE:
            raise InputError(
                f"The probabilities of {bone} must not be negative and must sum to 1, got a sum of {shares.sum():.3f}."
            )
        named[bone] = shares / shares.sum()
    return {bone: named[bone] for bone in standard.bones if bone in named}


def _bone(standard: ScoringMethod, sex: Sex, bone: str, shares: FloatArray) -> BoneMaturity:
    likeliest = int(np.argmax(shares))
    stage = standard.stages(bone)[likeliest]
    score = standard.scores[sex][bone][stage]
    equivalent = int(ADULT_SCORE * score / standard.highest_score(sex, bone))
    return BoneMaturity(bone, stage, float(shares[likeliest]), score, standard.curves[sex].read(equivalent))


def _refuse_too_many(standard: ScoringMethod, sex: Sex, missing: tuple[str, ...]) -> None:
    share = _share(standard, sex, missing)
    if share > MAX_MISSING_SHARE:
        raise RefusedError(
            f"{standard.title}: {len(missing)} of {len(standard.bones)} bones are missing ({', '.join(missing)}); they have "
            f"{share:.0%} of the adult score, and at most {MAX_MISSING_SHARE:.0%} may be missing."
        )


def _share(standard: ScoringMethod, sex: Sex, missing: tuple[str, ...]) -> float:
    return sum(standard.highest_score(sex, bone) for bone in missing) / ADULT_SCORE


def _missing_findings(standard: ScoringMethod, sex: Sex, missing: tuple[str, ...]) -> tuple[Finding, ...]:
    if not missing:
        return ()
    share = _share(standard, sex, missing)
    message = (
        f"Not given: {', '.join(missing)}, {share:.0%} of the adult score; the interval covers all of their plausible stages."
    )
    return (Finding("bones-missing", Severity.WARNING, message),)


def _out_of_step(bones: tuple[BoneMaturity, ...], age: AgeReading) -> tuple[Finding, ...]:
    """Return a finding for each bone that does not fit the age of its hand: probably a typing error."""
    findings = []
    for item in bones:
        if abs(item.age.limit_months - age.limit_months) > OUT_OF_STEP_MONTHS:
            message = f"Check stage {item.stage} of {item.bone}: age of this bone {item.age}, of the hand {age}."
            findings.append(Finding("bone-out-of-step", Severity.WARNING, message))
    return tuple(findings)


def _plausible_scores(standard: ScoringMethod, sex: Sex, bone: str, seen: tuple[BoneMaturity, ...]) -> list[int]:
    """Return the scores of the plausible stages of a missing bone, given the others."""
    maturities = [item.score / standard.highest_score(sex, item.bone) for item in seen]
    scores = list(standard.scores[sex][bone].values())
    own = np.array(scores) / scores[-1]
    least = int(np.searchsorted(own, min(maturities), side="right")) - 1
    most = int(np.searchsorted(own, max(maturities), side="left"))
    return scores[max(least - 1, 0) : most + 2]


def _mixed_total(standard: ScoringMethod, sex: Sex, given: Mapping[str, FloatArray], correlation: float) -> FloatArray:
    """Return the probability of each total of the given bones, averaged over the factor that their errors share."""
    if correlation == 0:
        return _total([_by_score(standard, sex, bone, shares) for bone, shares in given.items()])
    nodes, weights = np.polynomial.hermite_e.hermegauss(_FACTOR_NODES)
    totals = [
        _total([_by_score(standard, sex, bone, _given_factor(shares, node, correlation)) for bone, shares in given.items()])
        for node in nodes
    ]
    return np.asarray(weights @ np.array(totals) / weights.sum())


def _given_factor(shares: FloatArray, factor: float, correlation: float) -> FloatArray:
    """Return the probability of each stage of a bone, given the shared factor: above 0 the bone is read as more mature."""
    from scipy.special import ndtr, ndtri  # imported where it is needed, like scipy.interpolate in `curve`

    limits = ndtri(np.clip(np.cumsum(shares)[:-1], 0, 1))
    below = ndtr((limits - np.sqrt(correlation) * factor) / np.sqrt(1 - correlation))
    return np.diff(np.concatenate([[0.0], below, [1.0]]))


def _by_score(standard: ScoringMethod, sex: Sex, bone: str, shares: FloatArray) -> FloatArray:
    """Return the probability of each score of a bone, `(highest score + 1,)`; two stages may share a score."""
    scores = list(standard.scores[sex][bone].values())
    return np.bincount(scores, weights=shares).astype(float)


def _equally_probable(scores: list[int]) -> FloatArray:
    return np.bincount(scores, weights=np.full(len(scores), 1 / len(scores))).astype(float)


def _total(parts: list[FloatArray]) -> FloatArray:
    """Return the probability of each sum of independent scores."""
    total = np.ones(1)
    for part in parts:
        total = np.convolve(total, part)
    return total


def _quantile(probabilities: FloatArray, share: float) -> int:
    """Return the smallest score whose cumulative probability reaches a share."""
    cumulated = np.cumsum(probabilities)
    return int(np.searchsorted(cumulated, share * cumulated[-1] - 1e-12))
