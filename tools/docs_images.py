"""Draw the figures of the README and of the clinician's page: from one example film, with an age entered as an example.

Run from the root of the repository: `python tools/docs_images.py`. `demo.png` is the figure as `boneage assess --figure` draws
it; `figure-guide.png` is the same with the numbers that `docs/clinicians.md` explains; `report.png` is the page of
`docs/reports.md`, drawn by `pdftoppm` (poppler-utils).
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.image import imread

from openboneage.assess.assessor import Assessor
from openboneage.clinical.visits import Child, Visit
from openboneage.explain.occlusion import occlusion_map
from openboneage.reading.origin import Origin
from openboneage.report.child_growth import growth_with
from openboneage.report.figure import draw_figure
from openboneage.report.pdf.page import to_pdf
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Decision, Outcome, Report
from openboneage.subject import Sex

ROOT = Path(__file__).resolve().parents[1]
FILM, SEX, AGE = ROOT / "examples" / "14750.png", "F", "8y4m"
IMAGES = ROOT / "docs" / "images"
DPI = 130
PLACES = (
    (0.022, 0.980), (0.022, 0.956), (0.982, 0.987), (0.982, 0.971), (0.982, 0.955), (0.088, 0.913), (0.555, 0.913),
    (0.958, 0.553), (0.800, 0.493), (0.235, 0.531), (0.160, 0.445), (0.022, 0.401), (0.982, 0.401), (0.022, 0.300),
    (0.022, 0.185), (0.982, 0.150),
)  # fmt: skip
"""Where the numbers from 1 on stand: shares of width and height, from the lower left corner."""

PAGE_DPI = 96
SIGNED = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
ORIGIN = Origin(
    rows=1,
    columns=1,
    patient_name="Example^Alma",
    patient_id="0000-0001",
    patient_birth_date="20180720",
    study_date="20261120",
    accession_number="EX-2026-1120",
    institution_name="Example Children's Hospital",
)
CHILD = Child(
    Sex.FEMALE,
    (
        Visit(74.0, 82.0, height_cm=116.5, weight_kg=21.0),
        Visit(86.0, 103.0, height_cm=124.4, weight_kg=24.5),
        Visit(100.0, height_cm=133.1, weight_kg=29.0),
    ),
    mother_height_cm=166.0,
    father_height_cm=179.0,
)
"""The patient and the visits of `report.png` are invented."""


def main() -> None:
    """Draw the images."""
    report = example_report()
    figure = draw_figure(report, phrases_of(), dpi=DPI)
    (IMAGES / "demo.png").write_bytes(figure)
    (IMAGES / "figure-guide.png").write_bytes(numbered(figure))
    (IMAGES / "report.png").write_bytes(page(to_pdf(of_a_child(report), phrases_of())))


def example_report() -> Report:
    """Return an unsigned report on the example film."""
    assessor = Assessor.load()
    examination = assessor.examine(FILM, SEX, AGE)
    attention = occlusion_map(examination.hand, examination.assessment.subject.sex, assessor.estimator)
    return Report(examination, attention, made=SIGNED)


def of_a_child(report: Report) -> Report:
    """Return a report with an invented child, visits and reader."""
    hand = report.examination.hand
    film = replace(hand, radiograph=replace(hand.radiograph, origin=ORIGIN))
    decision = Decision(outcome=Outcome.ACCEPTED, reader="Dr. A. Reader", organization=ORIGIN.institution_name, time=SIGNED)
    signed = replace(report, examination=replace(report.examination, hand=film), decision=decision)
    return replace(signed, growth=growth_with(CHILD, signed))


def page(pdf: bytes) -> bytes:
    """Return a page of PDF as PNG."""
    command = ["pdftoppm", "-r", str(PAGE_DPI), "-png", "-singlefile", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


def numbered(png: bytes) -> bytes:
    """Return a figure with a numbered disc at each of `PLACES`."""
    pixels = imread(BytesIO(png))
    figure = Figure(figsize=(pixels.shape[1] / DPI, pixels.shape[0] / DPI), dpi=DPI)
    figure.figimage(pixels)
    for number, (x, y) in enumerate(PLACES, start=1):
        disc = {"boxstyle": "circle,pad=0.25", "facecolor": "#f2c744", "edgecolor": "#16191d", "linewidth": 0.8}
        figure.text(x, y, str(number), fontsize=8.5, fontweight="bold", ha="center", va="center", bbox=disc)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


if __name__ == "__main__":
    main()
