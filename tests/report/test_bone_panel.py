"""The bones in a figure and in reports: outlines on the film, the sheet of the 13 bones, tables, DICOM."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
from PIL import Image

from openboneage.assess.assessor import Examination
from openboneage.bones.names import RUS
from openboneage.clinical.maturity import assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.report.age_axis import BLUE, ORANGE
from openboneage.report.figure import BONES_INCHES, draw_figure
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report
from openboneage.report.sheet import sheet_of
from openboneage.subject import Sex
from tests import hands
from tests.report.dicom.checked import read_back
from tests.report.reports import MADE, decided, dicom_film
from tests.toy_model import toy_bone_assessor

DPI = 60


@cache
def examined(sex: Sex = Sex.FEMALE) -> Examination:
    return toy_bone_assessor().examine(dicom_film(), sex, 111.0)


def pixels(report: Report) -> np.ndarray:
    with Image.open(io.BytesIO(draw_figure(report, phrases_of(), dpi=DPI))) as image:
        return np.array(image.convert("RGB")).astype(int)


def share_of(colour: str, picture: np.ndarray) -> float:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return float((np.abs(picture - wanted).max(axis=2) < 40).mean())


def test_a_sheet_of_the_bones_stands_below_the_figure() -> None:
    picture = pixels(Report(examined()))
    sheet = picture[round(9.2 * DPI) :]

    assert picture.shape[0] == round((9.2 + BONES_INCHES) * DPI)
    assert share_of(BLUE, sheet) > 0.002
    assert share_of(ORANGE, sheet) > 0.0005


def test_without_stages_there_is_no_sheet() -> None:
    for report in (Report(examined(Sex.UNKNOWN)), Report(examined(), decision=decided("rejected", comment="other hand"))):
        assert pixels(report).shape[0] == round(9.2 * DPI)


def test_a_bone_that_is_missing_has_an_empty_tile() -> None:
    film = hands.without(hands.film("7043", 400), right=0.18)
    examination = toy_bone_assessor().examine(film, Sex.FEMALE)

    assert draw_figure(Report(examination), phrases_of(), dpi=30)


def test_reports_state_the_stages_of_the_assessment() -> None:
    report = Report(examined())
    (tw3, chinese), (staged,) = sheet_of(report, phrases_of()).stages, report.examination.bones.staged  # type: ignore[union-attr]

    assert [stage for _, stage, _ in tw3.rows] == [bone.stage for bone in staged.bones]
    assert len(chinese.rows) == len(RUS)
    assert Report(examined(Sex.UNKNOWN)).stages == ()


def test_stages_of_a_reader_are_used_before_those_of_the_assessment() -> None:
    standard = scoring_method("tw3")
    read = assess_stages(standard, Sex.FEMALE, dict.fromkeys(standard.bones, "E"))

    assert Report(examined(), maturity=(read,)).stages == (read,)


def test_the_segmentation_has_the_bones() -> None:
    found = read_back(Report(examined(), made=MADE), "seg")
    labels = {item.SegmentLabel: item for item in found.SegmentSequence}

    assert {"Hand", "Radius", "Metacarpal III", "Capitate"} <= labels.keys()
    assert labels["Radius"].SegmentationAlgorithmIdentificationSequence[0].AlgorithmName == "bone-finder"


@pytest.mark.parametrize("name", ["sr", "seg"])
def test_dicom_objects_have_the_bones_of_the_assessment(name: str) -> None:
    assert read_back(Report(examined(), made=MADE), name).SOPInstanceUID
