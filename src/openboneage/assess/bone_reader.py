"""Reads the bones of a hand for an assessment: the models of a set that do so, and what they found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from openboneage.assess.bone_records import Bones
from openboneage.assess.parts import SexAnswer
from openboneage.bones.ages import AgeEstimate
from openboneage.bones.finder_card import BONE_FINDER, BoneFinderSpecification
from openboneage.bones.reading import SeenHand, StagedHand, see_bones, stage_bones
from openboneage.bones.stager_card import BONE_STAGER, StagerSpecification
from openboneage.findings import Finding
from openboneage.hand.standard_hand import StandardHand
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet
from openboneage.weights.role import Role
from openboneage.weights.runtime import Model


@dataclass(frozen=True, eq=False)
class ReadBones:
    """The bones of a hand.

    Attributes:
        seen: What is seen.
        staged: Stages and ages; for a girl and for a boy where the sex is unknown.
    """

    seen: SeenHand
    staged: tuple[StagedHand, ...]

    @property
    def record(self) -> Bones:
        """The bones in the JSON of an assessment."""
        return Bones.of(self.seen, self.staged)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings; where the sex is unknown, those that hold for both."""
        first, *others = self.staged
        return tuple(each for each in first.findings if all(each in other.findings for other in others))


@dataclass(frozen=True, eq=False)
class BoneReader:
    """The models that read bones.

    Attributes:
        finder: Finds joints and bones.
        stager: Reads level and age of each bone; None uses the measures alone.
    """

    finder: Model[BoneFinderSpecification]
    stager: Model[StagerSpecification] | None

    @staticmethod
    def roles(models: ModelSet) -> tuple[Role[Any], ...]:
        """The roles that a set has for bones; none if it cannot find them."""
        roles = (BONE_FINDER, BONE_STAGER)
        return tuple(role for role in roles if role.name in models.cards) if BONE_FINDER.name in models.cards else ()

    @classmethod
    def load(cls, models: ModelSet, threads: int) -> Self | None:
        """Load the models of a set; None if it cannot find bones.

        Raises:
            WeightsError: A model is damaged, or does not fit its role.
        """
        roles = cls.roles(models)
        if not roles:
            return None
        finder = BONE_FINDER.load(models.card(BONE_FINDER.name), threads)
        return cls(finder, BONE_STAGER.load(models.card(BONE_STAGER.name), threads) if BONE_STAGER in roles else None)

    def read(self, hand: StandardHand, answers: dict[Sex, SexAnswer], age_months: float | None) -> ReadBones:
        """Read the bones of a hand.

        Args:
            hand: The hand.
            answers: The bone age for each sex that the child may have, at least one.
            age_months: Chronological age.
        """
        seen = see_bones(hand, self.finder)
        staged = (stage_bones(seen, sex, self.stager, age_months, _estimate(answer)) for sex, answer in answers.items())
        return ReadBones(seen, tuple(staged))


def _estimate(answer: SexAnswer) -> AgeEstimate:
    age = answer.bone_age
    low, high = min(age.interval.low_months, age.mean_months), max(age.interval.high_months, age.mean_months)
    return AgeEstimate("the whole hand", age.mean_months, low, high)
