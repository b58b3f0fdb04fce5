"""The numbered figure of the clinician's page."""

from __future__ import annotations

import re

import cv2
import numpy as np

from openboneage.report.pdf.page import to_pdf
from openboneage.report.phrases import phrases_of
from tests import hands
from tests.programs import program
from tests.report.reports import report_of
from tools.docs_images import PLACES, ROOT, numbered, of_a_child, page


def test_every_number_on_the_figure_is_explained() -> None:
    page = (ROOT / "docs" / "clinicians.md").read_text(encoding="utf-8")

    cells = re.findall(r"^\| ([\d, ]+) \|", page, re.MULTILINE)
    explained = [int(number) for cell in cells for number in cell.split(",")]

    assert explained == list(range(1, len(PLACES) + 1))


def test_numbers_are_drawn_on_a_figure_of_the_same_size() -> None:
    blank = np.full((600, 650), 255, np.uint8)

    drawn = cv2.imdecode(np.frombuffer(numbered(hands.png(blank)), np.uint8), cv2.IMREAD_COLOR)

    assert drawn is not None
    assert drawn.shape[:2] == blank.shape
    discs = np.argwhere(drawn.min(axis=2) < 255)
    assert len(discs) > 100 * len(PLACES)


def test_the_page_of_a_report_names_an_invented_child() -> None:
    program("pdftoppm", "poppler-utils")
    report = of_a_child(report_of())

    assert report.origin is not None
    assert report.origin.patient_name == "Example^Alma"
    assert page(to_pdf(report, phrases_of())).startswith(b"\x89PNG")
