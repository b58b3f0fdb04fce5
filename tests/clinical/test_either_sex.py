from __future__ import annotations

import pytest

from openboneage.clinical.curve import AgeState
from openboneage.clinical.either_sex import either_sex
from openboneage.clinical.maturity import assess_stages
from openboneage.clinical.method_registry import STANDARD_NAMES, scoring_method
from openboneage.errors import RefusedError
from openboneage.findings import Finding, Severity


@pytest.mark.parametrize("name", STANDARD_NAMES)
@pytest.mark.parametrize("index", [3, 6])
def test_the_interval_holds_the_ages_of_both(name: str, index: int) -> None:
    chosen = scoring_method(name)
    stages = {bone: chosen.stages(bone)[index] for bone in chosen.bones[1:]}

    both = either_sex(lambda sex: assess_stages(chosen, sex, stages))

    ends = [age.limit_months for item in (both.female, both.male) for age in (item.age_low, item.age_high)]
    assert (both.age_low.limit_months, both.age_high.limit_months) == (min(ends), max(ends))
    apart = abs(both.female.age.limit_months - both.male.age.limit_months)
    message = f"Sex unknown: the bone ages of a girl and of a boy are {apart:.0f} months apart. Give the sex, F or M."
    assert both.findings == (Finding("sex-missing", Severity.WARNING, message),)


def test_a_mature_hand_is_mature_for_both() -> None:
    chosen = scoring_method("tw3")

    both = either_sex(lambda sex: assess_stages(chosen, sex, {bone: chosen.stages(bone)[-1] for bone in chosen.bones}))

    assert both.age_low.state is both.age_high.state is AgeState.MATURE
    assert (both.age_low.limit_months, both.age_high.limit_months) == (180, 198)


def test_a_refusal_for_one_sex_is_a_refusal() -> None:
    with pytest.raises(RefusedError, match="13 of 13 bones are missing"):
        either_sex(lambda sex: assess_stages(scoring_method("tw3"), sex, {}))
