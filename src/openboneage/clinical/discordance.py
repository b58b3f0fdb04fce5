"""Discordance between carpal bones and RUS (radius, ulna and short bones) of one hand.

Both ages come from the same population (Japanese TW2 norms); otherwise the difference between populations would show as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openboneage.clinical.curve import AgeState
from openboneage.clinical.maturity import Maturity, assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.findings import Finding, Severity
from openboneage.subject import Sex

DISCORDANT_MONTHS = 24.0
"""Difference from which a hand is called discordant: about two SD of a carpal age. A rule of this program, without a source."""


@dataclass(frozen=True)
class Discordance:
    """Carpal age and RUS age of one hand.

    Attributes:
        rus: Maturity of radius, ulna and short bones.
        carpal: Maturity of the carpal bones.
        difference_months: Carpal age minus RUS age; `None` where one of them is below its table or mature.
        findings: `carpal-discordant` where the ages are at least `DISCORDANT_MONTHS` apart; `carpal-not-comparable` where there
            is no difference.
    """

    rus: Maturity
    carpal: Maturity
    difference_months: float | None
    findings: tuple[Finding, ...]


def carpal_discordance(sex: Sex, stages: Mapping[str, str]) -> Discordance:
    """Compare the carpal bones of a hand with its radius, ulna and short bones.

    Args:
        sex: Sex of the child.
        stages: TW2 stages of the 20 bones, such as `{"radius": "G", "capitate": "H"}`.

    Raises:
        InputError: The sex is unknown, or TW2 has no such bone or stage.
        RefusedError: Too many bones are missing.
    """
    whole = scoring_method("tw2-20-bone")
    named = {whole.known_bone(bone): stage for bone, stage in stages.items()}
    rus, carpal = (
        assess_stages(part, sex, {bone: named[bone] for bone in part.bones if bone in named})
        for part in (scoring_method("tw-japan"), scoring_method("tw2-carpal"))
    )
    if rus.age.age_months is None or carpal.age.age_months is None:
        return Discordance(rus, carpal, None, (_not_comparable(rus, carpal),))
    difference = carpal.age.age_months - rus.age.age_months
    return Discordance(rus, carpal, difference, _discordant(difference))


def _not_comparable(rus: Maturity, carpal: Maturity) -> Finding:
    named = [f"{name} {item.age}" for name, item in (("RUS", rus), ("carpal", carpal)) if item.age.state is not AgeState.AGE]
    return Finding("carpal-not-comparable", Severity.NOTE, f"No difference of ages: {', '.join(named)}.")


def _discordant(difference_months: float) -> tuple[Finding, ...]:
    if abs(difference_months) < DISCORDANT_MONTHS:
        return ()
    word = "ahead of" if difference_months > 0 else "behind"
    message = f"The carpal bones are {abs(difference_months):.0f} months {word} radius, ulna and short bones."
    return (Finding("carpal-discordant", Severity.WARNING, message),)
