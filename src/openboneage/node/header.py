"""The attributes of an instance that the node reads before it keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openboneage.errors import UnreadableError
from openboneage.reading.dicom.elements import open_dicom
from openboneage.reading.guards import quiet_pydicom
from openboneage.reading.read import sniff

UID_PATTERN = re.compile(r"(?=.{1,64}$)[0-9]+(?:\.[0-9]+)+")
"""A UID (PS3.5 9.1), with leading zeros in its components, which some devices write."""
_DESCRIPTIONS = ("StudyDescription", "SeriesDescription", "ProtocolName")
_KEYWORDS = (
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "Modality",
    "BodyPartExamined",
    "ViewPosition",
    "ManufacturerModelName",
    "Rows",
    "SpecificCharacterSet",
    *_DESCRIPTIONS,
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Header:
    """An instance's identifiers and what the rules ask for; texts are empty where the file does not state them.

    Attributes:
        model: Manufacturer's Model Name.
        descriptions: Descriptions of study, series and protocol.
        is_image: Whether the instance has pixels.
    """

    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    modality: str = ""
    body_part: str = ""
    view_position: str = ""
    model: str = ""
    descriptions: tuple[str, ...] = ()
    is_image: bool = True


def read_header(data: bytes) -> Header:
    """The header of an instance.

    Args:
        data: A DICOM file.

    Raises:
        UnreadableError: The file is damaged, or an identifier is missing or invalid.
    """
    if sniff(data) != "DICOM":
        raise UnreadableError(
            "Expected a DICOM file, got an image of another kind; convert it, or upload it in the reading room."
        )
    with quiet_pydicom:
        tags, _ = open_dicom(data, _KEYWORDS)
        uids = {keyword: tags.text(keyword) for keyword in ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID")}
        invalid = [keyword for keyword, uid in uids.items() if not UID_PATTERN.fullmatch(uid)]
        if invalid:
            raise UnreadableError(f"Expected an instance with a valid {', '.join(invalid)}, got none; send it again.")
        return Header(
            sop_class_uid=uids["SOPClassUID"],
            sop_instance_uid=uids["SOPInstanceUID"],
            study_instance_uid=uids["StudyInstanceUID"],
            modality=tags.text("Modality"),
            body_part=tags.text("BodyPartExamined"),
            view_position=tags.text("ViewPosition"),
            model=tags.text("ManufacturerModelName"),
            descriptions=tuple(text for keyword in _DESCRIPTIONS if (text := tags.text(keyword))),
            is_image="Rows" in tags,
        )
