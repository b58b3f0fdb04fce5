"""What is known of a synthetic hand: its stages and levels, scores, and ages by both standards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openboneage.bones.names import RUS
from openboneage.clinical.maturity import Maturity, assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.phantom.child import Child
from openboneage.phantom.growth import rus_chn_level, tw3_stage


@dataclass(frozen=True, eq=False)
class Truth:
    """Maturity of a synthetic hand.

    Attributes:
        places: Place of each long bone on the stage axis of TW3.
        tw3_stages: TW3 stage of each of the 13 bones.
        rus_chn_levels: RUS-CHN level of each of the 13 bones.
        tw3: Score and age by TW3.
        rus_chn: Score and age by RUS-CHN.
    """

    places: Mapping[str, float]
    tw3_stages: Mapping[str, str]
    rus_chn_levels: Mapping[str, str]
    tw3: Maturity
    rus_chn: Maturity


def truth_of(child: Child) -> Truth:
    """Stages, scores and ages of a child's hand."""
    places = child.stages
    stages = {bone: tw3_stage(bone, places[bone]) for bone in RUS}
    levels = {bone: rus_chn_level(bone, places[bone]) for bone in RUS}
    tw3 = assess_stages(scoring_method("tw3"), child.sex, stages)
    rus_chn = assess_stages(scoring_method("rus-chn"), child.sex, levels)
    return Truth(places, stages, levels, tw3, rus_chn)
