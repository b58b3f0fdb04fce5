from __future__ import annotations

import pytest

from openboneage.assess.answer import NO_ANSWER, answer_of
from openboneage.assess.distribution import UNCALIBRATED, AgeDistribution, describe
from openboneage.findings import Severity
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex, Subject
from tests import hands
from tests.estimators import Regressor, bell

HAND = hands.examined("7043").hand


class WideForBoys(Regressor):
    """A girl's bone age is certain, a boy's is not."""

    def estimate(self, hand: StandardHand, sex: Sex) -> AgeDistribution:
        del hand
        return describe(bell(100, sd=30 if sex is Sex.MALE else 5), UNCALIBRATED)


def child(sex: Sex, age_months: float | None = None) -> Subject:
    return Subject(sex, "caller", age_months, None if age_months is None else "caller")


def test_a_known_sex_gives_one_answer() -> None:
    answer = answer_of(HAND, child(Sex.FEMALE), WideForBoys())
    assert answer.bone_age is not None
    assert answer.bone_age.mean_months == pytest.approx(100)
    assert (answer.by_sex, answer.comparison, answer.findings) == (None, None, ())


@pytest.mark.parametrize("sex", [Sex.MALE, Sex.UNKNOWN])
def test_an_interval_too_wide_for_the_child_or_for_one_sex_gives_no_answer(sex: Sex) -> None:
    answer = answer_of(HAND, child(sex), WideForBoys())
    assert (answer.bone_age, answer.by_sex, answer.comparison) == (None, None, NO_ANSWER.comparison)
    assert [(finding.code, finding.severity) for finding in answer.findings] == [("age-undetermined", Severity.REJECT)]


def test_a_finding_on_both_sexes_is_given_once() -> None:
    findings = answer_of(HAND, child(Sex.UNKNOWN, 100.0), Regressor()).findings
    assert [finding.code for finding in findings] == ["table-unverified"]
