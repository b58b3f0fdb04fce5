"""The figure: the film with the hand's outline, the occlusion map, and the bone age on an axis of years."""

from __future__ import annotations

from io import BytesIO
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from openboneage.report import wording
from openboneage.report.age_axis import DARK, GREY, draw_age_axis
from openboneage.report.bone_panel import draw_bone_outlines, draw_bone_sheet
from openboneage.report.film_mark import FIGURE_KINDS, film_mark
from openboneage.report.film_panel import draw_attention, draw_film, film_view
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report
from openboneage.report.sheet import sheet_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

SHOWN_FINDINGS, FINDING_LETTERS = 5, 118
FOOT = 0.11
"""Height of the lines below the axis, as a share of the figure: six of them fit."""

BONES_INCHES = 4.6
"""Height of the sheet of bones below the figure."""
SIGNATURE_INCHES, SIGNATURE_LETTERS = 0.36, 118


def draw_figure(report: Report, say: Phrases, dpi: int = 130, kind: str = "png", signature: bool = False) -> bytes:
    """Draw the figure of a report.

    Args:
        report: The report; without an occlusion map that panel is left out, and without a bone age map and axis are. Where its
            bones are staged, their outlines are drawn on the film, and a sheet of the 13 bones below.
        say: The words of its language.
        dpi: Dots per inch; the figure is 10 inches wide.
        kind: `png`, `pdf` or `svg`.
        signature: Whether a line above the figure says who signed, or that nobody has.

    Returns:
        A file of that kind; `film_mark` stands in its metadata.
    """
    from matplotlib.figure import Figure

    hand, assessment = report.examination.hand, report.assessment
    attention = report.attention if report.stated_ages else None
    size = 10, 9.2 + (SIGNATURE_INCHES if signature else 0)
    bones = report.examination.bones if report.stages else None
    whole = Figure(figsize=(size[0], size[1] + (BONES_INCHES if bones else 0)), dpi=dpi, facecolor="white")
    figure: Figure | SubFigure = whole
    if bones:
        (figure,), (sheet,) = whole.subfigures(2, 1, squeeze=False, height_ratios=(size[1], BONES_INCHES))
        draw_bone_sheet(sheet, report, bones, say)
    grid = figure.add_gridspec(
        3,
        2 if attention else 1,
        height_ratios=(0.62, 6.0, 1.6),
        left=0.04,
        right=0.96,
        top=0.985 - (SIGNATURE_INCHES / size[1] if signature else 0),
        bottom=0.05 + FOOT,
        hspace=0.16,
        wspace=0.03,
    )
    if signature:
        _draw_signature(figure, wording.signature(report.decision, say), SIGNATURE_INCHES / size[1])
    _draw_heading(figure.add_subplot(grid[0, :]), report, say)
    view = film_view(hand, assessment, say)
    film = figure.add_subplot(grid[1, 0])
    draw_film(film, view)
    if bones:
        draw_bone_outlines(film, view, bones.seen)
    if attention:
        draw_attention(figure.add_subplot(grid[1, 1]), attention, view, say)
    draw_age_axis(figure.add_subplot(grid[2, :]), report, say)
    _draw_foot(figure, report, say)
    buffer = BytesIO()
    creator = "Software" if kind == "png" else "Creator"
    metadata = {
        creator: f"openboneage {assessment.program.version}",
        FIGURE_KINDS[f".{kind}"]: film_mark(assessment.film.sha256),
    }
    whole.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


def _draw_heading(axes: Axes, report: Report, say: Phrases) -> None:
    axes.axis("off")
    several = len(report.stated_ages) > 1
    title, *lines = _heading(report, say)
    axes.text(0, 0.70, title, fontsize=15 if several else 21, fontweight="bold", color=DARK, va="center")
    axes.text(0, 0.06, _difference(report, say), fontsize=11 if several else 13, color=DARK, va="center")
    for height, line in zip(np.linspace(0.90, 0.06, len(lines) + 1), lines, strict=False):
        axes.text(1, height, line, fontsize=9.5 if len(lines) > 2 else 11.5, color=DARK, va="center", ha="right")
    name = report.assessment.film.name.encode("utf-8", "replace").decode()  # a file's name may not be valid text
    child = f"{wording.child(report.assessment.subject, say)}   ·   {name}"
    axes.text(1, 0.06, child, fontsize=9.5, color=GREY, va="center", ha="right", parse_math=False)


def _heading(report: Report, say: Phrases) -> list[str]:
    """The title, and the lines beside it: interval and SDS, or the reason why there is no bone age."""
    ages, headlines = report.stated_ages, sheet_of(report, say).headlines
    title, detail = headlines[0].text, headlines[0].detail
    if len(ages) == 1:
        title = say.heading.format(age=title)
    interval = report.assessment.interval
    if len(ages) > 1 and interval is not None:
        named = (f"{wording.sex(stated.sex, say)} {wording.age(stated.months, say)}" for stated in ages)
        title, detail = f"{say.bone_age}: {', '.join(named)}", wording.covered(interval, say)
    sds = [(stated, f"{say.sds} {wording.sds(stated, say)}") for stated in ages if stated.comparison]
    return [title, detail, *(text if len(ages) == 1 else f"{wording.sex(stated.sex, say)}: {text}" for stated, text in sds)]


def _difference(report: Report, say: Phrases) -> str:
    """The difference of each bone age to the chronological age."""
    chronological, ages = report.assessment.subject.age_months, report.stated_ages
    if chronological is None or not ages:
        return ""
    texts = [wording.difference(stated.months - chronological, say) for stated in ages]
    if len(texts) == 1:
        return texts[0]
    return "; ".join(f"{wording.sex(stated.sex, say)} {text}" for stated, text in zip(ages, texts, strict=True))


def _draw_foot(figure: Figure | SubFigure, report: Report, say: Phrases) -> None:
    assessment, findings = report.assessment, sheet_of(report, say).findings
    lines = [shorten(line, FINDING_LETTERS, placeholder=" …") for line in findings]
    more = len(lines) - SHOWN_FINDINGS
    shown = lines[:SHOWN_FINDINGS] + ([say.more_findings.format(count=more)] if more > 0 else [])
    figure.text(0.04, FOOT, "\n".join(shown) or say.no_findings, fontsize=8.5, color=DARK, va="top", linespacing=1.35)
    models = ", ".join(map(str, assessment.models))
    figure.text(
        0.96,
        FOOT,
        f"{say.notice}\n{say.program.format(version=assessment.program.version)}\n{models}",
        fontsize=8,
        color=GREY,
        va="top",
        ha="right",
        linespacing=1.35,
    )


def _draw_signature(figure: Figure | SubFigure, signature: str, height: float) -> None:
    """A dark strip at the top with one line; its height is a share of the figure's."""
    strip = figure.add_axes((0, 1 - height, 1, height))
    strip.set_axis_off()
    strip.axhspan(0, 1, color=DARK)
    strip.set_ylim(0, 1)
    text = shorten(signature, SIGNATURE_LETTERS, placeholder=" …").encode("utf-8", "replace").decode()
    strip.text(
        0.04,
        0.46,
        text,
        color="white",
        fontsize=9.5,
        fontweight="bold",
        va="center",
        parse_math=False,
        transform=strip.transAxes,
    )
