"""The figure: the film with the hand's outline, the occlusion map, and the bone age on an axis of years."""

from __future__ import annotations

from io import BytesIO
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from openboneage.assess.assessment import RESEARCH_USE, Assessment
from openboneage.assess.assessor import Examination
from openboneage.assess.words import difference_text, interval_text, sds_text, subject_text
from openboneage.explain.occlusion import AttentionMap
from openboneage.findings import finding_lines
from openboneage.report.age_axis import DARK, GREY, draw_age_axis
from openboneage.report.film_panel import draw_attention, draw_film, film_view
from openboneage.report.phrases import Phrases, phrases_of
from openboneage.report.report import Report
from openboneage.report.sheet import sheet_of
from openboneage.subject import SEX_WORDS, format_age

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN_FINDINGS, FINDING_LETTERS = 5, 118
FOOT = 0.11
"""Height of the lines below the axis, as a share of the figure: six of them fit."""

SIGNATURE_INCHES, SIGNATURE_LETTERS = 0.36, 105

FIGURE_KINDS = {".png": "Description", ".pdf": "Subject", ".svg": "Description"}
"""Endings of the files that a figure can be, and the field of their metadata that names the film."""


def film_mark(sha256: str) -> str:
    """The metadata text that links a figure to its film; it is plain bytes in the file."""
    return f"Figure of the film with sha256 {sha256}"


def draw_report(report: Report, say: Phrases) -> bytes:
    """Draw the figure of a report as PNG, with a line above it: who signed, and the bone age that the reader entered."""
    sheet = sheet_of(report, say)
    entered = report.decision is not None and report.decision.bone_age_months is not None
    line = f"{sheet.headlines[0].text}: {sheet.signature}" if entered else sheet.signature
    return draw_figure(report.examination, report.attention, signature=line)


def draw_figure(
    examination: Examination, attention: AttentionMap | None = None, dpi: int = 130, kind: str = "png", signature: str = ""
) -> bytes:
    """Draw an examination.

    Args:
        examination: The assessment and the hand it was made on.
        attention: The occlusion map; None leaves that panel out.
        dpi: Dots per inch; the figure is 10 inches wide.
        kind: `png`, `pdf` or `svg`.
        signature: A line above the figure; empty leaves it out.

    Returns:
        A file of that kind; `film_mark` stands in its metadata.
    """
    from matplotlib.figure import Figure

    say = phrases_of()
    size = 10, 9.2 + (SIGNATURE_INCHES if signature else 0)
    figure = Figure(figsize=size, dpi=dpi, facecolor="white")
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
    _draw_heading(figure.add_subplot(grid[0, :]), examination.assessment)
    if signature:
        _draw_signature(figure, signature)
    view = film_view(examination.hand, examination.assessment, say)
    draw_film(figure.add_subplot(grid[1, 0]), view)
    if attention:
        draw_attention(figure.add_subplot(grid[1, 1]), examination.hand, attention, view, say)
    draw_age_axis(figure.add_subplot(grid[2, :]), examination.assessment)
    _draw_foot(figure, examination.assessment)
    buffer = BytesIO()
    assessment = examination.assessment
    creator = "Software" if kind == "png" else "Creator"
    metadata = {
        creator: f"openboneage {assessment.program.version}",
        FIGURE_KINDS[f".{kind}"]: film_mark(assessment.film.sha256),
    }
    figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


def _draw_heading(axes: Axes, assessment: Assessment) -> None:
    axes.axis("off")
    answers = assessment.answers
    several = len(answers) > 1
    title, detail = _title(assessment)
    axes.text(0, 0.70, title, fontsize=15 if several else 21, fontweight="bold", color=DARK, va="center")
    axes.text(0, 0.06, _difference(assessment), fontsize=11 if several else 13, color=DARK, va="center")
    compared = {sex: sds_text(answer.comparison) for sex, answer in answers.items() if answer.comparison}
    lines = [detail, *(f"{SEX_WORDS[sex]}: {text}" if several else text for sex, text in compared.items())]
    for height, line in zip(np.linspace(0.90, 0.06, len(lines) + 1), lines, strict=False):
        axes.text(1, height, line, fontsize=9.5 if len(lines) > 2 else 11.5, color=DARK, va="center", ha="right")
    name = assessment.film.name.encode("utf-8", "replace").decode()  # a file's name may not be valid text
    child = f"{subject_text(assessment.subject)}   ·   {name}"
    axes.text(1, 0.06, child, fontsize=9.5, color=GREY, va="center", ha="right", parse_math=False)


def _draw_signature(figure: Figure, signature: str) -> None:
    """A dark strip at the top with one line."""
    height = SIGNATURE_INCHES / figure.get_figheight()
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
        fontsize=10.5,
        fontweight="bold",
        va="center",
        parse_math=False,
        transform=strip.transAxes,
    )


def _title(assessment: Assessment) -> tuple[str, str]:
    """Bone age and interval; both bone ages and the union of their intervals where the sex is unknown."""
    if assessment.interval is None:
        return "Not assessed", "film refused; see the findings below"
    ages = {SEX_WORDS[sex]: format_age(answer.bone_age.mean_months) for sex, answer in assessment.answers.items()}
    each = ", ".join(f"{sex} {age}" for sex, age in ages.items())
    title = f"Bone age: {each}" if assessment.by_sex else f"Bone age {ages.popitem()[1]}"
    return title, interval_text(assessment.interval)


def _difference(assessment: Assessment) -> str:
    """The difference of each bone age to the chronological age."""
    chronological = assessment.subject.age_months
    if chronological is None:
        return ""
    ages = [answer.bone_age.mean_months for answer in assessment.answers.values()]
    texts = [difference_text(months - chronological) for months in ages]
    if len(texts) < 2:
        return "".join(texts)
    girl, boy = texts
    return f"girl {girl.removesuffix(' chronological age')}, boy {boy}"


def _draw_foot(figure: Figure, assessment: Assessment) -> None:
    lines = [shorten(line, FINDING_LETTERS, placeholder=" …") for line in finding_lines(assessment.findings)]
    more = len(lines) - SHOWN_FINDINGS
    shown = lines[:SHOWN_FINDINGS] + ([f"and {more} more findings"] if more > 0 else [])
    figure.text(0.04, FOOT, "\n".join(shown) or "no findings", fontsize=8.5, color=DARK, va="top", linespacing=1.35)
    models = ", ".join(map(str, assessment.models))
    figure.text(
        0.96,
        FOOT,
        f"{RESEARCH_USE}\nopenboneage {assessment.program.version}\n{models}",
        fontsize=8,
        color=GREY,
        va="top",
        ha="right",
        linespacing=1.35,
    )
