"""The bones of a hand read as one value: what is seen, stages, ages, and what a reader should check."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from openboneage.bones.ages import AgeEstimate
from openboneage.bones.names import RUS
from openboneage.bones.outlines import Reason
from openboneage.bones.places import PLACE_OF
from openboneage.bones.reading import SeenHand, see_bones, stage_bones
from openboneage.errors import InputError
from openboneage.subject import Sex
from tests import hands
from tests.bones.toy_finder import Skeleton
from tests.bones.toy_stager import BOY_MONTHS, SD_MONTHS, ToyStager
from tests.tiny_regions import BONES


@cache
def seen(*without: str) -> SeenHand:
    """The example film with a median skeleton, without some joints."""
    places = {name: place for name, place in PLACE_OF.items() if name not in without}
    return see_bones(hands.hand_on(hands.film()), Skeleton(places))  # type: ignore[arg-type]


def codes(*without: str, **options: object) -> list[str]:
    return [each.code for each in stage_bones(seen(*without), Sex.MALE, **options).findings]  # type: ignore[arg-type]


def test_each_bone_is_found_staged_and_aged_in_the_order_of_the_score_sheet() -> None:
    staged = stage_bones(seen(), Sex.MALE)

    assert tuple(bone.bone for bone in staged.bones) == RUS
    for bone in staged.bones:
        assert bone.levels is not None
        assert bone.stages is not None
        assert (bone.age is None) == (bone.outline is not None and bone.measured is None)
        assert bone.levels.sum() == pytest.approx(1)
        assert bone.stages.sum() == pytest.approx(1)
        assert bone.box is not None
        assert (bone.outline is None) == (bone.bone not in BONES)
        assert bone.level is not None
        assert bone.stage in tuple("ABCDEFGHI")
    assert staged.ages is not None
    assert staged.carpal_age is not None


def test_a_bone_without_an_epiphysis_has_not_ossified() -> None:
    likelihood = seen().likelihood["pp5"]

    assert likelihood[0] > likelihood[1] > likelihood[3] > 0


def test_a_missing_bone_has_a_reason_and_no_stage() -> None:
    staged = stage_bones(seen("dip3"), Sex.MALE)
    bone = staged.bones[RUS.index("dp3")]

    assert bone.missing is Reason.NOT_SEEN
    assert (bone.box, bone.stage, bone.level, bone.age) == (None, None, None, None)
    assert "bones-missing" in [each.code for each in staged.findings]
    assert staged.ages is not None
    assert staged.ages.tw3.missing == ("dp3",)


def test_without_most_of_the_bones_there_is_no_score() -> None:
    staged = stage_bones(seen("radius", "ulna", "mcp3", "mcp5"), Sex.MALE)

    assert staged.ages is None
    assert staged.findings[0].code == "bones-missing"
    assert "at most 25%" in staged.findings[0].message


def test_without_a_wrist_there_is_no_carpal_age() -> None:
    assert stage_bones(seen("wrist"), Sex.MALE).carpal_age is None


def test_levels_are_those_of_the_network_if_there_is_one() -> None:
    levels = dict.fromkeys(RUS, 5) | {"radius": 9}

    staged = stage_bones(seen("dip3"), Sex.MALE, ToyStager(levels))  # type: ignore[arg-type]

    assert {each.bone: each.level for each in staged.bones if each.level} == {
        bone: str(level) for bone, level in levels.items() if bone != "dp3"
    }


def test_the_age_of_a_bone_is_that_of_the_network_if_there_is_one() -> None:
    age = stage_bones(seen(), Sex.MALE, ToyStager()).bones[0].age  # type: ignore[arg-type]

    assert age is not None
    assert age.age_months == pytest.approx(BOY_MONTHS, abs=1)
    assert age.high_months - age.age_months == pytest.approx(1.645 * SD_MONTHS, rel=0.02)


def test_ages_that_disagree_are_findings() -> None:
    ages = stage_bones(seen(), Sex.MALE).ages
    assert ages is not None
    near = AgeEstimate("the whole hand", ages.tw3.age.limit_months, 0, 228)
    far = AgeEstimate("the whole hand", 228, 227, 228)

    assert "ages-discordant" not in codes(whole_hand=near)
    assert "ages-discordant" in codes(whole_hand=far)


def test_the_chronological_age_gives_percentiles() -> None:
    ages = stage_bones(seen(), Sex.MALE, age_months=150).ages

    assert ages is not None
    assert ages.percentile is not None


def test_measures_without_a_shaft_do_not_count() -> None:
    hand = hands.hand_on(hands.film())
    dark = replace(hand, film=np.zeros_like(hand.film))

    found = see_bones(dark, Skeleton(dict(PLACE_OF)))  # type: ignore[arg-type]

    assert found.measured == {}
    assert "radius" not in found.likelihood
    assert stage_bones(found, Sex.MALE).bones[0].stage is not None


def test_stages_need_a_sex() -> None:
    with pytest.raises(InputError, match="give the sex"):
        stage_bones(seen(), Sex.UNKNOWN)
