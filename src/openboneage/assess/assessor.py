"""Assess radiographs: read, locate the hand, judge, estimate. One assessor holds the models and serves many films."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from openboneage.assess.answer import NO_ANSWER, answer_of
from openboneage.assess.assessment import Assessment
from openboneage.assess.bone_reader import BoneReader, ReadBones
from openboneage.assess.child import child_findings, subject_of, without_resolved
from openboneage.assess.estimators.estimator import AgeEstimator
from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR, find_estimator
from openboneage.assess.parts import FilmFacts, ModelFacts, Pose, Program
from openboneage.hand.finder_card import HAND_FINDER, FinderSpecification
from openboneage.hand.locate import locate_hand
from openboneage.hand.quality import Verdict, judge, located, verdict_of
from openboneage.hand.quality_limits import QualityLimits
from openboneage.hand.standard_hand import StandardHand
from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import Source, read
from openboneage.subject import Sex
from openboneage.version import program_version
from openboneage.weights.card import read_card
from openboneage.weights.registry import ModelSet
from openboneage.weights.runtime import Model


@dataclass(frozen=True, eq=False)
class Examination:
    """An assessment with the hand it was made on, for figures, and its bones where they were read."""

    hand: StandardHand
    assessment: Assessment
    bones: ReadBones | None = None


@dataclass(frozen=True, eq=False)
class Assessor:
    """The models, loaded once.

    Attributes:
        finder: Finds the hand.
        estimator: Estimates the bone age.
        models: The models that run.
        bones: Reads the bones; None if the set has no bone finder.
    """

    finder: Model[FinderSpecification]
    estimator: AgeEstimator
    models: tuple[ModelFacts, ...]
    bones: BoneReader | None = None

    @classmethod
    def load(
        cls, models: ModelSet | str | os.PathLike[str] | None = None, threads: int = 0, estimator: str = DEFAULT_ESTIMATOR
    ) -> Assessor:
        """An assessor with the models of a set.

        Args:
            models: Version of a shipped set, a folder with cards, or the set; None takes the default set.
            threads: Threads of one run; 0 takes every core.
            estimator: Name of the estimator.

        Raises:
            InputError: There is no such estimator.
            WeightsError: There is no such set, or a model is missing, damaged, or does not fit its role.
        """
        chosen = find_estimator(estimator)
        found = models if isinstance(models, ModelSet) else ModelSet.find(models)
        finder = HAND_FINDER.load(found.card(HAND_FINDER.name), threads)
        return cls(finder, chosen.load(found, threads), models_used(found, estimator), BoneReader.load(found, threads))

    @property
    def limits(self) -> QualityLimits:
        """Limits beyond which measures of a film become findings."""
        return self.finder.specification.calibration.quality_limits

    def assess(
        self,
        source: Source,
        sex: Sex | str | None = None,
        age_months: float | str | None = None,
        spacing_mm: float | None = None,
    ) -> Assessment:
        """Assess a film; see `examine`."""
        return self.examine(source, sex, age_months, spacing_mm).assessment

    def examine(
        self,
        source: Source,
        sex: Sex | str | None = None,
        age_months: float | str | None = None,
        spacing_mm: float | None = None,
    ) -> Examination:
        """Assess a film and keep the hand.

        Args:
            source: Path of a film, the bytes of one, or its pixels; see `read`.
            sex: Sex of the child, or a word that `parse_sex` reads; None takes the file's.
            age_months: Chronological age in months, or a text that `parse_age_months` reads; None takes the file's.
            spacing_mm: Distance between the pixel centres of an array; None where it is not known.

        Raises:
            InputError: The file does not exist, the sex is no such word, the age is no such text or impossible, or `read`
                cannot use the array or the spacing.
            UnreadableError: The file is no image that can be read.
            RefusedError: The file holds several images.
        """
        seconds: dict[str, float] = {}
        with _timed(seconds, "read"):
            radiograph = read(source, spacing_mm=spacing_mm)
        return self.examine_radiograph(radiograph, sex, age_months, seconds)

    def examine_radiograph(
        self,
        radiograph: Radiograph,
        sex: Sex | str | None = None,
        age_months: float | str | None = None,
        seconds: dict[str, float] | None = None,
    ) -> Examination:
        """Assess a film that has been read; see `examine`. `seconds` holds the times of the stages so far."""
        subject = subject_of(radiograph, sex, age_months)
        seconds = {} if seconds is None else seconds
        with _timed(seconds, "standardize"):
            hand = locate_hand(radiograph, self.finder)
        with _timed(seconds, "quality"):
            quality = judge(hand, self.limits)
        findings = (*without_resolved(quality.findings, subject), *child_findings(radiograph, subject))
        answer = NO_ANSWER
        if verdict_of(findings) is not Verdict.REJECT:
            with _timed(seconds, self.estimator.name.replace("-", "_")):
                answer = answer_of(hand, subject, self.estimator)
        bones = None
        if self.bones and answer.by_sex_of(subject):
            with _timed(seconds, "bones"):
                bones = self.bones.read(hand, answer.by_sex_of(subject), subject.age_months)
        findings = (*findings, *answer.findings, *(bones.findings if bones else ()))
        assessment = Assessment(
            verdict=verdict_of(findings),
            bone_age=answer.bone_age,
            by_sex=answer.by_sex,
            comparison=answer.comparison,
            bones=bones.record if bones else None,
            findings=findings,
            film=FilmFacts.of(radiograph),
            subject=subject,
            pose=Pose.of(hand, located(findings)),
            quality=quality.measures,
            models=self.models,
            seconds=seconds,
            program=Program(version=program_version()),
        )
        return Examination(hand, assessment, bones)


def assess(
    source: Source,
    sex: Sex | str | None = None,
    age_months: float | str | None = None,
    models: str | os.PathLike[str] | None = None,
    estimator: str = DEFAULT_ESTIMATOR,
    spacing_mm: float | None = None,
) -> Assessment:
    """Assess one film; for many films, keep an `Assessor`.

    Args:
        source: Path of a film, the bytes of one, or its pixels; see `read`.
        sex: Sex of the child, or a word that `parse_sex` reads; None takes the file's.
        age_months: Chronological age in months, or a text that `parse_age_months` reads; None takes the file's.
        models: Version of a shipped set of models, or a folder with cards; None takes the default set.
        estimator: Name of the estimator.
        spacing_mm: Distance between the pixel centres of an array; None where it is not known.

    Raises:
        InputError: The file or the estimator does not exist, the sex is no such word, the age is no such text or
            impossible, or `read` cannot use the array or the spacing.
        UnreadableError: The file is no image that can be read.
        RefusedError: The file holds several images.
        WeightsError: There is no such set, or a model is missing, damaged, or does not fit its role.
    """
    return Assessor.load(models, estimator=estimator).assess(source, sex, age_months, spacing_mm)


def models_used(models: ModelSet, estimator: str) -> tuple[ModelFacts, ...]:
    """The models that an assessor of that estimator runs, from their cards alone.

    Raises:
        InputError: There is no such estimator.
        WeightsError: A card is missing or damaged.
    """
    roles = (HAND_FINDER, *find_estimator(estimator).roles, *BoneReader.roles(models))
    return tuple(ModelFacts.of(read_card(models.card(role.name))) for role in roles)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start
