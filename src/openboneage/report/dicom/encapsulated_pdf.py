"""The page of the report as an encapsulated PDF (PS3.3 A.45.1)."""

from __future__ import annotations

from highdicom.base import SOPClass
from highdicom.sr import CodedConcept
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian

from openboneage.report.dicom.codes import BONE_AGE_VIEWS
from openboneage.report.dicom.instance import NewInstance, film_of, finished
from openboneage.report.dicom.secondary_capture import reference_to
from openboneage.report.pdf.page import to_pdf
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report

NUMBER, DESCRIPTION = 9004, "Bone age report (PDF)"


def to_encapsulated_pdf(report: Report, say: Phrases) -> bytes:
    """The page as a DICOM file.

    Raises:
        InputError: The film is no DICOM object, or does not state what the document must refer to.
    """
    film, pdf = film_of(report), to_pdf(report, say)
    document = SOPClass(
        study_instance_uid=film.StudyInstanceUID,
        sop_class_uid=EncapsulatedPDFStorage,
        modality="DOC",
        transfer_syntax_uid=ExplicitVRLittleEndian,
        **NewInstance.of(report, NUMBER, DESCRIPTION).arguments(report),
    )
    document.ConversionType = "WSD"
    document.BurnedInAnnotation = "YES"
    document.AcquisitionDateTime = None
    document.DocumentTitle = say.title
    document.ConceptNameCodeSequence = [CodedConcept.from_code(BONE_AGE_VIEWS)]
    document.VerificationFlag = "UNVERIFIED" if report.decision is None else "VERIFIED"
    document.SourceInstanceSequence = [reference_to(film)]
    document.MIMETypeOfEncapsulatedDocument = "application/pdf"
    document.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    document.EncapsulatedDocumentLength = len(pdf)
    return finished(document, report)
