from __future__ import annotations

import pytest

from openboneage.bones.names import RUS
from openboneage.reading_room.view.page import reading_page
from openboneage.reading_room.view.references import ReferenceAtlas
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report
from openboneage.subject import Sex
from tests.hands import examined, film, png, shipped
from tests.toy_model import toy_bone_assessor

SAY = phrases_of()


def test_the_page_has_words_bones_and_references() -> None:
    report = Report(examined())

    page = reading_page(report, ReferenceAtlas.of_package(), {"tw3": {"radius": "F"}, "rus-chn": {"ulna": "6"}}, SAY)

    assert page.sheet.headlines[0].text
    assert [(bone.name, bone.stage) for bone in page.bones[:3]] == [("radius", "F"), ("ulna", "6"), ("mc1", "")]
    assert set(page.choices) == set(RUS)
    assert page.bone_age_months == pytest.approx(report.stated_ages[0].months, abs=0.06)
    assert sum(reference.is_likeliest for reference in page.references) == 1


def test_references_name_the_sex_where_it_is_unknown() -> None:
    page = reading_page(Report(shipped().examine(png(film()))), ReferenceAtlas.of_package(), {}, SAY)

    assert {reference.label.split(",")[0] for reference in page.references} == {"girl", "boy"}
    assert page.bone_age_months is None


def test_the_program_proposes_stages_until_a_reader_gives_them() -> None:
    report = Report(toy_bone_assessor().examine(film("7043", 400), Sex.FEMALE, 100.0))

    proposed = reading_page(report, ReferenceAtlas.of_package(), {}, SAY).bones
    read = reading_page(report, ReferenceAtlas.of_package(), {"tw3": {"radius": "B"}}, SAY).bones

    assert all(bone.stage == bone.proposed and 0 < bone.percent <= 100 for bone in proposed if bone.proposed)
    assert any(bone.proposed for bone in proposed)
    assert [bone.stage for bone in read[:2]] == ["B", ""]
