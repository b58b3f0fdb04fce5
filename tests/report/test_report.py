from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from openboneage.assess.assessor import Examination
from openboneage.errors import InputError
from openboneage.report.formats import find_format
from openboneage.report.phrases import phrases_of
from openboneage.report.report import ReportRecord, to_json
from tests import hands
from tests.report.reports import MADE, decided, examined, png_report, report_of


def test_an_unsigned_report_states_the_estimate() -> None:
    (stated,) = report_of().stated_ages
    bone_age = hands.bone_age(examined().assessment)
    assert (stated.months, stated.interval, stated.sex) == (bone_age.mean_months, bone_age.interval, "female")
    assert stated.comparison == examined().assessment.comparison


def test_with_an_unknown_sex_both_ages_are_stated() -> None:
    girl, boy = report_of(None, examined("unknown")).stated_ages
    assert (girl.sex, boy.sex) == ("female", "male")
    assert boy.months > girl.months + 30


def test_an_edited_report_states_the_reader_s_age_without_an_interval() -> None:
    (stated,) = report_of(decided("edited", bone_age_months=130.0)).stated_ages
    assert (stated.months, stated.interval) == (130.0, None)
    estimate = examined().assessment.comparison
    assert stated.comparison is not None
    assert estimate is not None
    expected = (130.0 - estimate.mean_months) / estimate.sd_months
    assert (stated.comparison.sds, stated.comparison.sds_low) == pytest.approx((expected, expected))


def test_the_age_of_a_reader_is_compared_only_where_a_normal_range_exists() -> None:
    for examination in (examined("unknown"), examined(PatientBirthDate=None)):
        (stated,) = report_of(decided("edited", bone_age_months=130.0), examination).stated_ages
        assert stated.comparison is None
    old = examined(PatientBirthDate="20010101")
    assert report_of(decided("edited", bone_age_months=220.0), old).stated_ages[0].comparison is None


def test_a_rejected_estimate_and_a_refused_film_state_no_age() -> None:
    assert report_of(decided("rejected", comment="turned")).stated_ages == ()
    assert report_of(None, examined(pixels="noise")).stated_ages == ()


def test_a_refused_film_cannot_be_accepted_but_read() -> None:
    refused = examined(pixels="noise")
    with pytest.raises(InputError, match="no bone age to accept"):
        report_of(decided("accepted"), refused)
    assert report_of(decided("edited", bone_age_months=100.0), refused).stated_ages[0].months == 100.0


@pytest.mark.parametrize(
    ("outcome", "fields"),
    [
        ("edited", {}),
        ("accepted", {"bone_age_months": 100.0}),
        ("rejected", {"comment": " "}),
        ("edited", {"bone_age_months": 300.0}),
    ],
)
def test_incomplete_decisions_are_invalid(outcome: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        decided(outcome, **fields)


def test_json_reads_back() -> None:
    decision = decided("edited", bone_age_months=130.0, comment="Größer.")
    record = ReportRecord.model_validate_json(to_json(report_of(decision, version=2)))
    assert "Größer." in to_json(report_of(decision)).decode()
    assert (record.version, record.made, record.decision) == (2, MADE, decision)
    assert record.assessment.to_json() == examined().assessment.to_json()
    assert ReportRecord.model_validate_json(to_json(png_report("unknown"))).decision is None


def test_texts_of_a_decision_are_one_line_of_printable_characters() -> None:
    decision = decided("accepted", comment=" a\n  b\tc\x1b[1m\udcf6 ")
    assert decision.comment == r"a b c\x1b[1m\udcf6"


def test_any_file_name_can_be_reported() -> None:
    film = png_report().assessment.film.model_copy(update={"name": "J\udcf6rg.png"})
    report = png_report()
    odd = replace(report, examination=Examination(report.examination.hand, report.assessment.model_copy(update={"film": film})))
    assert json.loads(to_json(odd))["assessment"]["film"]["name"] == "J\udcf6rg.png"
    for name in ("text", "pdf", "png", "fhir"):
        assert find_format(name).write(odd, phrases_of())


def test_json_does_not_identify_the_patient() -> None:
    text = to_json(report_of()).decode()
    assert "ller" not in text
    assert "4711" not in text
    assert "20100315" not in text
