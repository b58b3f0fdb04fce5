"""A de-identified copy of a film (PS3.15 annex E).

Only the attributes of `kept.csv` are copied; they are fewer than the Basic Profile would leave. Identifiers are replaced, dates
are removed, the age is stated in months, and the pixels outside the hand are blanked.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian

from openboneage.deidentify.blank import blanked, hand_area
from openboneage.deidentify.keep import ADDED_EMPTY, attributes_of
from openboneage.deidentify.pseudonyms import Pseudonyms
from openboneage.errors import RefusedError
from openboneage.hand.finder_card import FinderSpecification
from openboneage.hand.locate import locate_hand
from openboneage.hand.quality import judge, located
from openboneage.hand.standard_hand import StandardHand
from openboneage.reading.dicom.elements import open_dicom
from openboneage.reading.dicom.pixels import decode, pixel_format
from openboneage.reading.guards import quiet_pydicom
from openboneage.reading.origin import Origin
from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from openboneage.subject import Laterality, Sex
from openboneage.weights.runtime import Model

METHOD = "OpenBoneAge: listed attributes kept, all but the hand blanked"
_CODES = (
    Code("113100", "DCM", "Basic Application Confidentiality Profile"),
    Code("113101", "DCM", "Clean Pixel Data Option"),
    Code("113108", "DCM", "Retain Patient Characteristics Option"),
)
"""PS3.16 CID 7050."""
_MAX_AGE_MONTHS = 999
"""Largest number of an Age String."""


@dataclass(frozen=True, eq=False)
class Deidentified:
    """A copy without identifiers.

    Attributes:
        code: Name of its file, without ending.
        ending: Ending of its file.
        content: The file.
        patient: Code of the child; the same child has the same.
        sex: Sex of the child.
        age_months: Chronological age in whole months; None where the film does not state it.
        laterality: Side of the hand, as stated in the file or seen on the film.
    """

    code: str
    ending: str
    content: bytes
    patient: str
    sex: Sex
    age_months: int | None
    laterality: Laterality


def deidentify(data: bytes, finder: Model[FinderSpecification], pseudonyms: Pseudonyms) -> Deidentified:
    """De-identify a film.

    Args:
        data: The film's file, DICOM or another image.
        finder: The hand finder.
        pseudonyms: Replacements of identifiers.

    Returns:
        A DICOM file of a DICOM film, else a PNG without metadata.

    Raises:
        RefusedError: No hand is found, so that text beside it cannot be blanked; or the file holds several images.
        UnreadableError: The file is no image that can be read.
    """
    film = read(data)
    hand = locate_hand(film, finder)
    if not located(judge(hand, finder.specification.calibration.quality_limits).findings):
        raise RefusedError("Expected a film on which one hand is found; text beside it cannot be blanked here.")
    origin = film.origin
    if origin is None:
        area = hand_area(hand, film.display.shape)
        content, ending = _png(film, area), ".png"
        patient = pseudonyms.patient("", "", film.sha256)
    else:
        content, ending = _dicom(data, film, hand, pseudonyms), ".dcm"
        patient = _patient(origin, film, pseudonyms)
    code = pseudonyms.film(film.sha256)
    return Deidentified(code, ending, content, patient, film.sex, _whole_months(film), hand.laterality)


def _png(film: Radiograph, area: NDArray[np.bool_]) -> bytes:
    encoded, content = cv2.imencode(".png", blanked(film.display, area, dark_is_high=False).astype(np.uint8))
    if not encoded:
        raise RefusedError("Expected a film that can be written as PNG; it cannot.")
    return content.tobytes()


def _dicom(data: bytes, film: Radiograph, hand: StandardHand, pseudonyms: Pseudonyms) -> bytes:
    with quiet_pydicom:
        tags, syntax = open_dicom(data)
        image = pixel_format(tags)
        if image.photometric == "PALETTE COLOR":
            raise RefusedError("Expected a film in grey, got palette colour; export it as MONOCHROME2.")
        stored = decode(tags, image, syntax)
        copy = attributes_of(data)
        pixels = blanked(stored, hand_area(hand, stored.shape), dark_is_high=image.photometric == "MONOCHROME1")
        _set_pixels(copy, pixels, image.bits_stored, image.photometric)
        _set_identity(copy, film, pseudonyms)
        return _file(copy)


def _set_pixels(copy: Dataset, pixels: NDArray[np.generic], bits: int, photometric: str) -> None:
    copy.Rows, copy.Columns = pixels.shape
    copy.SamplesPerPixel = 1
    copy.PhotometricInterpretation = photometric if photometric == "MONOCHROME1" else "MONOCHROME2"
    copy.BitsAllocated, copy.BitsStored, copy.HighBit = 8 * pixels.dtype.itemsize, bits, bits - 1
    copy.PixelRepresentation = int(pixels.dtype.kind == "i")
    data = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    copy.add_new("PixelData", "OB" if copy.BitsAllocated == 8 else "OW", data + b"\0" * (len(data) % 2))
    copy.BurnedInAnnotation = "NO"


def _set_identity(copy: Dataset, film: Radiograph, pseudonyms: Pseudonyms) -> None:
    """Set what replaces identifiers, and state what was done (PS3.3 C.7.1.1, PS3.15 E.1.1)."""
    origin = film.origin
    if origin is None:
        return
    for keyword in ADDED_EMPTY:
        if keyword not in copy:
            setattr(copy, keyword, None if keyword == "StudyDate" else "")
    code = _patient(origin, film, pseudonyms)
    copy.PatientName, copy.PatientID = code, code
    copy.SOPInstanceUID = pseudonyms.uid(origin.sop_instance_uid or film.sha256)
    copy.StudyInstanceUID = pseudonyms.uid(origin.study_instance_uid or film.sha256)
    copy.SeriesInstanceUID = pseudonyms.uid(origin.series_instance_uid or film.sha256)
    copy.PatientSex = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: ""}[film.sex]
    months = _whole_months(film)
    if months is not None:
        copy.PatientAge = f"{months:03d}M"
    copy.PatientIdentityRemoved, copy.DeidentificationMethod = "YES", METHOD
    copy.DeidentificationMethodCodeSequence = [_item(code) for code in _CODES]
    copy.LongitudinalTemporalInformationModified = "REMOVED"


def _patient(origin: Origin, film: Radiograph, pseudonyms: Pseudonyms) -> str:
    """The child's code; a film without a patient's identifier has a child of its own."""
    key = origin.patient_id, origin.issuer_of_patient_id, origin.patient_birth_date
    return pseudonyms.patient(*(key if origin.patient_id else ("", "", film.sha256)))


def _item(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme_designator, code.meaning
    return item


def _whole_months(film: Radiograph) -> int | None:
    return None if film.age_months is None or film.age_months >= _MAX_AGE_MONTHS else int(film.age_months)


def _file(copy: Dataset) -> bytes:
    copy.file_meta = FileMetaDataset()
    copy.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = BytesIO()
    copy.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
