"""What the DICOM objects of a report share: the film's patient and study, unique identifiers, dates, and the file.

Patient and study attributes are copied from the film and never completed: what the film does not state is empty where the
standard demands the attribute (type 2), and absent elsewhere (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from highdicom import UID
from highdicom._standard_utils import get_sop_class_iod_map
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from openboneage.errors import InputError
from openboneage.reading.guards import Silence, Undo, quiet_pydicom
from openboneage.reading.origin import ORIGIN_KEYWORDS, Origin
from openboneage.report.identifiers import uuid_of
from openboneage.report.report import Report

_REFERENCES = ("study_instance_uid", "series_instance_uid", "sop_class_uid", "sop_instance_uid")
_OF_THE_FILM = ("series_instance_uid", "sop_class_uid", "sop_instance_uid", "institution_name")
"""Attributes that the objects do not share with the film."""
_TYPE_2 = (
    "patient_name",
    "patient_id",
    "patient_birth_date",
    "patient_sex",
    "study_id",
    "study_date",
    "study_time",
    "accession_number",
    "referring_physician_name",
)
_OTHERS = "Use pdf, png, text, json or fhir."
MANUFACTURER = "OpenBoneAge developers"
MODEL = "openboneage"


def _begin_without_validation() -> Undo:
    """Accept values of the film that break a rule of the standard, such as a name of more than 64 characters."""
    mode = config.settings.writing_validation_mode
    config.settings.writing_validation_mode = config.IGNORE

    def undo() -> None:
        config.settings.writing_validation_mode = mode

    return undo


_without_validation = Silence(_begin_without_validation)


@dataclass(frozen=True)
class NewInstance:
    """Identifiers of a new object, and the arguments that highdicom's constructors share.

    Attributes:
        series_uid: Series Instance UID; each object has a series of its own.
        instance_uid: SOP Instance UID. The same report in the same format has the same, so that sending it again adds nothing.
        number: Series Number; 9,000 and above are not used by modalities.
        description: Series Description.
    """

    series_uid: UID
    instance_uid: UID
    number: int
    description: str

    @classmethod
    def of(cls, report: Report, number: int, description: str) -> NewInstance:
        """Identifiers that follow from the report and the description of the series."""
        return cls(uid_of(report, description, "series"), uid_of(report, description, "instance"), number, description)

    def arguments(self, report: Report) -> dict[str, Any]:
        """Keyword arguments of every object."""
        version = report.assessment.program.version
        return {
            "series_instance_uid": self.series_uid,
            "series_number": self.number,
            "sop_instance_uid": self.instance_uid,
            "instance_number": report.version,
            "manufacturer": MANUFACTURER,
            "manufacturer_model_name": MODEL,
            "software_versions": version,
            "device_serial_number": version,
            "series_description": self.description,
        }


def uid_of(report: Report, *names: str) -> UID:
    """A UID that follows from a report, and names within it."""
    return uid_from(uuid_of(report, *names))


def uid_from(value: uuid.UUID) -> UID:
    """The UID of a UUID (PS3.5 B.2)."""
    return UID(f"2.25.{value.int}")


def origin_of(report: Report) -> Origin:
    """The origin of the film.

    Raises:
        InputError: The film is no DICOM object, or its identifiers are missing, so that nothing can be stored with it.
    """
    origin = report.origin
    if origin is None:
        raise InputError(f"DICOM reports belong to the study of a DICOM film; this film is none. {_OTHERS}")
    missing = [ORIGIN_KEYWORDS[name] for name in _REFERENCES if not getattr(origin, name)]
    if missing:
        raise InputError(f"DICOM reports refer to their film, but it has no valid {', '.join(missing)}. {_OTHERS}")
    if origin.sop_class_uid not in get_sop_class_iod_map():
        raise InputError(f"DICOM reports refer to an image of a standard SOP Class; the film has another. {_OTHERS}")
    return origin


def film_of(report: Report) -> Dataset:
    """The film as highdicom needs it: references and size, without the patient's data, which `finished` adds."""
    origin = origin_of(report)
    film = Dataset()
    for name in _TYPE_2:
        setattr(film, ORIGIN_KEYWORDS[name], "" if name != "study_date" else None)
    for name in _REFERENCES:
        setattr(film, ORIGIN_KEYWORDS[name], getattr(origin, name))
    film.Rows, film.Columns = origin.rows, origin.columns
    return film


def finished(instance: Dataset, report: Report) -> bytes:
    """Add the film's patient and study and the dates of the report, and write the file."""
    origin = origin_of(report)
    with quiet_pydicom, _without_validation:
        instance.SpecificCharacterSet = "ISO_IR 192"
        for name, keyword in ORIGIN_KEYWORDS.items():
            text = getattr(origin, name)
            if name not in _OF_THE_FILM and (text or name in _TYPE_2):
                setattr(instance, keyword, text)
        date, time = f"{report.made:%Y%m%d}", f"{report.made:%H%M%S}"
        for keyword in ("SeriesDate", "ContentDate", "InstanceCreationDate"):
            setattr(instance, keyword, date)
        for keyword in ("SeriesTime", "ContentTime", "InstanceCreationTime"):
            setattr(instance, keyword, time)
        for item in instance.get("ContributingEquipmentSequence", ()):  # highdicom's own entry
            item.ContributionDateTime = f"{date}{time}"
        instance.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        buffer = BytesIO()
        instance.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
