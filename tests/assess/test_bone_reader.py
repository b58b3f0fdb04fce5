"""The bones in an assessment: records, findings, models, text and table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openboneage.assess.assessment import Assessment
from openboneage.assess.bone_records import Bones, SeenBone
from openboneage.bones.names import RUS
from openboneage.hand.quality import Verdict
from openboneage.report.table import to_row
from openboneage.report.text import to_text
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet
from tests import hands
from tests.toy_model import toy_assessor, toy_bone_assessor, write_toy

FILM = hands.film("7043", 400)


def assessed(sex: Sex | None = Sex.MALE, spacing_mm: float | None = 0.2, age_months: float | None = 120) -> Assessment:
    return toy_bone_assessor().assess(FILM, sex, age_months, spacing_mm)


def bones(assessment: Assessment) -> Bones:
    assert assessment.bones is not None
    return assessment.bones


def bone(assessment: Assessment, name: str) -> SeenBone:
    return bones(assessment).seen[RUS.index(name)]


def test_bones_are_part_of_the_assessment() -> None:
    assessment = assessed()

    assert [each.bone for each in bones(assessment).seen] == list(RUS)
    (staged,) = bones(assessment).staged
    assert staged.sex is Sex.MALE
    assert staged.tw3 is not None
    assert staged.rus_chn is not None
    assert staged.tw3.age.low_months <= staged.tw3.age.months <= staged.tw3.age.high_months
    assert staged.percentiles is not None
    for each in staged.bones:
        assert sum(each.stage_probabilities.values()) == pytest.approx(1, abs=0.01)
        assert each.stage == max(each.stage_probabilities, key=lambda stage: each.stage_probabilities[stage])
    assert assessment.seconds["bones"] > 0
    assert [model.name for model in assessment.models] == ["hand-finder", "whole-hand", "bone-finder"]


def test_outline_and_box_lie_on_the_film() -> None:
    radius = bone(assessed(), "radius")

    assert radius.outline_px is not None
    assert radius.box_px is not None
    left, top, right, bottom = radius.box_px
    assert all(left <= x <= right and top <= y <= bottom for x, y in radius.outline_px)
    assert 3 <= len(radius.outline_px) < 60
    assert 0 < left < right < FILM.shape[1]


def test_lengths_in_mm_need_the_spacing() -> None:
    known, unknown = (bone(assessed(spacing_mm=spacing), "radius").measures for spacing in (0.2, None))

    assert known is not None
    assert unknown is not None
    assert known.metaphysis_mm is not None
    assert known.epiphysis_mm == pytest.approx(known.metaphysis_mm * known.width, rel=0.01)
    assert (unknown.metaphysis_mm, unknown.epiphysis_mm) == (None, None)
    assert bones(assessed(spacing_mm=None)).carpals.area_mm2 is None


def test_an_unknown_sex_gives_stages_for_each() -> None:
    assessment = assessed(None)

    assert [each.sex for each in bones(assessment).staged] == [Sex.FEMALE, Sex.MALE]
    assert bones(assessed(Sex.FEMALE)).staged == bones(assessment).staged[:1]
    assert "  TW3        girl: " in to_text(assessment)


def test_json_reads_back() -> None:
    assessment = assessed()
    content = json.loads(json.dumps(assessment.to_json()))

    assert Assessment.model_validate(content).to_json() == content


def test_refused_films_and_sets_without_a_bone_finder_have_no_bones() -> None:
    refused = toy_bone_assessor().assess(hands.not_hand("noise"), Sex.MALE)

    assert refused.verdict is Verdict.REJECT
    assert refused.bones is None
    assert toy_assessor().assess(FILM, Sex.MALE).bones is None
    assert toy_assessor().bones is None


def test_the_text_names_ages_and_stages() -> None:
    text = to_text(assessed())

    assert "  TW3 " in text
    assert "at this age" in text
    assert ", score " in text
    assert "  stages     radius " in text


def test_the_table_has_a_stage_and_an_age_of_each_bone() -> None:
    assessment = assessed()
    row, (staged,) = to_row("a.png", assessment), bones(assessment).staged

    assert staged.tw3 is not None
    assert (row.tw3_score, row.tw3_months) == (staged.tw3.score, staged.tw3.age.months)
    for each in staged.bones:
        assert getattr(row, f"{each.bone}_stage") == each.stage
        assert getattr(row, f"{each.bone}_months") == (each.age.months if each.age else None)
    unknown = to_row("a.png", assessed(None))
    assert (unknown.tw3_score, unknown.radius_stage) == (None, "")


def test_a_stager_without_a_finder_is_not_used(tmp_path: Path) -> None:
    models = write_toy(tmp_path)
    for name in ("bone-stager.json", "bone-stager.onnx"):
        (tmp_path / name).touch()

    assert toy_assessor().load(ModelSet(models.folder)).bones is None
