"""A child of unknown sex: the results for a girl and for a boy, and an interval that contains both.

There is no single bone age for an unknown sex: the two results may lie years apart, and the value between them fits neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openboneage.clinical.curve import AgeReading
from openboneage.clinical.maturity import Maturity
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex


@dataclass(frozen=True)
class EitherSex:
    """Maturity of a hand whose sex is unknown.

    Attributes:
        female: Maturity if the child is a girl.
        male: Maturity if the child is a boy.
        age_low: Lower end of the union of both intervals.
        age_high: Upper end of the union of both intervals.
        findings: A finding that the sex is missing.
    """

    female: Maturity
    male: Maturity
    age_low: AgeReading
    age_high: AgeReading
    findings: tuple[Finding, ...]


def either_sex(assess: Callable[[Sex], Maturity]) -> EitherSex:
    """Assess a hand as that of a girl and as that of a boy.

    Args:
        assess: Assesses the hand for a known sex.

    Raises:
        RefusedError: The hand cannot be assessed for one of them.
    """
    female, male = assess(Sex.FEMALE), assess(Sex.MALE)
    low = min(female.age_low, male.age_low, key=lambda age: age.limit_months)
    high = max(female.age_high, male.age_high, key=lambda age: age.limit_months)
    apart = abs(female.age.limit_months - male.age.limit_months)
    message = f"Sex unknown: the bone ages of a girl and of a boy are {apart:.0f} months apart. Give the sex, F or M."
    return EitherSex(female, male, low, high, (Finding("sex-missing", Severity.WARNING, message),))
