"""What the DICOM objects of a report share; each is checked by the programs of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydicom import config
from pydicom.uid import UID

from openboneage.clinical.maturity import Maturity, assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.errors import InputError, RefusedError
from openboneage.report.report import Report
from openboneage.subject import Sex
from tests.report.dicom.checked import complaints, dump, read_back, report_dump, written
from tests.report.reports import SERIES_UID, STUDY_UID, decided, examined, png_report, report_of

NAMES = ("sr", "seg", "sc", "dicom-pdf")
EMPTY: dict[str, Any] = {
    **dict.fromkeys(("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate")),
    **dict.fromkeys(("StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName", "InstitutionName"), ""),
}


def maturity(standard: str) -> Maturity:
    method = scoring_method(standard)
    return assess_stages(method, Sex.FEMALE, {bone: method.stages(bone)[-2] for bone in method.bones})


UNSIGNED, SECOND = report_of(), report_of(version=2)
CASES: dict[str, Report] = {
    "unsigned": UNSIGNED,
    "accepted": report_of(decided("accepted", comment="Clear, größer.", organization="Clinic")),
    "edited": report_of(decided("edited", bone_age_months=130.0), version=2),
    "rejected": report_of(decided("rejected", comment="The wrist is turned.")),
    "unknown sex": report_of(None, examined("unknown")),
    "stages": report_of(maturity=(maturity("tw3"), maturity("rus-chn"))),
    "empty attributes": report_of(None, examined("F", **EMPTY)),
    "another character set": report_of(None, examined(SpecificCharacterSet="ISO_IR 100", PatientName="Müller^Åsa")),
    "pixels not square": report_of(None, examined(PixelSpacing=(0.6, 0.5))),
}
REFUSED = report_of(None, examined(pixels="noise"))


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for case in CASES for name in NAMES if name != "sc" or case in ("unsigned", "empty attributes")],
)
def test_other_programs_accept_each_object(name: str, case: str, tmp_path: Path) -> None:
    content = written(CASES[case], name)
    assert complaints(content, tmp_path) == []
    assert dump(content, tmp_path)


@pytest.mark.parametrize("name", ["sr", "sc", "dicom-pdf"])
def test_reports_on_a_refused_film_are_accepted_too(name: str, tmp_path: Path) -> None:
    assert complaints(written(REFUSED, name), tmp_path) == []


def test_the_structure_of_reports_is_accepted(tmp_path: Path) -> None:
    for report in (*CASES.values(), REFUSED):
        assert report_dump(written(report, "sr"), tmp_path)[0] == "Enhanced SR Document"


@pytest.mark.parametrize("name", NAMES)
def test_patient_and_study_are_those_of_the_film(name: str) -> None:
    found = read_back(UNSIGNED, name)
    assert (found.PatientName, found.PatientID, found.IssuerOfPatientID) == ("Müller^Åsa^^Dr.", "ID-77-4711", "Clinic")
    assert (found.PatientBirthDate, found.PatientSex, found.AccessionNumber) == ("20100315", "F", "A-1")
    assert (found.StudyInstanceUID, found.StudyDate, found.StudyTime, found.StudyID) == (STUDY_UID, "20190615", "101500", "S1")
    assert found.ReferringPhysicianName == "Rossi^Anna"
    assert SERIES_UID not in (found.SeriesInstanceUID, found.SOPInstanceUID)
    assert "InstitutionName" not in found


@pytest.mark.parametrize("name", NAMES)
def test_what_the_film_does_not_state_stays_empty(name: str) -> None:
    found = read_back(CASES["empty attributes"], name)
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber"):
        assert found[keyword].is_empty, keyword
    assert "PatientAge" not in found


@pytest.mark.parametrize("name", NAMES)
def test_the_same_report_has_the_same_identifiers_and_another_version_others(name: str) -> None:
    assert written(report_of(), name) == written(UNSIGNED, name)
    first, second = read_back(UNSIGNED, name), read_back(SECOND, name)
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert second.InstanceNumber == 2
    assert UID(first.SOPInstanceUID).is_valid


def test_each_object_is_a_series_of_its_own() -> None:
    found = [read_back(UNSIGNED, name) for name in NAMES]
    assert len({each.SeriesInstanceUID for each in found} | {each.SOPInstanceUID for each in found}) == 8
    assert [(each.Modality, each.SeriesNumber) for each in found] == [("SR", 9001), ("SEG", 9002), ("OT", 9003), ("DOC", 9004)]


@pytest.mark.parametrize("name", NAMES)
def test_dates_are_those_of_the_report_and_versions_are_stated(name: str) -> None:
    found = read_back(UNSIGNED, name)
    assert (found.ContentDate, found.ContentTime, found.SeriesDate) == ("20261121", "234000", "20261121")
    assert found.Manufacturer == "OpenBoneAge developers"
    assert found.SoftwareVersions == report_of().assessment.program.version


@pytest.mark.parametrize("name", NAMES)
def test_a_film_that_is_no_dicom_object_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"this film is none\. Use pdf, png, text, json or fhir"):
        written(png_report(), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_film_without_identifiers_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no valid StudyInstanceUID, SeriesInstanceUID"):
        written(report_of(None, examined(StudyInstanceUID="", SeriesInstanceUID="x")), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_film_of_an_unknown_class_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="standard SOP Class"):
        written(report_of(None, examined(SOPClassUID="1.2.3.4")), name)


@pytest.mark.parametrize("name", NAMES)
def test_values_that_are_too_long_are_copied(name: str) -> None:
    long = "Long-" * 16 + "^Name"
    found = read_back(report_of(None, examined(PatientName=long, AccessionNumber="A" * 20)), name)
    with config.disable_value_validation():
        assert (found.PatientName, found.AccessionNumber) == (long, "A" * 20)


def test_a_refused_film_has_no_segmentation() -> None:
    with pytest.raises(RefusedError, match="leave the format seg out"):
        written(REFUSED, "seg")
