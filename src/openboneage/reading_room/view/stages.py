"""Stages that a reader gives the 13 bones, and the ages that follow by TW3 and RUS-CHN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from openboneage.bones.criteria import criteria
from openboneage.bones.names import RUS
from openboneage.clinical.maturity import Maturity, assess_probabilities
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import rus_chn_levels, tw_stage
from openboneage.errors import InputError
from openboneage.subject import Sex

STANDARDS = ("tw3", "rus-chn")


@dataclass(frozen=True)
class Level:
    """A RUS-CHN level of a bone, and its criterion."""

    level: str
    criterion: str


@dataclass(frozen=True)
class StageChoice:
    """A stage of TW3, and the RUS-CHN levels that it is divided into."""

    stage: str
    levels: tuple[Level, ...]


@cache
def choices(bone: str) -> tuple[StageChoice, ...]:
    """The stages of a bone with their criteria, from the least to the most mature.

    Raises:
        InputError: The bone is not one of the 13.
    """
    texts = {str(each.level): each.text for each in criteria(bone)}
    first = "no centre to be seen"
    return tuple(
        StageChoice(stage, tuple(Level(level, texts.get(level, first)) for level in rus_chn_levels(bone, stage)))
        for stage in scoring_method("tw3").stages(bone)
    )


def maturity_of(sex: Sex, stages: Mapping[str, str]) -> tuple[Maturity, ...]:
    """TW3 and RUS-CHN maturity of a hand.

    Args:
        sex: Sex of the child.
        stages: For each bone a TW3 stage, such as `F`, or a RUS-CHN level, such as `6`. A stage that RUS-CHN divides counts
            there as each of its levels with equal probability, which widens the interval.

    Raises:
        InputError: The sex is unknown, or there is no such bone, stage or level.
        RefusedError: Too many bones are missing.
    """
    known = {bone: _known(bone, word) for bone, word in stages.items()}
    tw3, chinese = (scoring_method(name) for name in STANDARDS)
    return (
        assess_probabilities(tw3, sex, {bone: _shares(tw3.stages(bone), (stage,)) for bone, (stage, _) in known.items()}),
        assess_probabilities(
            chinese, sex, {bone: _shares(chinese.stages(bone), levels) for bone, (_, levels) in known.items()}
        ),
    )


def _known(bone: str, word: str) -> tuple[str, tuple[str, ...]]:
    """The TW3 stage of a word, and the RUS-CHN levels that it may be."""
    if bone not in RUS:
        raise InputError(f"Expected one of the bones {', '.join(RUS)}, got {bone!r}.")
    if word.strip().isdigit():
        level = scoring_method("rus-chn").known_stage(bone, word)
        return tw_stage(bone, level), (level,)
    stage = scoring_method("tw3").known_stage(bone, word)
    return stage, rus_chn_levels(bone, stage)


def _shares(names: tuple[str, ...], chosen: tuple[str, ...]) -> list[float]:
    return [(name in chosen) / len(chosen) for name in names]
