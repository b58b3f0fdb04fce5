"""The formats of a report, by name. A format imports what it needs when it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openboneage.errors import InputError
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report, to_json

Writer = Callable[[Report, Phrases], bytes]


@dataclass(frozen=True)
class Format:
    """A format of reports.

    Attributes:
        name: Its name in commands.
        title: What it is, for people.
        ending: Ending of its files.
        has_map: Whether it shows the occlusion map.
        write: Returns a report as a file in this format, with the words of a language.
    """

    name: str
    title: str
    ending: str
    has_map: bool
    write: Writer


def find_format(name: str) -> Format:
    """The format of a name.

    Raises:
        InputError: There is no such format.
    """
    found = next((each for each in FORMATS if each.name == name), None)
    if found is None:
        names = ", ".join(each.name for each in FORMATS)
        raise InputError(f"Expected a format of reports, one of {names}, got {name!r}.")
    return found


def _text(report: Report, say: Phrases) -> bytes:
    from openboneage.report.plain_text import to_plain_text

    return to_plain_text(report, say)


def _json(report: Report, _: Phrases) -> bytes:
    return to_json(report)


def _png(report: Report, say: Phrases) -> bytes:
    from openboneage.report.figure import draw_figure

    return draw_figure(report, say, signature=True)


def _pdf(report: Report, say: Phrases) -> bytes:
    from openboneage.report.pdf.page import to_pdf

    return to_pdf(report, say)


def _fhir(report: Report, say: Phrases) -> bytes:
    from openboneage.report.fhir import to_fhir

    return to_fhir(report, say)


def _structured_report(report: Report, _: Phrases) -> bytes:
    from openboneage.report.dicom.structured_report import to_structured_report

    return to_structured_report(report)


def _segmentation(report: Report, _: Phrases) -> bytes:
    from openboneage.report.dicom.segmentation import to_segmentation

    return to_segmentation(report)


def _secondary_capture(report: Report, say: Phrases) -> bytes:
    from openboneage.report.dicom.secondary_capture import to_secondary_capture

    return to_secondary_capture(report, say)


def _encapsulated_pdf(report: Report, say: Phrases) -> bytes:
    from openboneage.report.dicom.encapsulated_pdf import to_encapsulated_pdf

    return to_encapsulated_pdf(report, say)


FORMATS = (
    Format("text", "plain text", ".txt", False, _text),
    Format("json", "JSON", ".json", False, _json),
    Format("png", "figure", ".png", True, _png),
    Format("pdf", "one page of PDF", ".pdf", True, _pdf),
    Format("fhir", "FHIR R4 bundle", ".fhir.json", False, _fhir),
    Format("sr", "DICOM structured report", ".sr.dcm", False, _structured_report),
    Format("seg", "DICOM segmentation of the hand", ".seg.dcm", False, _segmentation),
    Format("sc", "DICOM secondary capture of the figure", ".sc.dcm", True, _secondary_capture),
    Format("dicom-pdf", "DICOM encapsulated PDF", ".pdf.dcm", True, _encapsulated_pdf),
)
