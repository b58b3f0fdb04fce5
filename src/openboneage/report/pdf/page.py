"""One page A4: child, bone age, film, axis, stages and growth where known, findings, signature and versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openboneage.report.age_axis import DARK, GREY
from openboneage.report.film_mark import film_mark
from openboneage.report.pdf.axis import axis_height_mm, draw_axis
from openboneage.report.pdf.film import Place, draw_films
from openboneage.report.pdf.paper import Paper, Style, shortened, text_width_mm, wrapped
from openboneage.report.pdf.tables import draw_growth, draw_stages
from openboneage.report.phrases import Phrases
from openboneage.report.report import Outcome, Report
from openboneage.report.sheet import Headline, Line, Sheet, sheet_of

MARGIN_MM, TOP_MM, FOOT_MM = 15.0, 13.0, 284.0
WIDTH_MM = 210.0 - 2 * MARGIN_MM
NAVY, PALE = "#1d3f63", "#eff3f8"
STATUS_COLOURS = {Outcome.ACCEPTED: "#2b7a4b", Outcome.EDITED: "#2b7a4b", Outcome.REJECTED: "#b3261e", None: "#9a6700"}
LABEL, VALUE, SMALL = Style(6.4, GREY), Style(9.2, DARK), Style(6.2, GREY)
BODY = Style(7.6, DARK)
BODY_MM = 3.7
"""Distance of the lines of findings."""
CHILD_MM = 9.4
NAME_SHARE = 0.55
"""Share of the width that the name has."""
FACT_MM, HEADLINE_MM = 5.2, 20.5
STAGES_MM, GROWTH_MM = 59.0, 52.0
"""Height of the tables of stages, and of the growth figure without them."""
FILM_MM = (52.0, 138.0)
"""Least and largest height of the film."""
SHOWN_FINDINGS = 6


def to_pdf(report: Report, say: Phrases) -> bytes:
    """The report as a PDF file of one page; the same report gives the same bytes.

    Args:
        report: The report.
        say: The words of its language.
    """
    assessment = report.assessment
    date = f"D:{report.made:%Y%m%d%H%M%S}{report.made:%z}"
    paper = Paper(say.title, f"openboneage {assessment.program.version}", film_mark(assessment.film.sha256), date)
    sheet = sheet_of(report, say)
    top_mm = _draw_heading(paper, sheet, report)
    top_mm = _draw_child(paper, sheet, top_mm)
    top_mm = _draw_ages(paper, sheet, top_mm)
    signature, findings = _signature_lines(sheet, say), _finding_lines(sheet, say)
    below_mm = 3.0 + BODY_MM * len(findings) + 6.5 + 5.0 + BODY_MM * len(signature) + 3.0
    extra_mm = STAGES_MM if sheet.stages else GROWTH_MM if report.growth else 0.0
    axis_mm = axis_height_mm(report)
    film_mm = min(max(FOOT_MM - 13.0 - top_mm - below_mm - extra_mm - axis_mm, FILM_MM[0]), FILM_MM[1])
    draw_films(paper, Place(MARGIN_MM, top_mm, WIDTH_MM, film_mm), report, say)
    top_mm += film_mm
    draw_axis(paper, Place(MARGIN_MM + 2, top_mm, WIDTH_MM - 4, axis_mm), report, say)
    top_mm += axis_mm
    _draw_extra(paper, Place(MARGIN_MM, top_mm + 2, WIDTH_MM, extra_mm - 4), report, sheet, say)
    top_mm = _draw_paragraph(paper, say.findings, findings, top_mm + extra_mm + 3.0)
    _draw_signature(paper, signature, report, FOOT_MM - 12.0 - BODY_MM * len(signature) - 5.0)
    _draw_foot(paper, sheet)
    return paper.finish()


def _draw_heading(paper: Paper, sheet: Sheet, report: Report) -> float:
    """Draw title, institution and status; return the place below, mm."""
    right_mm = MARGIN_MM + WIDTH_MM
    title = Style(17, NAVY, bold=True)
    paper.text(MARGIN_MM, TOP_MM + 6, sheet.title, title)
    style = Style(7.2, "#ffffff", bold=True, align="center")
    status = sheet.status.upper()
    pill_mm = text_width_mm(status, style) + 6
    colour = STATUS_COLOURS[report.decision.outcome if report.decision else None]
    paper.box(right_mm - pill_mm, TOP_MM + 1.2, pill_mm, 5.4, colour, radius_mm=2.7)
    paper.text(right_mm - pill_mm / 2, TOP_MM + 4.8, status, style)
    free_mm = WIDTH_MM - pill_mm - text_width_mm(sheet.title, title) - 10
    paper.text(right_mm - pill_mm - 4, TOP_MM + 5, sheet.institution, Style(8.4, GREY, align="right"), free_mm)
    paper.box(MARGIN_MM, TOP_MM + 9.2, WIDTH_MM, 0.5, NAVY)
    return TOP_MM + 14.5


def _draw_child(paper: Paper, sheet: Sheet, top_mm: float) -> float:
    """Draw the child's data, the first two wide, the others in columns below; return the place below, mm."""
    first, others = sheet.child[:2], sheet.child[2:]
    _draw_row(paper, first, (NAME_SHARE, 1 - NAME_SHARE), top_mm)
    if not others:
        return top_mm + CHILD_MM
    _draw_row(paper, others, (1 / len(others),) * len(others), top_mm + CHILD_MM)
    return top_mm + 2 * CHILD_MM


