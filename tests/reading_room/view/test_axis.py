from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from openboneage.reading_room.view.axis import WIDTH, axis_of
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Decision, Outcome, Report
from openboneage.subject import Sex
from tests.hands import examined, film, png, shipped

SAY = phrases_of()


def test_an_age_stands_at_its_place() -> None:
    examination = shipped().examine(png(film()), Sex.FEMALE, 100.0)

    axis = axis_of(Report(examination), SAY)

    assert axis is not None
    years = dict(axis.ticks)
    estimate, child = axis.marks
    months = Report(examination).stated_ages[0].months
    first, last = min(years), max(years)
    assert estimate.x == round(WIDTH * (months / 12 - first) / (last - first), 1)
    assert (estimate.kind, child.kind) == ("estimate", "child")
    (curve,) = axis.curves
    assert curve.low < estimate.x < curve.high
    (band,) = axis.bands
    assert band.x < child.x < band.x + band.width
    assert all(each.label in axis.summary for each in (estimate, child, band))


def test_both_sexes_have_a_curve_and_labels_beside_each_other() -> None:
    axis = axis_of(Report(shipped().examine(png(film()))), SAY)

    assert axis is not None
    assert len(axis.curves) == 2
    assert {mark.anchor for mark in axis.marks} == {"start", "end"}
    assert axis.bands == ()


def test_the_age_of_a_reader_is_marked() -> None:
    decision = Decision(
        outcome=Outcome.EDITED, reader="Dr. Example", time=datetime(2026, 11, 22, tzinfo=UTC), bone_age_months=96.0
    )

    axis = axis_of(Report(examined(), decision=decision), SAY)

    assert axis is not None
    assert [mark.kind for mark in axis.marks] == ["reader"]


def test_a_refused_film_has_no_axis() -> None:
    assert axis_of(Report(shipped().examine(png(np.zeros((300, 200), np.uint8)))), SAY) is None
