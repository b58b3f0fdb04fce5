"""Tables of stages, and the growth figure."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

from openboneage.clinical.growth import Growth
from openboneage.report.age_axis import DARK, GREY
from openboneage.report.growth_figure import growth_panels
from openboneage.report.pdf.film import Place
from openboneage.report.pdf.paper import Paper, Style
from openboneage.report.phrases import Phrases
from openboneage.report.sheet import StageTable

GROWTH_DPI = 150
ROW_MM = 3.4
NARROW_MM = 44.0
"""A table needs this width for the age of each bone."""


def draw_stages(paper: Paper, place: Place, tables: Sequence[StageTable]) -> None:
    """Draw tables of stages side by side, at most as wide as three; in a narrow place one table without the bones' ages."""
    gap_mm = 6.0
    width_mm = min((place.width_mm - gap_mm * (len(tables) - 1)) / len(tables), 86.0)
    if width_mm < NARROW_MM:
        _draw_together(paper, place, tables)
        return
    for i, table in enumerate(tables):
        _draw_table(paper, table, place.left_mm + i * (width_mm + gap_mm), place.top_mm, width_mm)


def _draw_table(paper: Paper, table: StageTable, left_mm: float, top_mm: float, width_mm: float) -> None:
    paper.text(left_mm, top_mm + 3, table.title, Style(7.6, DARK, bold=True), width_mm)
    stage_mm = left_mm + 0.62 * width_mm
    for i, (bone, stage, age) in enumerate(table.rows):
        y = top_mm + 7.2 + ROW_MM * i
        paper.box(left_mm, y + 1.0, width_mm, 0.1, "#d5dae0")
        paper.text(left_mm, y, bone, Style(6.6, DARK), 0.58 * width_mm)
        paper.text(stage_mm, y, stage, Style(6.6, DARK, bold=True, align="center"))
        paper.text(left_mm + width_mm, y, age, Style(6.6, GREY, align="right"), 0.34 * width_mm)
    y = top_mm + 7.6 + ROW_MM * len(table.rows)
    paper.text(left_mm, y, table.result.label, Style(6.8, DARK, bold=True))
    paper.text(left_mm + width_mm, y, table.result.text, Style(6.8, DARK, bold=True, align="right"), 0.65 * width_mm)


def _draw_together(paper: Paper, place: Place, tables: Sequence[StageTable]) -> None:
    """Draw one row for each bone with its stage by each standard, and the results below."""
    stages = [{bone: stage for bone, stage, _ in table.rows} for table in tables]
    middles_mm = [place.left_mm + place.width_mm * (0.5 + 0.5 * (i + 0.5) / len(tables)) for i in range(len(tables))]
    for middle_mm, table in zip(middles_mm, tables, strict=True):
        style = Style(7.0, DARK, bold=True, align="center")
        paper.text(middle_mm, place.top_mm + 3, table.standard, style, 0.48 * place.width_mm / len(tables))
    bones = list(dict.fromkeys(bone for each in stages for bone in each))
    for i, bone in enumerate(bones):
        y = place.top_mm + 7.2 + ROW_MM * i
        paper.box(place.left_mm, y + 1.0, place.width_mm, 0.1, "#d5dae0")
        paper.text(place.left_mm, y, bone, Style(6.6, DARK), 0.5 * place.width_mm)
        for middle_mm, each in zip(middles_mm, stages, strict=True):
            paper.text(middle_mm, y, each.get(bone, "–"), Style(6.6, DARK, bold=True, align="center"))
    for i, table in enumerate(tables):
        y = place.top_mm + 7.6 + ROW_MM * (len(bones) + i)
        paper.text(place.left_mm, y, table.standard, Style(6.8, DARK, bold=True), 0.3 * place.width_mm)
        right_mm = place.left_mm + place.width_mm
        paper.text(right_mm, y, table.result.text, Style(6.8, DARK, bold=True, align="right"), 0.65 * place.width_mm)


def draw_growth(paper: Paper, place: Place, growth: Growth, say: Phrases) -> None:
    """Draw bone age and height over time."""
    buffer = BytesIO()
    growth_panels(growth, place.width_mm / place.height_mm, say).savefig(buffer, format="png", dpi=GROWTH_DPI)
    with Image.open(buffer) as image:
        pixels = np.asarray(image.convert("RGB"))
    paper.image(pixels, place.left_mm, place.top_mm, place.width_mm, place.height_mm)
