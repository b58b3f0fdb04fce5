"""The axis of years on the reading page: the distribution of the bone age, the child's age and the normal range, as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from openboneage.assess.distribution import AgeDistribution
from openboneage.assess.parts import NormalComparison
from openboneage.report import wording
from openboneage.report.age_axis import age_label, axis_limits, band_label, shown_months
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report
from openboneage.subject import MONTHS_PER_YEAR

WIDTH, TOP, BASE = 440.0, 34.0, 96.0
BAND_STEP = 15.0
_LABEL_HALF = 62.0  # labels stay this far inside the axis
_LEAST_SHARE = 0.004  # of the highest probability: what lies below is no part of the curve


@dataclass(frozen=True)
class Curve:
    """A distribution: its area as a path, and the ends of its interval."""

    path: str
    low: float
    high: float


@dataclass(frozen=True)
class Mark:
    """An age on the axis; `kind` is `estimate`, `reader` or `child`, `anchor` the side of the label that lies at `label_x`."""

    kind: str
    x: float
    label_x: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Band:
    """A normal range below the axis."""

    x: float
    width: float
    y: float
    label: str


@dataclass(frozen=True)
class Axis:
    """The axis: years with their places, and what is drawn."""

    height: float
    ticks: tuple[tuple[int, float], ...]
    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    summary: str


@dataclass(frozen=True)
class _Scale:
    """Places of ages between two whole years."""

    first: int
    last: int

    def place(self, months: float) -> float:
        return round(WIDTH * (months / MONTHS_PER_YEAR - self.first) / (self.last - self.first), 1)

    def mark(self, kind: str, months: float, label: str, anchor: str = "middle") -> Mark:
        x = self.place(months)
        inside = min(max(x, _LABEL_HALF), WIDTH - _LABEL_HALF)
        return Mark(kind, x, inside if anchor == "middle" else x, label, anchor)

    def curve(self, age: AgeDistribution) -> Curve:
        shares = age.probabilities / age.probabilities.max()
        months = np.flatnonzero(shares > _LEAST_SHARE)
        points = [f"{self.place(float(month))} {BASE - (BASE - TOP) * shares[month]:.1f}" for month in months]
        ends = [self.place(float(month)) for month in (months[0], months[-1])]
        path = f"M{ends[0]} {BASE}L{'L'.join(points)}L{ends[1]} {BASE}Z"
        return Curve(path, self.place(age.interval.low_months), self.place(age.interval.high_months))

    def band(self, comparison: NormalComparison, row: int, label: str) -> Band:
        low, high = self.place(comparison.low_months), self.place(comparison.high_months)
        return Band(low, round(high - low, 1), BASE + 24 + BAND_STEP * row, label)


def axis_of(report: Report, say: Phrases) -> Axis | None:
    """The axis of a report; None without a bone age."""
    if not report.stated_ages:
        return None
    scale = _Scale(*axis_limits(shown_months(report)))
    marks, bands = tuple(_marks(report, scale, say)), tuple(_bands(report, scale, say))
    return Axis(
        height=BASE + 24 + BAND_STEP * len(bands) + (4 if bands else 0),
        ticks=tuple((year, scale.place(year * MONTHS_PER_YEAR)) for year in range(scale.first, scale.last + 1)),
        curves=tuple(scale.curve(answer.bone_age) for answer in report.assessment.answers.values()),
        marks=marks,
        bands=bands,
        summary="; ".join([*(mark.label for mark in marks), *(band.label for band in bands)]),
    )


def _marks(report: Report, scale: _Scale, say: Phrases) -> Iterator[Mark]:
    ages = report.stated_ages
    oldest = max(stated.months for stated in ages)
    for stated in ages:
        kind = "reader" if stated.interval is None else "estimate"
        side = "middle" if len(ages) == 1 else "start" if stated.months == oldest else "end"
        yield scale.mark(kind, stated.months, age_label(stated, len(ages), say), side)
    months = report.assessment.subject.age_months
    if months is not None:
        yield scale.mark("child", months, say.axis_chronological.format(age=wording.age(months, say)))


def _bands(report: Report, scale: _Scale, say: Phrases) -> Iterator[Band]:
    ages = report.stated_ages
    compared = [(stated.sex if len(ages) > 1 else None, stated.comparison) for stated in ages if stated.comparison]
    for row, (sex, comparison) in enumerate(compared):
        yield scale.band(comparison, row, band_label(comparison, sex, say))
