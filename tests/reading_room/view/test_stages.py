from __future__ import annotations

import pytest

from openboneage.bones.names import RUS
from openboneage.errors import InputError
from openboneage.reading_room.view.stages import ages_of, checked, choices
from openboneage.report.phrases import phrases_of
from openboneage.subject import Sex, Subject

SAY = phrases_of()
GIRL = Subject(Sex.FEMALE, "caller", 111.0, "caller")


def test_each_stage_has_levels_and_criteria() -> None:
    radius = choices("radius")

    assert [choice.stage for choice in radius] == list("ABCDEFGHI")
    assert [level.level for level in radius[5].levels] == ["5", "6"]
    assert all(level.criterion for bone in RUS for choice in choices(bone) for level in choice.levels)


def test_an_unknown_bone_has_no_choices() -> None:
    with pytest.raises(InputError, match="lunate"):
        choices("lunate")


def test_a_staged_hand_has_ages_by_both_standards() -> None:
    found = ages_of(GIRL, dict.fromkeys(RUS, "F"), SAY)

    tw3, chinese = found.standards
    assert found.message == ""
    assert (tw3.title, tw3.score, tw3.age, tw3.interval) == ("TW3-RUS", "445", "9 y 3 m", "")
    assert tw3.difference == "0 y 0 m above chronological age"
    assert " to " in chinese.score
    assert " to " in chinese.interval
    assert any("RUS-CHN" in finding or "rus_chn" in finding for finding in found.findings)


def test_a_hand_is_scored_when_enough_bones_are_staged() -> None:
    few = ages_of(GIRL, {"radius": "F"}, SAY)
    some = ages_of(GIRL, dict.fromkeys(RUS[:4], "F"), SAY)
    most = ages_of(GIRL, dict.fromkeys(RUS[:-1], "F"), SAY)

    assert (few.message, few.standards) == ("1 of 13 bones are staged.", ())
    assert "bones are missing" in some.message
    assert most.message == "12 of 13 bones are staged."
    assert len(most.standards) == 2


def test_a_mature_hand_has_no_difference() -> None:
    tw3, _ = ages_of(GIRL, {bone: choices(bone)[-1].stage for bone in RUS}, SAY).standards

    assert "mature" in tw3.age
    assert tw3.difference == ""


def test_there_are_no_scores_without_a_sex() -> None:
    found = ages_of(Subject(Sex.UNKNOWN, "none", 111.0, "caller"), dict.fromkeys(RUS, "F"), SAY)

    assert found.standards == ()
    assert "sex is unknown" in found.message


def test_stages_are_kept_by_standard_in_the_order_of_the_sheets() -> None:
    assert checked({"ulna": "6", "mc1": "e", "radius": "F"}) == {"tw3": {"radius": "F", "mc1": "E"}, "rus-chn": {"ulna": "6"}}


@pytest.mark.parametrize("stages", [{"lunate": "B"}, {"radius": "Z"}, {"radius": "77"}])
def test_unknown_stages_are_not_kept(stages: dict[str, str]) -> None:
    with pytest.raises(InputError):
        checked(stages)
