"""TW3 and RUS-CHN from the stages that a reader gives: letters of TW3, or levels of RUS-CHN where the reader is that exact."""

from __future__ import annotations

from collections.abc import Mapping

from openboneage.clinical.maturity import Maturity, assess_probabilities
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import rus_chn_levels, tw_stage
from openboneage.subject import Sex

STANDARDS = ("tw3", "rus-chn")


def assess_reader_stages(sex: Sex, stages: Mapping[str, str]) -> tuple[Maturity, ...]:
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
    if word.strip().isdecimal():
        level = scoring_method("rus-chn").known_stage(bone, word)
        return tw_stage(bone, level), (level,)
    stage = scoring_method("tw3").known_stage(bone, word)
    return stage, rus_chn_levels(bone, stage)


def _shares(names: tuple[str, ...], chosen: tuple[str, ...]) -> list[float]:
    return [(name in chosen) / len(chosen) for name in names]
