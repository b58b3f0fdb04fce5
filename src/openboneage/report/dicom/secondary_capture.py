"""The figure of the report as a secondary capture image (PS3.3 A.8), which every viewer shows."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from highdicom.sc import SCImage
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.valuerep import DA, TM

from openboneage.report.dicom.instance import NewInstance, film_of, finished
from openboneage.report.figure import draw_figure
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report
from openboneage.subject import Laterality

NUMBER, DESCRIPTION = 9003, "Bone age figure"
_SIDES = {Laterality.LEFT: "L", Laterality.RIGHT: "R", Laterality.UNKNOWN: ""}


def to_secondary_capture(report: Report, say: Phrases) -> bytes:
    """The figure as a DICOM file.

    Raises:
        InputError: The film is no DICOM object, or does not state what the image must refer to.
    """
    film = film_of(report)
    with Image.open(BytesIO(draw_figure(report, say, signature=True))) as figure:
        pixels = np.asarray(figure.convert("RGB"))
    image = SCImage(
        pixel_array=pixels,
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=("L", "F"),
        study_instance_uid=film.StudyInstanceUID,
        **NewInstance.of(report, NUMBER, DESCRIPTION).arguments(report),
    )
    image.PatientOrientation = []  # the figure has none; the attribute is of type 2C, like the next one
    image.Laterality = _SIDES[report.examination.hand.radiograph.laterality]
    image.BurnedInAnnotation = "YES"
    image.DateOfSecondaryCapture, image.TimeOfSecondaryCapture = DA(report.made.date()), TM(report.made.time())
    image.SourceImageSequence = [reference_to(film)]
    return finished(image, report)


def reference_to(film: Dataset) -> Dataset:
    """An item that refers to the film."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = film.SOPClassUID, film.SOPInstanceUID
    return item
