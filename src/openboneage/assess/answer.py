"""The answer for one hand: a bone age compared with the normal range, or both answers where the sex is unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from openboneage.assess.child import compare_with_normal
from openboneage.assess.distribution import AgeDistribution, interval_findings
from openboneage.assess.estimators.estimator import AgeEstimator
from openboneage.assess.parts import BySex, NormalComparison, SexAnswer
from openboneage.findings import Finding
from openboneage.hand.quality import Verdict, verdict_of
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex, Subject


@dataclass(frozen=True)
class Answer:
    """The answer of an estimator for a hand.

    Attributes:
        bone_age: The bone age where the sex is known.
        by_sex: Both answers where it is unknown.
        comparison: The bone age of a child of known sex and age compared with the normal range.
        findings: Findings on the interval and on the comparison.
    """

    bone_age: AgeDistribution | None = None
    by_sex: BySex | None = None
    comparison: NormalComparison | None = None
    findings: tuple[Finding, ...] = ()

    def by_sex_of(self, subject: Subject) -> dict[Sex, SexAnswer]:
        """The answer for each sex that the child may have; none without an answer."""
        if self.by_sex is not None:
            return {Sex.FEMALE: self.by_sex.female, Sex.MALE: self.by_sex.male}
        if self.bone_age is None:
            return {}
        return {subject.sex: SexAnswer(bone_age=self.bone_age, comparison=self.comparison)}


NO_ANSWER = Answer()


def answer_of(hand: StandardHand, subject: Subject, estimator: AgeEstimator) -> Answer:
    """The answer for a child, or for both sexes if the sex is unknown; only findings if an interval is too wide."""
    sexes = (Sex.FEMALE, Sex.MALE) if subject.sex is Sex.UNKNOWN else (subject.sex,)
    ages = [estimator.estimate(hand, sex) for sex in sexes]
    uncertain = interval_findings(max(ages, key=lambda age: age.interval.high_months - age.interval.low_months))
    if verdict_of(uncertain) is Verdict.REJECT:
        return Answer(findings=uncertain)
    compared = [compare_with_normal(age, replace(subject, sex=sex)) for age, sex in zip(ages, sexes, strict=True)]
    findings = tuple(dict.fromkeys((*uncertain, *(finding for _, each in compared for finding in each))))
    if len(ages) == 1:
        return Answer(ages[0], comparison=compared[0][0], findings=findings)
    girl, boy = (SexAnswer(bone_age=age, comparison=each) for age, (each, _) in zip(ages, compared, strict=True))
    return Answer(by_sex=BySex.of(girl, boy), findings=findings)
