"""The origin of a DICOM film: patient, study, series and instance, as the file states them.

Reports are stored with the film's patient and study, so they copy these values. They identify the patient: no message, no
assessment and no log may contain them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

_UPPER_CASE = ("id", "uid", "sop")


@dataclass(frozen=True, kw_only=True, repr=False)
class Origin:
    """Attributes of a DICOM film, named like their keywords; empty where the file does not state them, or not validly.

    Attributes:
        rows: Rows of the stored image; the film in memory has others if its pixels are not square.
        columns: Columns of the stored image.
        patient_name: Name with its component groups, `Family^Given`.
    """

    rows: int
    columns: int
    patient_name: str = ""
    patient_id: str = ""
    issuer_of_patient_id: str = ""
    patient_birth_date: str = ""
    patient_sex: str = ""
    patient_identity_removed: str = ""
    deidentification_method: str = ""
    study_instance_uid: str = ""
    study_id: str = ""
    study_date: str = ""
    study_time: str = ""
    study_description: str = ""
    accession_number: str = ""
    referring_physician_name: str = ""
    patient_age: str = ""
    institution_name: str = ""
    series_instance_uid: str = ""
    sop_class_uid: str = ""
    sop_instance_uid: str = ""


def _keyword(name: str) -> str:
    """`study_instance_uid` is `StudyInstanceUID`."""
    return "".join(part.upper() if part in _UPPER_CASE else part.title() for part in name.split("_"))


ORIGIN_KEYWORDS = {field.name: _keyword(field.name) for field in fields(Origin) if field.name not in ("rows", "columns")}
"""DICOM keyword of each text of an `Origin`."""
