from __future__ import annotations

from dataclasses import replace

import pytest

from openboneage.reading_room.view.growth import DatedAge, child_of, earlier_film, growth_png
from openboneage.report.phrases import phrases_of
from openboneage.subject import Sex

SAY = phrases_of()
FIRST = DatedAge(1, "20240115", Sex.FEMALE, 84.0, 90.0, is_signed=True)
SECOND = DatedAge(2, "20250115", Sex.FEMALE, 96.0, 104.0, is_signed=False)


def test_two_films_of_a_child_give_a_figure() -> None:
    child = child_of([SECOND, FIRST])

    assert child is not None
    assert [visit.bone_age_months for visit in child.visits] == [90.0, 104.0]
    assert growth_png(child, SAY).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "second",
    [
        replace(SECOND, bone_age_months=None),
        replace(SECOND, age_months=None),
        replace(SECOND, sex=Sex.MALE),
        replace(SECOND, age_months=84.0),
    ],
)
def test_films_that_do_not_belong_together_give_none(second: DatedAge) -> None:
    assert child_of([FIRST, second]) is None


def test_a_film_in_words() -> None:
    assert earlier_film(FIRST, SAY).bone_age == "7 y 6 m"
    assert earlier_film(replace(FIRST, study_date="", age_months=None), SAY).date == "not stated"
