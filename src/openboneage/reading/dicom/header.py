"""Read the origin of a DICOM file without decoding its image."""

from __future__ import annotations

from openboneage.reading.dicom.elements import open_dicom
from openboneage.reading.dicom.identity import read_origin
from openboneage.reading.guards import quiet_pydicom
from openboneage.reading.origin import Origin


def dicom_origin(data: bytes) -> Origin:
    """Read patient, study and instance.

    Args:
        data: The file's bytes, with or without preamble.

    Raises:
        UnreadableError: The file is damaged or cut off.
    """
    with quiet_pydicom:
        tags, _ = open_dicom(data)
        return read_origin(tags, tags.integer("Rows") or 0, tags.integer("Columns") or 0)
