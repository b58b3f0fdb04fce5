"""A standard of skeletal maturity: bones, stages, scores, the curve from score to age, and their sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openboneage.clinical.curve import ScoreCurve
from openboneage.clinical.table_files import Status, Table, known_sex
from openboneage.errors import InputError
from openboneage.findings import Finding
from openboneage.subject import Sex


@dataclass(frozen=True, eq=False)
class ScoringMethod:
    """One standard: its bones and stages, their scores, and the age of a total score.

    Attributes:
        name: Name in commands, such as `tw3`.
        title: Name for people.
        population: The children that the ages come from.
        bones: Bones in the order of the standard.
        scores: Score of each stage, by sex, bone and stage; stages rise from the least to the most mature.
        curves: Total score to age, by sex.
        tables: The tables that scores and curve come from.
    """

    name: str
    title: str
    population: str
    bones: tuple[str, ...]
    scores: Mapping[Sex, Mapping[str, Mapping[str, int]]]
    curves: Mapping[Sex, ScoreCurve]
    tables: tuple[Table, ...]

    @property
    def source(self) -> str:
        """The sources of all tables."""
        return "\n".join(table.source for table in self.tables)

    def statuses(self, sex: Sex) -> dict[str, Status]:
        """Return the verification of each table, by file name."""
        return {table.name: table.statuses[known_sex(sex)] for table in self.tables}

    def findings(self, sex: Sex) -> tuple[Finding, ...]:
        """Return a finding for each table that was not fully verified."""
        return tuple(finding for table in self.tables for finding in table.findings(known_sex(sex)))

    def range_months(self, sex: Sex) -> tuple[float, float]:
        """Return the first age of the curve and the age of maturity, months."""
        curve = self.curves[known_sex(sex)]
        return curve.first_months, curve.adult_months

    def stages(self, bone: str) -> tuple[str, ...]:
        """Return the stages of a bone, from the least to the most mature.

        Raises:
            InputError: The standard has no such bone.
        """
        return tuple(self.scores[Sex.FEMALE][self.known_bone(bone)])

    def known_bone(self, bone: str) -> str:
        """Return the name of a bone in lower case.

        Raises:
            InputError: The standard has no such bone.
        """
        name = bone.strip().lower()
        if name not in self.bones:
            raise InputError(f"{self.title} has no bone {bone!r}; its bones are {', '.join(self.bones)}.")
        return name

    def known_stage(self, bone: str, stage: str) -> str:
        """Return the name of a stage as the standard writes it.

        Raises:
            InputError: The bone has no such stage.
        """
        name = stage.strip().upper()
        stages = self.stages(bone)
        if name not in stages:
            raise InputError(f"{self.title}: {bone} has no stage {stage!r}; its stages are {', '.join(stages)}.")
        return name

    def highest_score(self, sex: Sex, bone: str) -> int:
        """Return the score of a bone's most mature stage."""
        return max(self.scores[known_sex(sex)][bone].values())
