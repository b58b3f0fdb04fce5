from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openboneage.clinical.growth import assess_growth
from openboneage.clinical.maturity import Maturity, assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.visits import Child, Visit
from openboneage.report.age_axis import BLUE, GREEN, ORANGE, PURPLE
from openboneage.report.pdf.page import to_pdf
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report
from openboneage.subject import Sex
from tests.report.pages import facts_of, pixels_of, text_of
from tests.report.reports import decided, examined, png_report, report_of

EN = phrases_of("en")
CHILD = Child(Sex.FEMALE, (Visit(99.0, 98.0, height_cm=128.0), Visit(111.0, 112.0, height_cm=134.0, weight_kg=30.0)))


def maturity() -> Maturity:
    standard = scoring_method("tw3")
    return assess_stages(standard, Sex.FEMALE, dict.fromkeys(standard.bones, "F"))


def page(report: Report, language: str = "en") -> str:
    return text_of(to_pdf(report, phrases_of(language)))


def shows(colour: str, picture: np.ndarray) -> bool:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return bool((np.abs(picture.astype(int) - wanted).max(axis=2) < 24).sum() > 3)


CASES: dict[str, dict[str, Any]] = {
    "unsigned": {},
    "signed": {"decision": decided("accepted")},
    "edited": {"decision": decided("edited", bone_age_months=130.0)},
    "rejected": {"decision": decided("rejected", comment="The wrist is turned. " * 40)},
    "refused": {"examination": examined(pixels="noise")},
    "unknown sex": {"examination": examined("unknown")},
    "growth and stages": {"growth": assess_growth(CHILD), "maturity": (maturity(),)},
    "three standards": {"maturity": (maturity(),) * 3},
    "everything": {
        "decision": decided("edited", bone_age_months=130.0, comment="Long. " * 200, organization="O" * 300),
        "growth": assess_growth(CHILD),
        "maturity": (maturity(),),
        "examination": examined(PatientName="Nowhere-" * 20 + "^Long", PatientID="9" * 64, InstitutionName="I" * 200),
    },
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_report_is_one_page_a4_with_title_and_notice(case: str, language: str) -> None:
    say = phrases_of(language)
    pdf = to_pdf(report_of(**CASES[case]), say)
    facts = facts_of(pdf)
    assert (facts["Pages"], facts["Page size"], facts["Title"]) == ("1", "595.276 x 841.89 pts (A4)", say.title)
    text = text_of(pdf)
    assert say.title in text
    assert say.notice in text


def test_the_page_names_the_child_and_the_reader() -> None:
    text = page(report_of(decided("accepted", organization="Clinic", comment="Seen twice.")))
    for words in ("Müller, Åsa", "ID-77-4711", "2010-03-15", "A-1", "Children's Hospital", "ACCEPTED", "Comment: Seen twice."):
        assert words in text
    assert "Accepted by Dr. Zoë Reader, Clinic, 2026-11-21 23:40 UTC" in text


def test_the_page_states_ages_and_versions() -> None:
    text = page(report_of(None, examined("unknown"), version=3))
    for words in ("Bone age if a girl", "Bone age if a boy", "SDS, boy", "Report version 3", "openboneage", "PRELIMINARY"):
        assert words in text


def test_stages_growth_and_adult_height_stand_on_the_page_where_they_are_known() -> None:
    text = page(report_of(growth=assess_growth(CHILD), maturity=(maturity(),)))
    for words in ("Stages, TW3-RUS", "Radius", "Total score", "Predicted adult height"):
        assert words in text
    assert "Stages" not in page(report_of())


def test_two_standards_beside_the_growth_figure_share_one_table() -> None:
    rus_chn = scoring_method("rus-chn")
    both = (maturity(), assess_stages(rus_chn, Sex.FEMALE, dict.fromkeys(rus_chn.bones, "5")))
    text = page(report_of(growth=assess_growth(CHILD), maturity=both))
    assert text.count("Metacarpal III") == 1
    for each in both:
        assert f"{each.score}: " in text
    assert text.count("TW3-RUS") == text.count("RUS-CHN") == 2


def test_identifiers_are_not_cut_off() -> None:
    assert "9" * 64 in page(report_of(None, examined(PatientID="9" * 64)))


def test_a_name_without_latin_letters_is_written() -> None:
    assert "王, 小东" in page(report_of(None, examined(PatientName="王^小东")))


def test_a_film_without_patient_is_named_by_its_file() -> None:
    text = page(png_report())
    assert "upload" in text
    assert "Patient" not in text


def test_a_page_shows_outline_curve_and_normal_range(tmp_path: Path) -> None:
    picture = pixels_of(to_pdf(report_of(), EN), tmp_path, dpi=100)
    assert [shows(colour, picture) for colour in (GREEN, BLUE, ORANGE, PURPLE)] == [True, True, True, False]
    both = pixels_of(to_pdf(report_of(None, examined("unknown")), EN), tmp_path, dpi=100)
    assert shows(PURPLE, both)


def test_a_rejected_estimate_is_not_drawn(tmp_path: Path) -> None:
    picture = pixels_of(to_pdf(report_of(decided("rejected", comment="Turned.")), EN), tmp_path, dpi=100)
    assert not shows(BLUE, picture)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert to_pdf(report_of(), EN) == to_pdf(report_of(), EN)
    assert to_pdf(report_of(), EN) != to_pdf(report_of(version=2), EN)


def test_the_date_is_that_of_the_report() -> None:
    assert "2026" in facts_of(to_pdf(report_of(), EN))["CreationDate"]
