from __future__ import annotations

import pytest

from openboneage.bones.names import RUS
from openboneage.clinical.maturity import assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.reader_stages import assess_reader_stages
from openboneage.errors import InputError, RefusedError
from openboneage.subject import Sex


def test_levels_give_the_ages_of_both_standards() -> None:
    levels = dict.fromkeys(RUS, "6")

    tw3, chinese = assess_reader_stages(Sex.MALE, levels)

    assert chinese.age == assess_stages(scoring_method("rus-chn"), Sex.MALE, levels).age
    assert (chinese.score_low, chinese.score_high) == (chinese.score, chinese.score)
    assert tw3.standard == "tw3"
    assert {bone.stage for bone in tw3.bones} <= {"E", "F"}


def test_stages_that_rus_chn_divides_widen_its_interval() -> None:
    tw3, chinese = assess_reader_stages(Sex.FEMALE, dict.fromkeys(RUS, "F"))

    assert tw3.score_low == tw3.score == tw3.score_high
    assert chinese.score_low < chinese.score < chinese.score_high


@pytest.mark.parametrize(
    ("stages", "message"), [({"lunate": "B"}, "lunate"), ({"radius": "X"}, "no stage 'X'"), ({"radius": "99"}, "no stage '99'")]
)
def test_unknown_bones_and_stages_are_refused(stages: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        assess_reader_stages(Sex.MALE, stages)


def test_a_hand_with_few_bones_is_refused() -> None:
    with pytest.raises(RefusedError, match="12 of 13 bones are missing"):
        assess_reader_stages(Sex.MALE, {"radius": "F"})
