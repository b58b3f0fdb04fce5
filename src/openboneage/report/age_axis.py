"""The axis of years below the film: bone age with its interval, chronological age, and the normal range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from openboneage.assess.distribution import AgeDistribution
from openboneage.assess.parts import NormalComparison
from openboneage.report import wording
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report, StatedAge
from openboneage.subject import MONTHS_PER_YEAR, Sex

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, PURPLE, ORANGE, GREEN, GREY, DARK = "#2563a8", "#8b3fa0", "#d9480f", "#2f9e6e", "#868e96", "#16191d"
SHORTEST_YEARS, SPARE_YEARS = 6, 0.5
TOP = 1.42
"""Height of the axis; curves are 1 high, labels stand above them and bands below 0."""
BAND_HEIGHT = 0.22


def draw_age_axis(axes: Axes, report: Report, say: Phrases) -> None:
    """Draw the bone ages of a report, the child's age and the normal range on one axis; nothing without a bone age."""
    ages = report.stated_ages
    if not ages:
        axes.axis("off")
        return
    bands = [(stated.sex, stated.comparison) for stated in ages if stated.comparison]
    axes.set_xlim(*axis_limits(shown_months(report)))
    axes.set_ylim(-BAND_HEIGHT * len(bands), TOP)
    _set_look(axes, say)
    answers = report.assessment.answers
    for sex, answer in answers.items():
        _draw_distribution(axes, answer.bone_age, colour_of(sex, len(answers)))
    for stated in ages:
        _draw_age(axes, stated, report, say)
    chronological = report.assessment.subject.age_months
    if chronological is not None:
        years = chronological / MONTHS_PER_YEAR
        axes.plot([years, years], [0, 1.0], color=ORANGE, linewidth=1.8, linestyle=(0, (4, 2)))
        _label(axes, years, 1.27, say.axis_chronological.format(age=wording.age(chronological, say)), ORANGE)
    for row, (sex, band) in enumerate(bands):
        _draw_band(axes, band, -BAND_HEIGHT * (row + 0.6), band_label(band, sex if len(ages) > 1 else None, say))


def shown_months(report: Report) -> list[float]:
    """Every age that the axis shows, in months."""
    shown = [stated.months for stated in report.stated_ages]
    for answer in report.assessment.answers.values():
        shown += [answer.bone_age.interval.low_months, answer.bone_age.interval.high_months]
    for stated in report.stated_ages:
        shown += [stated.comparison.low_months, stated.comparison.high_months] if stated.comparison else []
    chronological = report.assessment.subject.age_months
    return shown if chronological is None else [*shown, chronological]


def colour_of(sex: Sex, answers: int) -> str:
    """Colour of an estimate; with two of them, the girl's and the boy's differ."""
    return PURPLE if answers > 1 and sex is Sex.FEMALE else BLUE


def age_label(stated: StatedAge, count: int, say: Phrases) -> str:
    """`bone age 10 y 4 m`; `girl 10 y 4 m` if there are two."""
    text = wording.age(stated.months, say)
    return say.axis_bone_age.format(age=text) if count == 1 else f"{wording.sex(stated.sex, say)} {text}"


def band_label(comparison: NormalComparison, sex: Sex | None, say: Phrases) -> str:
    """`normal: ± 2 SD, Brush Foundation`, with the sex if it is given."""
    facts = {"limit": f"{comparison.sd_limit:g}", "reference": comparison.reference.label}
    return say.normal_band.format(**facts) if sex is None else say.normal_band_of.format(sex=wording.sex(sex, say), **facts)


def axis_limits(months: list[float]) -> tuple[int, int]:
    """First and last whole year of an axis that contains these months with some margin."""
    first = max(math.floor(min(months) / MONTHS_PER_YEAR - SPARE_YEARS), 0)
    last = math.ceil(max(months) / MONTHS_PER_YEAR + SPARE_YEARS)
    lacking = max(SHORTEST_YEARS - (last - first), 0)
    first = max(first - lacking // 2, 0)
    return first, max(last, first + SHORTEST_YEARS)


def _set_look(axes: Axes, say: Phrases) -> None:
    first, last = map(round, axes.get_xlim())
    axes.set_xticks(range(first, last + 1))
    axes.set_yticks([])
    axes.tick_params(labelsize=9, color=GREY)
    axes.set_xlabel(say.year, fontsize=9, color=GREY, labelpad=1)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color(GREY)


def _draw_distribution(axes: Axes, age: AgeDistribution, colour: str) -> None:
    years = np.arange(len(age.probabilities)) / MONTHS_PER_YEAR
    curve = age.probabilities / age.probabilities.max()
    low, high = age.interval.low_months / MONTHS_PER_YEAR, age.interval.high_months / MONTHS_PER_YEAR
    axes.fill_between([low, high], [1, 1], color=colour, alpha=0.10, linewidth=0)
    axes.fill_between(years, curve, color=colour, alpha=0.28, linewidth=0)
    for end in (low, high):
        axes.plot([end, end], [0, 0.14], color=colour, linewidth=1.4)


def _draw_age(axes: Axes, stated: StatedAge, report: Report, say: Phrases) -> None:
    """A line at a bone age with its name; the age of a reader is green."""
    ages = report.stated_ages
    colour = GREEN if stated.interval is None else colour_of(stated.sex, len(ages))
    years = stated.months / MONTHS_PER_YEAR
    axes.plot([years, years], [0, 1.0], color=colour, linewidth=2.4)
    oldest = stated.months == max(each.months for each in ages)
    side = "center" if len(ages) == 1 else "left" if oldest else "right"
    _label(axes, years, 1.07, age_label(stated, len(ages), say), colour, side)


def _draw_band(axes: Axes, comparison: NormalComparison, height: float, text: str) -> None:
    """The normal range below the curves, with its name on it."""
    ends = np.array([comparison.low_months, comparison.high_months]) / MONTHS_PER_YEAR
    axes.plot(ends, [height, height], color=ORANGE, linewidth=11, alpha=0.30, solid_capstyle="butt")
    axes.text(_within(axes, float(ends.mean()), text, 8), height, text, color=DARK, fontsize=8, ha="center", va="center")


def _label(axes: Axes, years: float, height: float, text: str, colour: str, side: str = "center") -> None:
    place = _within(axes, years, text, 9.5) if side == "center" else years
    axes.text(place, height, text, color=colour, fontsize=9.5, fontweight="bold", ha=side)


def _within(axes: Axes, years: float, text: str, size: float) -> float:
    """The nearest position at which a centred text of that size stays within the axis."""
    first, last = axes.get_xlim()
    half = len(text) * size * 0.0005 * (last - first)
    return min(max(years, first + half), last - half)
