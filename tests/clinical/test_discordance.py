from __future__ import annotations

import pytest

from openboneage.clinical.discordance import carpal_discordance
from openboneage.clinical.method_registry import scoring_method
from openboneage.errors import RefusedError
from openboneage.subject import Sex


def hand(rus: str, carpal: str) -> dict[str, str]:
    both = scoring_method("tw2-20-bone").bones
    stages = {bone: carpal if bone in scoring_method("tw2-carpal").bones else rus for bone in both}
    return {bone: min(stage, scoring_method("tw2-20-bone").stages(bone)[-1]) for bone, stage in stages.items()}


def test_a_hand_whose_parts_agree() -> None:
    result = carpal_discordance(Sex.MALE, hand("F", "G"))

    assert result.difference_months == pytest.approx(
        (result.carpal.age.age_months or 0) - (result.rus.age.age_months or 0), abs=1e-9
    )
    assert (result.rus.standard, result.carpal.standard) == ("tw-japan", "tw2-carpal")


def test_carpal_bones_far_behind_are_a_finding() -> None:
    result = carpal_discordance(Sex.FEMALE, hand("F", "D"))

    assert result.difference_months is not None
    assert result.difference_months < -24
    assert [finding.code for finding in result.findings] == ["carpal-discordant"]
    assert "behind" in result.findings[0].message


def test_carpal_bones_far_ahead_are_a_finding() -> None:
    result = carpal_discordance(Sex.MALE, hand("E", "G"))

    assert "ahead of" in result.findings[0].message


def test_mature_carpal_bones_are_not_compared() -> None:
    result = carpal_discordance(Sex.FEMALE, hand("H", "I"))

    assert result.difference_months is None
    assert [finding.code for finding in result.findings] == ["carpal-not-comparable"]
    assert "carpal mature" in result.findings[0].message


def test_a_hand_without_carpal_bones_is_refused() -> None:
    stages = {bone: stage for bone, stage in hand("F", "F").items() if bone in scoring_method("tw3").bones}

    with pytest.raises(RefusedError, match="7 of 7 bones"):
        carpal_discordance(Sex.MALE, stages)
