from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from openboneage.assess.assessment import Assessment
from openboneage.assess.assessor import Examination
from openboneage.assess.child import compare_with_normal
from openboneage.assess.distribution import UNCALIBRATED, describe
from openboneage.report.age_axis import GREEN, draw_age_axis
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report
from openboneage.subject import Sex, Subject
from tests import hands
from tests.estimators import bell
from tests.report.reports import decided
from tests.toy_model import toy_assessor

FILM = hands.png(hands.film("7043", 400))
HAND = toy_assessor().examine(FILM, Sex.MALE, 111.0).hand
BOY = toy_assessor().assess(FILM, Sex.MALE, 111.0)


def boy(bone_age_months: float, age_months: float) -> Assessment:
    """A boy with that bone age."""
    age, subject = describe(bell(bone_age_months, sd=6), UNCALIBRATED), Subject(Sex.MALE, "caller", age_months, "caller")
    comparison, _ = compare_with_normal(age, subject)
    return BOY.model_copy(update={"bone_age": age, "subject": subject, "comparison": comparison})


def axis_of(assessment: Assessment) -> Axes:
    """The axis of an unsigned report, as wide as on the figure."""
    return axis_of_report(Report(Examination(HAND, assessment)))


def axis_of_report(report: Report) -> Axes:
    axes = Figure(figsize=(10, 2)).add_axes((0.04, 0.1, 0.92, 0.8))
    draw_age_axis(axes, report, phrases_of())
    return axes


def words(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize(("bone_age", "age"), [(5, 4), (24, 36), (110, 60), (180, 190), (222, 200), (40, 180)])
def test_the_axis_fits_the_child_and_holds_everything(bone_age: float, age: float) -> None:
    assessment = boy(bone_age, age)
    first, last = (12 * year for year in axis_of(assessment).get_xlim())
    interval, normal = hands.bone_age(assessment).interval, assessment.comparison
    assert normal is not None
    shown = [age, interval.low_months, interval.high_months, normal.low_months, normal.high_months]
    assert 0 <= first <= max(min(shown), 0)
    assert last > max(shown)
    assert 72 <= last - first <= max(max(shown) - min(shown) + 36, 72)


@pytest.mark.parametrize(("bone_age", "age"), [(5, 4), (24, 36), (110, 60), (222, 200), (40, 180)])
def test_no_label_is_clipped(bone_age: float, age: float) -> None:
    axes = axis_of(boy(bone_age, age))
    box = axes.get_window_extent()
    for text in axes.texts:
        extent = text.get_window_extent()
        assert box.x0 <= extent.x0 < extent.x1 <= box.x1


def test_the_normal_range_is_below_the_curve_with_its_reference() -> None:
    axes = axis_of(boy(110, 100))
    (label,) = [text for text in axes.texts if "normal" in text.get_text()]
    assert label.get_text() == "normal: ± 2 SD, Brush Foundation"
    assert label.get_position()[1] < 0
    assert min(float(np.asarray(path.vertices)[:, 1].min()) for each in axes.collections for path in each.get_paths()) >= 0


def test_an_unknown_sex_has_two_bone_ages_and_two_normal_ranges() -> None:
    shown = words(axis_of(toy_assessor().assess(FILM, None, 111.0)))
    assert [text.split(" ")[0] for text in shown[:2]] == ["girl", "boy"]
    assert [text.partition(":")[0] for text in shown[3:]] == ["normal for a girl", "normal for a boy"]


def test_the_age_of_a_reader_is_marked_on_the_program_s_distribution() -> None:
    axes = axis_of_report(Report(Examination(HAND, BOY), decision=decided("edited", bone_age_months=200.0)))
    assert words(axes)[0] == "bone age 16 y 8 m"
    (line,) = [line for line in axes.lines if line.get_color() == GREEN]
    assert list(np.asarray(line.get_xdata())) == [200 / 12, 200 / 12]
    assert axes.get_xlim()[1] >= 17
    assert len(axes.collections) == 2


def test_a_rejected_estimate_is_not_drawn() -> None:
    axes = axis_of_report(Report(Examination(HAND, BOY), decision=decided("rejected", comment="Turned.")))
    assert (words(axes), axes.axison) == ([], False)


def test_a_refused_film_has_no_axis() -> None:
    axes = axis_of(toy_assessor().assess(hands.png(hands.not_hand("noise")), Sex.MALE, 111.0))
    assert (words(axes), axes.axison) == ([], False)
