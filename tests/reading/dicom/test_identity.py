"""The origin of a film: what its reports copy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pydicom.datadict
import pytest

from openboneage.reading.origin import ORIGIN_KEYWORDS, Origin
from openboneage.reading.read import read
from tests.reading.films import DEEP, GREY, SECRET_ID, SECRET_NAME, film_file


def origin(pixels: np.ndarray = DEEP, **tags: Any) -> Origin:
    found = read(film_file(pixels, **tags)).origin
    assert found is not None
    return found


def test_every_field_is_a_keyword_of_the_standard() -> None:
    assert [keyword for keyword in ORIGIN_KEYWORDS.values() if not pydicom.datadict.tag_for_keyword(keyword)] == []


def test_values_are_copied_as_stated() -> None:
    found = origin(StudyInstanceUID="1.2.3", AccessionNumber=" A 1 ", StudyTime="101530.25", PatientAge="009Y")
    assert (found.patient_name, found.patient_id, found.patient_birth_date) == (SECRET_NAME, SECRET_ID, "20100315")
    assert (found.study_instance_uid, found.accession_number, found.study_time) == ("1.2.3", "A 1", "101530.25")
    assert (found.rows, found.columns) == DEEP.shape
    assert found.series_instance_uid == ""


def test_other_character_sets_are_decoded() -> None:
    assert origin(SpecificCharacterSet="ISO_IR 192", PatientName="王^小东").patient_name == "王^小东"
    assert origin(SpecificCharacterSet="ISO_IR 100", PatientName="Müller^Åsa").patient_name == "Müller^Åsa"


@pytest.mark.parametrize(
    ("keyword", "value", "field"),
    [
        ("StudyInstanceUID", "1.2.not-a-uid", "study_instance_uid"),
        ("StudyInstanceUID", "1.02.3", "study_instance_uid"),
        ("StudyTime", "noon", "study_time"),
        ("StudyDate", "20191345", "study_date"),
    ],
)
def test_invalid_values_count_as_missing(keyword: str, value: str, field: str) -> None:
    tags: dict[str, Any] = {keyword: value}
    assert getattr(origin(**tags), field) == ""


def test_the_size_is_that_of_the_stored_image() -> None:
    radiograph = read(film_file(GREY, bits=8, PixelSpacing=[2.0, 1.0]))
    assert radiograph.origin is not None
    assert (radiograph.origin.rows, radiograph.origin.columns) == GREY.shape != radiograph.display.shape


def test_the_origin_is_not_printed() -> None:
    assert "Zwicky" not in repr(origin()) + repr(read(film_file(DEEP)))


def test_other_files_have_no_origin() -> None:
    assert read(np.zeros((64, 64), np.uint8)).origin is None
