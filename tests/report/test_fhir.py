from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from openboneage.clinical.maturity import assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.report.fhir import to_fhir
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report
from openboneage.subject import Sex
from tests.report.reports import STUDY_UID, decided, examined, png_report, report_of

Json = dict[str, Any]


def resources(report: Report, language: str = "en") -> list[Json]:
    """The resources of the bundle, after its model has read it from bytes and written it again."""
    content = to_fhir(report, phrases_of(language))
    assert json.loads(Bundle.model_validate_json(content).model_dump_json()) == json.loads(content)
    entries = json.loads(content)["entry"]
    return [entry["resource"] for entry in entries]


def components(observation: Json) -> dict[str, Json]:
    return {each["code"].get("coding", [{}])[0].get("code") or each["code"]["text"]: each for each in observation["component"]}


def test_an_unsigned_report_is_preliminary_with_one_bone_age() -> None:
    report = report_of()
    conclusion, bone_age = resources(report)
    (stated,) = report.stated_ages
    assert (conclusion["resourceType"], conclusion["status"]) == ("DiagnosticReport", "preliminary")
    assert conclusion["code"]["coding"][0]["code"] == "24724-7"
    assert bone_age["code"]["coding"][0] == {"system": "http://loinc.org", "code": "85151-9", "display": "XR Bone age"}
    assert bone_age["valueQuantity"] == {
        "value": round(stated.months, 1), "unit": "month", "system": "http://unitsofmeasure.org", "code": "mo",
    }  # fmt: skip
    assert bone_age["interpretation"][0]["coding"][0]["code"] == "L"
    assert bone_age["device"]["display"].startswith("openboneage ")
    found = components(bone_age)
    assert found["85150-1"]["valueCodeableConcept"]["text"] == "Greulich-Pyle"
    assert found["90 % interval"]["valueRange"]["high"]["value"] > stated.months
    assert stated.comparison is not None
    assert found["121416"]["valueQuantity"]["value"] == round(stated.comparison.sds, 2)


def test_patient_study_and_order_are_referred_to_by_the_film_s_identifiers() -> None:
    conclusion, bone_age = resources(report_of())
    assert conclusion["subject"] == bone_age["subject"]
    assert conclusion["subject"]["identifier"] == {"value": "ID-77-4711", "assigner": {"display": "Clinic"}}
    assert conclusion["imagingStudy"][0]["identifier"]["value"] == f"urn:oid:{STUDY_UID}"
    assert conclusion["basedOn"][0]["identifier"]["value"] == "A-1"
    assert conclusion["effectiveDateTime"] == "2019-06-15"


def test_what_is_not_known_is_absent() -> None:
    for report in (png_report(), report_of(None, examined(PatientID="", StudyInstanceUID="", AccessionNumber=""))):
        conclusion, bone_age = resources(report)
        assert {"subject", "basedOn", "imagingStudy"}.isdisjoint(conclusion)
        assert {"subject", "derivedFrom"}.isdisjoint(bone_age)
    assert "effectiveDateTime" not in resources(png_report())[0]


def test_an_unknown_sex_has_two_observations() -> None:
    conclusion, girl, boy = resources(report_of(None, examined("unknown")))
    sexes = [components(each)["121032"]["valueCodeableConcept"]["coding"][0]["code"] for each in (girl, boy)]
    assert sexes == ["F", "M"]
    assert len(conclusion["result"]) == 2


@pytest.mark.parametrize(("version", "status"), [(1, "final"), (2, "amended")])
def test_a_signed_report_names_the_reader(version: int, status: str) -> None:
    decision = decided("edited", bone_age_months=130.0, organization="Clinic", comment="A <b> & c")
    conclusion, bone_age = resources(report_of(decision, version=version))
    assert (conclusion["status"], bone_age["status"]) == (status, status)
    assert conclusion["resultsInterpreter"] == [{"display": "Dr. Zoë Reader"}]
    assert bone_age["valueQuantity"]["value"] == 130.0
    assert "device" not in bone_age
    assert "A &lt;b&gt; &amp; c" in conclusion["text"]["div"]


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (report_of(decided("rejected", comment="Turned.")), "The reader rejected the estimate."),
        (report_of(None, examined(pixels="noise")), "The film was refused; see the findings."),
    ],
)
def test_without_a_bone_age_the_reason_stands_in_its_place(report: Report, reason: str) -> None:
    conclusion, absent = resources(report)
    assert (conclusion["status"], absent["status"]) == ("cancelled", "cancelled")
    assert absent["dataAbsentReason"]["text"] == reason
    assert "valueQuantity" not in absent


def test_scores_and_stages() -> None:
    standard = scoring_method("tw3")
    maturity = assess_stages(standard, Sex.FEMALE, dict.fromkeys(standard.bones, "F"))
    _, _, score, *stages = resources(report_of(maturity=(maturity,)))
    assert (score["code"]["coding"][0]["code"], score["valueQuantity"]["value"]) == ("93189-9", maturity.score)
    assert len(score["hasMember"]) == len(stages) == 13
    assert stages[1]["code"]["coding"][0]["code"] == "93148-5"
    assert stages[0]["valueCodeableConcept"]["text"] == "F"


def test_references_lead_to_entries_and_posting_again_adds_nothing() -> None:
    bundle = json.loads(to_fhir(report_of(), phrases_of()))
    urls = {entry["fullUrl"] for entry in bundle["entry"]}
    assert {each["reference"] for each in bundle["entry"][0]["resource"]["result"]} <= urls
    for entry in bundle["entry"]:
        assert entry["request"]["ifNoneExist"] == f"identifier=urn:ietf:rfc3986|{entry['fullUrl']}"
        assert entry["resource"]["identifier"][0]["value"] == entry["fullUrl"]
    assert to_fhir(report_of(), phrases_of()) == to_fhir(report_of(), phrases_of())


def test_words_are_those_of_the_language() -> None:
    conclusion, _ = resources(report_of(), "de")
    assert conclusion["language"] == "de"
    assert conclusion["conclusion"].startswith("Knochenalter nach Greulich-Pyle: ")
