"""Draw the figures of the README and of the clinician's page: from one example film, with an age entered as an example.

Run from the root of the repository: `python tools/docs_images.py`. `demo.png` is the figure as `boneage assess --figure` draws
it; `figure-guide.png` is the same with the numbers that `docs/clinicians.md` explains.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.image import imread

from openboneage.assess.assessor import Assessor
from openboneage.explain.occlusion import occlusion_map
from openboneage.report.figure import draw_figure
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report

ROOT = Path(__file__).resolve().parents[1]
FILM, SEX, AGE = ROOT / "examples" / "14750.png", "F", "8y4m"
IMAGES = ROOT / "docs" / "images"
DPI = 130
PLACES = (
    (0.022, 0.970), (0.022, 0.934), (0.982, 0.981), (0.982, 0.957), (0.982, 0.933), (0.088, 0.870), (0.555, 0.870),
    (0.958, 0.330), (0.800, 0.240), (0.235, 0.297), (0.160, 0.168), (0.022, 0.102), (0.982, 0.102),
)  # fmt: skip
"""Where the numbers from 1 on stand: shares of width and height, from the lower left corner."""


def main() -> None:
    """Draw both images."""
    figure = example_figure()
    (IMAGES / "demo.png").write_bytes(figure)
    (IMAGES / "figure-guide.png").write_bytes(numbered(figure))


def example_figure() -> bytes:
    """Return the figure of the example film, a PNG."""
    assessor = Assessor.load()
    examination = assessor.examine(FILM, SEX, AGE)
    attention = occlusion_map(examination.hand, examination.assessment.subject.sex, assessor.estimator)
    return draw_figure(Report(examination, attention), phrases_of(), dpi=DPI)


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
