"""Data of the child in a DICOM file; doubtful values give findings, and no message quotes free text."""

from __future__ import annotations

from typing import Any

import pytest

from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from tests.reading.films import DEEP, film_file

BORN_2010 = "20100315"


def film(**tags: Any) -> Radiograph:
    return read(film_file(DEEP, **tags))


def codes(**tags: Any) -> list[str]:
    return [finding.code for finding in film(**tags).findings]


def test_sound_film_has_no_findings() -> None:
    radiograph = film()
    assert (radiograph.sex, radiograph.laterality, radiograph.findings) == ("female", "unknown", ())
    assert radiograph.age_months == pytest.approx(9 * 12 + 3, abs=0.1)
    assert radiograph.age_source == "PatientBirthDate, StudyDate"


@pytest.mark.parametrize(
    ("value", "sex", "expected"),
    [
        ("F", "female", []),
        ("M", "male", []),
        ("m ", "male", []),
        ("O", "unknown", ["sex-other"]),
        ("", "unknown", ["sex-missing"]),
        (None, "unknown", ["sex-missing"]),
        ("FRITZ", "unknown", ["sex-missing", "attribute-invalid"]),
    ],
)
def test_sex(value: str | None, sex: str, expected: list[str]) -> None:
    assert film(PatientSex=value).sex == sex
    assert codes(PatientSex=value) == expected


@pytest.mark.parametrize(
    ("text", "months"),
    [("009Y", 108), ("111M", 111), ("045W", 10.35), ("020D", 0.66), ("9y", 108)],
)
def test_stated_age(text: str, months: float) -> None:
    radiograph = film(PatientBirthDate=None, PatientAge=text)
    assert radiograph.age_months == pytest.approx(months, abs=0.01)
    assert radiograph.age_source == "PatientAge"
    assert ("age-rounded" in [finding.code for finding in radiograph.findings]) == (months == 108)


@pytest.mark.parametrize("text", ["009", "Y", "-09Y", "NINE", "999Y", "1e9Y"])
def test_stated_age_that_is_none(text: str) -> None:
    assert film(PatientBirthDate=None, PatientAge=text).age_months is None
    assert codes(PatientBirthDate=None, PatientAge=text) == ["age-missing", "attribute-invalid"]


def test_zero_age_is_not_an_age() -> None:
    assert codes(PatientBirthDate=None, PatientAge="000Y") == ["age-missing"]


@pytest.mark.parametrize("keyword", ["AcquisitionDate", "ContentDate"])
def test_other_dates_stand_in_for_the_study_date(keyword: str) -> None:
    radiograph = film(StudyDate=None, **{keyword: "20190615"})
    assert radiograph.age_source == f"PatientBirthDate, {keyword}"
    assert radiograph.age_months == pytest.approx(111, abs=0.1)


@pytest.mark.parametrize("text", ["20190615", "2019.06.15", "2019-06-15"])
def test_old_ways_to_write_a_date(text: str) -> None:
    assert film(StudyDate=text).age_months == pytest.approx(111, abs=0.1)


@pytest.mark.parametrize("text", ["20190231", "June", "2019", "99999999", "19061", "Zwicky"])
def test_date_that_is_none(text: str) -> None:
    assert codes(StudyDate=text) == ["age-missing", "attribute-invalid"]


@pytest.mark.parametrize("placeholder", ["19000101", "18000101", "00010101", "19010101", "11111111"])
def test_placeholder_birth_dates_are_not_used(placeholder: str) -> None:
    assert codes(PatientBirthDate=placeholder) == ["birth-date-placeholder", "age-missing"]
    assert film(PatientBirthDate=placeholder, PatientAge="111M").age_months == 111


@pytest.mark.parametrize(
    ("stated", "contradictory"),
    [("009Y", False), ("010Y", True), ("008Y", False), ("007Y", True), ("011Y", True), ("111M", False), ("114M", True)],
)
def test_stated_age_against_the_dates(stated: str, contradictory: bool) -> None:
    radiograph = film(PatientAge=stated)
    assert radiograph.age_months == pytest.approx(111, abs=0.1)
    assert ([finding.code for finding in radiograph.findings] == ["age-contradictory"]) == contradictory


@pytest.mark.parametrize(("birth", "study"), [("20200101", "20190615"), ("15000101", "20190615")])
def test_impossible_age(birth: str, study: str) -> None:
    assert film(PatientBirthDate=birth, StudyDate=study).age_months is None
    assert codes(PatientBirthDate=birth, StudyDate=study) == ["age-impossible", "age-missing"]


