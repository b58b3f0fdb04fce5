"""Sex, age, patient and identifier of a film from its DICOM header, read without the pixels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from openboneage.findings import Finding
from openboneage.reading.dicom.attributes import read_age, read_sex
from openboneage.reading.dicom.elements import Tags
from openboneage.reading.guards import quiet_pydicom
from openboneage.subject import Sex

_KEYWORDS = [
    "SOPInstanceUID", "PatientID", "PatientSex", "PatientBirthDate", "PatientAge", "StudyDate", "AcquisitionDate",
    "ContentDate", "Rows",
]  # fmt: skip


@dataclass(frozen=True)
class Header:
    """A film's header; the defaults are those of a file without header.

    Attributes:
        uid: SOP Instance UID; empty where there is none.
        patient: Hash of the patient's identifier, None where there is none.
        sex: Sex of the child.
        age_months: Chronological age.
    """

    uid: str = ""
    patient: str | None = None
    sex: Sex = Sex.UNKNOWN
    age_months: float | None = None


def read_header(path: Path) -> Header | None:
    """Read the header of a DICOM file; None if the file is not DICOM or has no image."""
    with quiet_pydicom:
        try:
            dataset = dcmread(path, stop_before_pixels=True, specific_tags=_KEYWORDS)
        except (InvalidDicomError, OSError):
            return None
        tags, findings = Tags(dataset), list[Finding]()
        if "Rows" not in tags:
            return None
        patient = tags.text("PatientID")
        return Header(
            uid=tags.text("SOPInstanceUID"),
            patient=hashlib.sha256(patient.encode()).hexdigest()[:16] if patient else None,
            sex=read_sex(tags, findings),
            age_months=read_age(tags, findings)[0],
        )