def _draw_row(paper: Paper, lines: Sequence[Line], shares: Sequence[float], top_mm: float) -> None:
    left_mm = MARGIN_MM
    for line, share in zip(lines, shares, strict=True):
        width_mm = share * WIDTH_MM
        paper.text(left_mm, top_mm, line.label, LABEL, width_mm - 4)
        paper.text(left_mm, top_mm + 4.2, line.text, replace(VALUE, bold=share == NAME_SHARE), width_mm - 4)
        left_mm += width_mm


def _draw_ages(paper: Paper, sheet: Sheet, top_mm: float) -> float:
    """Draw the bone ages on the left and the facts on the right; return the place below, mm."""
    height_mm = max(HEADLINE_MM * len(sheet.headlines), FACT_MM * len(sheet.facts) + 5.0)
    paper.box(MARGIN_MM, top_mm, WIDTH_MM, height_mm, PALE, radius_mm=2)
    for i, headline in enumerate(sheet.headlines):
        _draw_headline(paper, headline, top_mm + HEADLINE_MM * i)
    middle_mm = MARGIN_MM + 0.40 * WIDTH_MM
    for i, line in enumerate(sheet.facts):
        _draw_fact(paper, line, middle_mm, top_mm + 6.6 + FACT_MM * i)
    return top_mm + height_mm + 3.0


def _draw_headline(paper: Paper, headline: Headline, top_mm: float) -> None:
    width_mm = 0.38 * WIDTH_MM - 6
    paper.text(MARGIN_MM + 5, top_mm + 5.0, headline.label, Style(7.6, GREY), width_mm)
    paper.text(MARGIN_MM + 5, top_mm + 13.0, headline.text, Style(20, NAVY, bold=True), width_mm)
    paper.text(MARGIN_MM + 5, top_mm + 17.4, headline.detail, Style(7.6, DARK), width_mm)


def _draw_fact(paper: Paper, line: Line, left_mm: float, y_mm: float) -> None:
    label_mm = 38.0
    paper.text(left_mm, y_mm, line.label, Style(7.4, GREY), label_mm - 2)
    paper.text(left_mm + label_mm, y_mm, line.text, Style(8.2, DARK), MARGIN_MM + WIDTH_MM - 3 - left_mm - label_mm)


def _draw_extra(paper: Paper, place: Place, report: Report, sheet: Sheet, say: Phrases) -> None:
    """Draw the growth figure and the tables of stages side by side."""
    if report.growth:
        width_mm = place.width_mm * (0.62 if sheet.stages else 1)
        draw_growth(paper, Place(place.left_mm, place.top_mm, width_mm, place.height_mm), report.growth, say)
        place = Place(place.left_mm + width_mm + 5, place.top_mm, place.width_mm - width_mm - 5, place.height_mm)
    if sheet.stages:
        draw_stages(paper, place, sheet.stages)


def _finding_lines(sheet: Sheet, say: Phrases) -> list[str]:
    if not sheet.findings:
        return [say.no_findings]
    shown = sheet.findings[:SHOWN_FINDINGS]
    lines = [line for finding in shown for line in shortened(wrapped(f"•  {finding}", BODY, WIDTH_MM), 2)]
    more = len(sheet.findings) - len(shown)
    return [*lines, say.more_findings.format(count=more)] if more else lines


def _signature_lines(sheet: Sheet, say: Phrases) -> list[str]:
    comment = f"{say.comment}: {sheet.comment}" if sheet.comment else ""
    return [*wrapped(sheet.signature, BODY, WIDTH_MM - 10), *shortened(wrapped(comment, BODY, WIDTH_MM - 10), 4)]


def _draw_paragraph(paper: Paper, title: str, lines: list[str], top_mm: float) -> float:
    paper.text(MARGIN_MM, top_mm + 2, title, Style(8.2, NAVY, bold=True))
    for i, line in enumerate(lines):
        paper.text(MARGIN_MM, top_mm + 6.4 + BODY_MM * i, line, BODY, WIDTH_MM)
    return top_mm + 6.4 + BODY_MM * len(lines)


def _draw_signature(paper: Paper, lines: list[str], report: Report, top_mm: float) -> None:
    colour = STATUS_COLOURS[report.decision.outcome if report.decision else None]
    paper.box(MARGIN_MM, top_mm, WIDTH_MM, BODY_MM * len(lines) + 3.2, PALE, radius_mm=1.5)
    paper.box(MARGIN_MM, top_mm, 1.4, BODY_MM * len(lines) + 3.2, colour)
    for i, line in enumerate(lines):
        style = Style(7.8, DARK, bold=i == 0)
        paper.text(MARGIN_MM + 5, top_mm + 4.2 + BODY_MM * i, line, style, WIDTH_MM - 8)


def _draw_foot(paper: Paper, sheet: Sheet) -> None:
    paper.box(MARGIN_MM, FOOT_MM - 8.5, WIDTH_MM, 0.25, GREY)
    version, program, models, film = sheet.provenance
    paper.text(MARGIN_MM, FOOT_MM - 5, f"{version}  ·  {program}  ·  {models}", SMALL, WIDTH_MM)
    paper.text(MARGIN_MM, FOOT_MM - 2, film, SMALL, WIDTH_MM - 75)
    paper.text(MARGIN_MM + WIDTH_MM, FOOT_MM - 2, sheet.notice, Style(7, DARK, bold=True, align="right"), 75)