def test_dates_far_apart_are_a_finding() -> None:
    assert codes(AcquisitionDate="20200115") == ["study-date-contradictory"]


@pytest.mark.parametrize(
    ("image", "series", "side", "expected"),
    [
        ("L", None, "left", []),
        (None, "R", "right", []),
        ("L", "L", "left", []),
        ("U", "L", "left", []),
        ("L", "R", "unknown", ["laterality-contradictory"]),
        ("B", "L", "unknown", ["laterality-both"]),
        ("LEFT HAND OF FRITZ", None, "unknown", ["attribute-invalid"]),
    ],
)
def test_laterality(image: str | None, series: str | None, side: str, expected: list[str]) -> None:
    tags = {key: value for key, value in (("ImageLaterality", image), ("Laterality", series)) if value}
    assert film(**tags).laterality == side
    assert codes(**tags) == expected


@pytest.mark.parametrize("keyword", ["PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"])
def test_spacing_and_its_source(keyword: str) -> None:
    tags = {"PixelSpacing": None} | {keyword: [1.0, 1.005]}
    radiograph = film(**tags)
    assert (radiograph.spacing_mm, radiograph.spacing_source) == ((1.0, 1.005), keyword)


def test_calibrated_spacing_has_priority() -> None:
    radiograph = film(PixelSpacing=[0.9, 0.9], ImagerPixelSpacing=[1.0, 1.0], NominalScannedPixelSpacing=[2.0, 2.0])
    assert (radiograph.spacing_mm, radiograph.findings) == ((0.9, 0.9), ())


@pytest.mark.parametrize("spacing", [[0, 0], [-0.1, 0.1], [0.1], [300, 300], [1e-9, 1e-9], [0.1, 0.4]])
def test_impossible_spacing_is_not_used(spacing: list[float]) -> None:
    radiograph = film(PixelSpacing=spacing)
    assert (radiograph.spacing_mm, radiograph.spacing_source) == (None, None)
    assert codes(PixelSpacing=spacing) == ["spacing-invalid"]


def test_impossible_spacing_gives_way_to_the_detector() -> None:
    assert film(PixelSpacing=[0, 0], ImagerPixelSpacing=[1.0, 1.0]).spacing_source == "ImagerPixelSpacing"


def test_damaged_spacing_is_a_finding() -> None:
    assert codes(PixelSpacing=["nan", "1"]) == ["attribute-invalid"]


def test_missing_spacing_is_none() -> None:
    assert (film(PixelSpacing=None).spacing_mm, codes(PixelSpacing=None)) == (None, [])


def test_contradictory_spacing() -> None:
    assert codes(PixelSpacing=[1.0, 1.0], ImagerPixelSpacing=[0.5, 0.5]) == ["spacing-contradictory"]


def test_implausible_film_size() -> None:
    assert codes(PixelSpacing=[0.1, 0.1]) == ["spacing-implausible"]


@pytest.mark.parametrize(("modality", "expected"), [("DX", []), ("OT", []), ("", []), ("CT", ["modality-unexpected"])])
def test_modality(modality: str, expected: list[str]) -> None:
    assert codes(Modality=modality) == expected


@pytest.mark.parametrize("part", ["HAND", "LT HAND", "wrist", "BONE AGE", "EXTREMITY", "", None])
def test_hands_are_expected(part: str | None) -> None:
    assert codes(BodyPartExamined=part) == []


def test_chest_is_not_a_hand() -> None:
    (finding,) = film(BodyPartExamined="CHEST").findings
    assert (finding.code, finding.severity) == ("body-part-unexpected", "warning")
    assert "CHEST" in finding.message


TEXTS = "BodyPartExamined Modality PatientSex PatientAge ImageLaterality StudyDate PatientBirthDate VOILUTFunction"


@pytest.mark.parametrize("keyword", str.split(TEXTS))
def test_names_in_wrong_places_are_not_quoted(keyword: str) -> None:
    radiograph = film(**{keyword: "ZWICKY FRITZ"}, WindowCenter=5, WindowWidth=500)
    assert radiograph.findings
    assert "ZWICKY" not in repr(radiograph.findings).upper()


@pytest.mark.parametrize(
    ("text", "uid"), [("1.2.840.99.1", "1.2.840.99.1"), ("Doe^Jane", None), ("", None), (None, None), ("1." * 33, None)]
)
def test_sop_instance_uid_is_digits_and_dots(text: str | None, uid: str | None) -> None:
    assert film(SOPInstanceUID=text).sop_instance_uid == uid
