"""De-identified copies of DICOM films, checked by programs of others."""

from __future__ import annotations

import csv
import subprocess
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from dicomanonymizer.dicomfields_selector import dicom_anonymization_database_selector
from pydicom import dcmread
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from openboneage.assess.assessor import Assessor
from openboneage.deidentify.film import Deidentified, deidentify
from openboneage.deidentify.keep import kept_attributes
from openboneage.deidentify.pseudonyms import Pseudonyms
from openboneage.errors import RefusedError
from tests import hands
from tests.programs import program
from tests.report.reports import CHILD, dicom_film

SECRETS = Pseudonyms(bytes(range(32)))
TEXT_PLACE = (slice(5, 40), slice(5, 150))
"""Where the text is burned into the film: the upper left corner."""
IDENTIFYING = ("Müller", "Åsa", "ID-77-4711", "Clinic", "Rossi", "Anna", "Children's Hospital", "A-1", "20100315", "20190615")


@cache
def assessor() -> Assessor:
    return Assessor.load(threads=1)


def film_with_text() -> np.ndarray:
    film = hands.film("14750", 640).copy()
    cv2.putText(film, "MULLER 2010", (8, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    return film


def copied(pixels: np.ndarray | None = None, secrets: Pseudonyms = SECRETS, **tags: Any) -> Deidentified:
    return deidentify(dicom_film(film_with_text() if pixels is None else pixels, **tags), assessor().finder, secrets)


def copy_of(**tags: Any) -> Dataset:
    return dcmread(BytesIO(copied(**tags).content))


def private_and_nested() -> dict[str, Any]:
    """Attributes with names in unusual places."""
    item = Dataset()
    item.PatientName, item.ReferencedSOPInstanceUID = CHILD["PatientName"], CHILD["StudyInstanceUID"]
    return {
        "OtherPatientIDsSequence": [item],
        "SourceImageSequence": [item],
        "ImageComments": "Müller, Åsa",
        "SeriesDescription": "Müller",
        "BodyPartExamined": "ROSSI",
        "DeviceSerialNumber": "ID-77-4711",
        "ViewPosition": "ANNA",
    }


def test_nothing_identifying_is_left_in_the_file() -> None:
    content = copied(**private_and_nested()).content
    for secret in (*IDENTIFYING, CHILD["StudyInstanceUID"]):
        for encoding in ("utf-8", "latin-1"):
            assert secret.encode(encoding) not in content, secret
            assert secret.upper().encode(encoding) not in content, secret


def test_what_bone_age_needs_is_kept() -> None:
    copy = copy_of(ImageLaterality="L")
    assert (copy.PatientSex, copy.PatientAge, copy.BodyPartExamined) == ("F", "111M", "HAND")
    assert (list(copy.PixelSpacing), copy.ImageLaterality, copy.Modality) == ([0.5, 0.5], "L", "CR")
    assert copy.PatientIdentityRemoved == "YES"
    assert [item.CodeValue for item in copy.DeidentificationMethodCodeSequence] == ["113100", "113101", "113108"]


def test_bone_age_of_the_copy_is_that_of_the_film() -> None:
    film, copy = dicom_film(film_with_text()), copied().content
    before, after = (assessor().assess(data).bone_age for data in (film, copy))
    assert before is not None
    assert after is not None
    assert after.mean_months == pytest.approx(before.mean_months, abs=3)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_text_beside_the_hand_is_blanked_and_the_hand_is_not(photometric: str) -> None:
    shown = film_with_text()
    stored = 255 - shown if photometric == "MONOCHROME1" else shown
    copy = dcmread(BytesIO(copied(stored, PhotometricInterpretation=photometric).content)).pixel_array
    assert len(np.unique(copy[TEXT_PLACE])) == 1
    centre = tuple(slice(size // 3, 2 * size // 3) for size in stored.shape)
    kept = copy[centre] != copy[0, 0]
    assert kept.mean() > 0.7
    assert np.array_equal(copy[centre][kept], stored[centre][kept])
    assert copy[0, 0] == (copy.max() if photometric == "MONOCHROME1" else copy.min())


def test_same_secret_gives_the_same_pseudonyms_and_another_one_others() -> None:
    first, again, other = copy_of(), copy_of(), dcmread(BytesIO(copied(secrets=Pseudonyms(bytes(32))).content))
    for keyword in ("PatientID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        assert first[keyword] == again[keyword]
        assert first[keyword] != other[keyword]
    assert len({first.SOPInstanceUID, first.StudyInstanceUID, first.SeriesInstanceUID}) == 3


def test_film_without_a_hand_is_refused() -> None:
    with pytest.raises(RefusedError, match="blanked"):
        copied(hands.not_hand("noise"))


def test_film_in_palette_colour_is_refused() -> None:
    tables: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour in ("Red", "Green", "Blue"):
        tables[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 8]
        tables[f"{colour}PaletteColorLookupTableData"] = bytes(range(256))
    with pytest.raises(RefusedError, match="palette"):
        copied(**tables)


def test_image_without_metadata_becomes_one_without_text() -> None:
    copy = deidentify(hands.png(film_with_text()), assessor().finder, SECRETS)
    pixels = cv2.imdecode(np.frombuffer(copy.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert (copy.ending, copy.age_months) == (".png", None)
    assert pixels is not None
    assert len(np.unique(pixels[TEXT_PLACE])) == 1


def test_copy_is_valid_for_dciodvfy(tmp_path: Path) -> None:
    path = tmp_path / "copy.dcm"
    path.write_bytes(copied(ImageLaterality="L").content)
    checked = subprocess.run([program("dciodvfy", "dicom3tools"), str(path)], capture_output=True, text=True)
    assert [line for line in checked.stderr.splitlines() if line.startswith("Error")] == []
    shown = subprocess.run([program("dcmdump", "dcmtk"), str(path)], capture_output=True, text=True, check=True)
    assert "Müller" not in shown.stdout


def test_table_of_kept_attributes_agrees_with_the_standard() -> None:
    """Each action of Table E.1-1, as another project extracted it from the standard."""
    database = dicom_anonymization_database_selector("dicomfields_2026c")
    actions = {"D_TAGS": "D", "Z_TAGS": "Z", "X_TAGS": "X", "U_TAGS": "U"}
    listed = {tag: name for name, tags in database.items() if name != "ALL_TAGS" for tag in tags}
    for kept in kept_attributes():
        tag = tag_for_keyword(kept.keyword)
        assert tag is not None, kept.keyword
        name = listed.get((tag >> 16, tag & 0xFFFF))
        assert kept.profile == ("-" if name is None else actions.get(name, name)), kept.keyword
        assert (kept.option == "-") == (name is None), kept.keyword


def test_every_row_of_the_table_says_why_or_how() -> None:
    text = files("openboneage.deidentify").joinpath("kept.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        assert row["why"] or row["option"] == "replaced"
