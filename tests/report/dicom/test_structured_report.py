from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from highdicom.sr import MeasurementReport, MeasurementsAndQualitativeEvaluations, srread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from openboneage.clinical.maturity import assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.report.dicom import codes as own
from openboneage.report.report import Report
from openboneage.subject import Sex
from tests import hands
from tests.report.dicom.checked import read_back, written
from tests.report.reports import decided, examined, report_of


def groups(report: Report) -> list[MeasurementsAndQualitativeEvaluations]:
    """The measurement groups, read from bytes by highdicom."""
    document: Any = srread(BytesIO(written(report, "sr")))
    assert isinstance(document.content, MeasurementReport)
    return list(document.content.get_image_measurement_groups())


def values(group: MeasurementsAndQualitativeEvaluations, name: Any) -> list[float]:
    return [float(each.value) for each in group.get_measurements(name=name)]


def answers(group: MeasurementsAndQualitativeEvaluations, name: Any) -> list[str]:
    found: list[Any] = group.get_qualitative_evaluations(name=name)
    return [each.value.meaning for each in found]


def items(dataset: Dataset) -> Iterator[Dataset]:
    """All content items of a document."""
    for item in dataset.get("ContentSequence", ()):
        yield item
        yield from items(item)


def texts(report: Report, meaning: str) -> list[str]:
    found = [each for each in items(read_back(report, "sr")) if each.ConceptNameCodeSequence[0].CodeMeaning == meaning]
    return [str(each.get("TextValue") or each.get("PersonName") or each.ConceptCodeSequence[0].CodeMeaning) for each in found]


def numbers(report: Report, meaning: str) -> list[float]:
    found = [each for each in items(read_back(report, "sr")) if each.ConceptNameCodeSequence[0].CodeMeaning == meaning]
    return [float(each.MeasuredValueSequence[0].NumericValue) for each in found]


def test_the_bone_age_reads_back_with_method_and_film() -> None:
    (group,) = groups(report_of())
    assessment = examined().assessment
    assert values(group, own.BONE_AGE) == [round(hands.bone_age(assessment).mean_months, 1)]
    assert values(group, codes.DCM.SubjectAge) == [111.0]
    assert answers(group, own.BONE_AGE_METHOD) == ["Greulich-Pyle"]
    (image,) = group.source_images
    assert image.referenced_sop_instance_uid == assessment.film.sop_instance_uid
    (site,) = group.finding_sites
    assert (site.value, site.laterality) == (own.HAND, own.SIDES[assessment.pose.laterality])


def test_interval_normal_range_and_sds_are_properties_of_the_bone_age() -> None:
    report = report_of()
    (stated,) = report.stated_ages
    assert stated.interval is not None
    assert stated.comparison is not None
    assert numbers(report, "Z-Score of measurement") == [round(stated.comparison.sds, 2)]
    assert numbers(report, "Normal Range Lower Limit") == [round(stated.comparison.low_months, 1)]
    above = round(stated.interval.high_months - stated.months, 1)
    assert numbers(report, "+, range of upper measurement uncertainty") == [above]
    assert "Brush Foundation" in texts(report, "Reference Authority")


def test_the_algorithm_is_named_with_its_weights() -> None:
    report = report_of()
    assert texts(report, "Algorithm Name") == ["openboneage"]
    parameters = " ".join(texts(report, "Algorithm Parameters"))
    assert all(model.sha256 in parameters for model in report.assessment.models)
    assert "90%" in parameters


def test_an_unknown_sex_has_a_group_for_each_sex() -> None:
    girl, boy = groups(report_of(None, examined("unknown")))
    assert [answers(group, codes.DCM.SubjectSex) for group in (girl, boy)] == [["Female"], ["Male"]]
    assert values(boy, own.BONE_AGE)[0] > values(girl, own.BONE_AGE)[0]


def test_the_age_of_a_reader_has_no_algorithm_and_names_the_reader() -> None:
    report = report_of(decided("edited", bone_age_months=130.0))
    (group,) = groups(report)
    assert values(group, own.BONE_AGE) == [130.0]
    assert texts(report, "Algorithm Name") == []
    assert texts(report, "Person Observer Name") == ["Dr. Zoë Reader^"]


@pytest.mark.parametrize(
    ("report", "result"),
    [
        (report_of(decided("rejected", comment="Turned.")), "Estimate rejected by the reader"),
        (report_of(None, examined(pixels="noise")), "Film refused, no bone age"),
    ],
)
def test_without_a_bone_age_the_result_says_why(report: Report, result: str) -> None:
    (group,) = groups(report)
    assert group.get_measurements() == []
    assert answers(group, own.ASSESSMENT_RESULT) == [result]


def test_findings_comment_and_notice_are_in_the_document() -> None:
    comments = texts(report_of(decided("accepted", comment="Größer.")), "Comment")
    assert comments[0].startswith("note: The table of Brush Foundation")
    assert comments[-2:] == ["Größer.", "Research use only, not a medical device."]


def test_a_signed_report_is_final_and_verified_by_the_reader_s_organisation_or_the_film_s() -> None:
    unsigned = read_back(report_of(), "sr")
    assert (unsigned.PreliminaryFlag, unsigned.VerificationFlag) == ("PRELIMINARY", "UNVERIFIED")
    for decision, organization in (
        (decided("accepted", organization="Clinic"), "Clinic"),
        (decided("accepted"), "Children's Hospital"),
    ):
        signed = read_back(report_of(decision), "sr")
        assert (signed.PreliminaryFlag, signed.VerificationFlag) == ("FINAL", "VERIFIED")
        (observer,) = signed.VerifyingObserverSequence
        assert (observer.VerifyingObserverName, observer.VerifyingOrganization) == ("Dr. Zoë Reader^", organization)
        assert observer.VerificationDateTime == "20261121234000+0000"
    nowhere = read_back(report_of(decided("accepted"), examined(InstitutionName="")), "sr")
    assert (nowhere.PreliminaryFlag, nowhere.VerificationFlag) == ("FINAL", "UNVERIFIED")


def test_a_reader_s_name_cannot_break_the_document() -> None:
    decision = decided("accepted").model_copy(update={"reader": "A^B=C\\D" + "x" * 80})
    assert texts(report_of(decision), "Person Observer Name") == ["A B C D" + "x" * 56 + "^"]


def test_a_long_organisation_is_cut_to_what_the_standard_allows() -> None:
    signed = read_back(report_of(decided("accepted", organization="Clinic\\" * 20)), "sr")
    assert signed.VerifyingObserverSequence[0].VerifyingOrganization == ("Clinic/" * 20)[:64]


def test_scores_and_stages_of_the_bones() -> None:
    standard = scoring_method("tw3")
    maturity = assess_stages(standard, Sex.FEMALE, {**dict.fromkeys(standard.bones, "F"), "ulna": "E"})
    _, score, *bones = groups(report_of(maturity=(maturity,)))
    assert values(score, own.TOTAL_SCORE) == [maturity.score]
    assert values(score, own.BONE_AGE) == [round(maturity.age.age_months or 0, 1)]
    assert len(bones) == 13
    assert bones[0].finding_sites[0].value == own.DISTAL_RADIUS
    assert answers(bones[1], own.ULNA_STAGE) == ["Stage E"]
    assert bones[12].tracking_identifier == "TW3-RUS Distal phalanx V"
