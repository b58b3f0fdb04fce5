"""The axis of years: bone age with its distribution and interval, chronological age, and the normal range."""

from __future__ import annotations

import numpy as np

from openboneage.assess.distribution import AgeDistribution
from openboneage.assess.parts import NormalComparison
from openboneage.report import wording
from openboneage.report.age_axis import (
    DARK,
    GREEN,
    GREY,
    ORANGE,
    age_label,
    axis_limits,
    band_label,
    colour_of,
    shown_months,
)
from openboneage.report.pdf.film import Place
from openboneage.report.pdf.paper import Paper, Style, text_width_mm
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report
from openboneage.subject import MONTHS_PER_YEAR

LABELS_MM, CURVE_MM, BAND_MM, TICKS_MM = 9.0, 15.0, 5.0, 7.5


def axis_height_mm(report: Report) -> float:
    """Height of the axis; nothing is drawn without a bone age."""
    if not report.stated_ages:
        return 0.0
    return LABELS_MM + CURVE_MM + TICKS_MM + BAND_MM * sum(1 for stated in report.stated_ages if stated.comparison)


def draw_axis(paper: Paper, place: Place, report: Report, say: Phrases) -> None:
    """Draw the bone ages of a report."""
    if report.stated_ages:
        _Axis(paper, place, report, say).draw()


class _Axis:
    """An axis on a page."""

    def __init__(self, paper: Paper, place: Place, report: Report, say: Phrases) -> None:
        self._paper, self._place, self._report, self._say = paper, place, report, say
        self._first, self._last = axis_limits(shown_months(report))
        self._base_mm = place.top_mm + LABELS_MM + CURVE_MM

    def draw(self) -> None:
        report, say, ages = self._report, self._say, self._report.stated_ages
        answers = report.assessment.answers
        for sex, answer in answers.items():
            self._draw_distribution(answer.bone_age, colour_of(sex, len(answers)))
        oldest = max(stated.months for stated in ages)
        for stated in ages:
            colour = GREEN if stated.interval is None else colour_of(stated.sex, len(ages))
            side = "center" if len(ages) == 1 else "left" if stated.months == oldest else "right"
            self._mark(stated.months, age_label(stated, len(ages), say), colour, LABELS_MM - 1.2, side)
        chronological = report.assessment.subject.age_months
        if chronological is not None:
            text = say.axis_chronological.format(age=wording.age(chronological, say))
            self._mark(chronological, text, ORANGE, LABELS_MM - 5.2, "center", dash=(4, 2))
        self._draw_bands()
        self._draw_ticks()

    def _x_mm(self, months: float) -> float:
        share = (months / MONTHS_PER_YEAR - self._first) / (self._last - self._first)
        return self._place.left_mm + share * self._place.width_mm

    def _draw_distribution(self, age: AgeDistribution, colour: str) -> None:
        low, high = age.interval.low_months, age.interval.high_months
        top = self._base_mm - CURVE_MM
        left, right = self._x_mm(low), self._x_mm(high)
        self._paper.area([(left, self._base_mm), (left, top), (right, top), (right, self._base_mm)], colour, 0.10)
        shown = range(self._first * 12, min(self._last * 12, len(age.probabilities) - 1) + 1)
        heights = CURVE_MM * age.probabilities / age.probabilities.max()
        curve = [(self._x_mm(month), self._base_mm - float(heights[month])) for month in shown]
        self._paper.area([(curve[0][0], self._base_mm), *curve, (curve[-1][0], self._base_mm)], colour, 0.28)
        for end in (low, high):
            self._paper.line([(self._x_mm(end), self._base_mm), (self._x_mm(end), self._base_mm - 2.2)], colour, 1.1)

    def _mark(self, months: float, text: str, colour: str, drop_mm: float, side: str, dash: tuple[float, ...] = ()) -> None:
        """A line at an age, and its name above the curves."""
        x = self._x_mm(months)
        style = Style(7.6, colour, bold=True, align=side)
        self._paper.line([(x, self._base_mm), (x, self._base_mm - CURVE_MM)], colour, 1.6, dash)
        at = self._within(x, text_width_mm(text, style)) if side == "center" else x
        self._paper.text(at, self._place.top_mm + drop_mm, text, style)

    def _within(self, x_mm: float, width_mm: float) -> float:
        """The nearest centre at which a text stays within the axis."""
        left, right = self._place.left_mm, self._place.left_mm + self._place.width_mm
        return min(max(x_mm, left + width_mm / 2), right - width_mm / 2)

    def _draw_bands(self) -> None:
        ages = self._report.stated_ages
        bands = [(stated.sex, stated.comparison) for stated in ages if stated.comparison]
        for row, (sex, comparison) in enumerate(bands):
            label = band_label(comparison, sex if len(ages) > 1 else None, self._say)
            self._draw_band(self._base_mm + BAND_MM * row + 0.8, comparison, label)

    def _draw_band(self, top_mm: float, comparison: NormalComparison, text: str) -> None:
        left, right = self._x_mm(comparison.low_months), self._x_mm(comparison.high_months)
        corners = [(left, top_mm), (right, top_mm), (right, top_mm + 3.8), (left, top_mm + 3.8)]
        self._paper.area(corners, ORANGE, 0.25)
        style = Style(6.6, DARK, align="center")
        self._paper.text(self._within((left + right) / 2, text_width_mm(text, style)), top_mm + 2.7, text, style)

    def _draw_ticks(self) -> None:
        bands = sum(1 for stated in self._report.stated_ages if stated.comparison)
        axis_mm = self._base_mm + BAND_MM * bands + 0.4
        left, right = self._place.left_mm, self._place.left_mm + self._place.width_mm
        self._paper.line([(left, self._base_mm), (right, self._base_mm)], GREY, 0.4)
        self._paper.line([(left, axis_mm), (right, axis_mm)], GREY, 0.6)
        step = int(np.ceil((self._last - self._first) / 12))
        for year in range(self._first, self._last + 1, step):
            x = self._x_mm(year * MONTHS_PER_YEAR)
            self._paper.line([(x, axis_mm), (x, axis_mm + 1)], GREY, 0.6)
            self._paper.text(x, axis_mm + 3.8, str(year), Style(6.6, GREY, align="center"))
        self._paper.text(right, axis_mm + 6.6, self._say.year, Style(6.2, GREY, align="right"))
