"""The axis of years below the film: bone age with its interval, chronological age, and the normal range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from openboneage.assess.assessment import Assessment
from openboneage.assess.distribution import AgeDistribution
from openboneage.assess.parts import NormalComparison
from openboneage.subject import MONTHS_PER_YEAR, SEX_WORDS, Sex, format_age

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, PURPLE, ORANGE, GREY, DARK = "#2563a8", "#8b3fa0", "#d9480f", "#868e96", "#16191d"
SHORTEST_YEARS, SPARE_YEARS = 6, 0.5
TOP = 1.42
"""Height of the axis; curves are 1 high, labels stand above them and bands below 0."""
BAND_HEIGHT = 0.22


def draw_age_axis(axes: Axes, assessment: Assessment) -> None:
    """Draw the answers for a film, the child's age and the normal range on one axis; nothing if the film was refused."""
    answers = assessment.answers
    if not answers:
        axes.axis("off")
        return
    chronological = assessment.subject.age_months
    bands = {sex: answer.comparison for sex, answer in answers.items() if answer.comparison}
    shown = [end for answer in answers.values() for end in _ends(answer.bone_age)]
    shown += [end for band in bands.values() for end in (band.low_months, band.high_months)]
    first, last = axis_limits([*shown, *([] if chronological is None else [chronological])])
    axes.set_xlim(first, last)
    axes.set_ylim(-BAND_HEIGHT * len(bands), TOP)
    axes.set_xticks(range(first, last + 1))
    axes.set_yticks([])
    axes.tick_params(labelsize=9, color=GREY)
    axes.set_xlabel("years", fontsize=9, color=GREY, labelpad=1)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    named = {sex: SEX_WORDS[sex] if assessment.by_sex else "bone age" for sex in answers}
    older = max(answers, key=lambda sex: answers[sex].bone_age.mean_months)
    for sex, answer in answers.items():
        side = "center" if len(answers) == 1 else "left" if sex is older else "right"
        _draw_distribution(axes, answer.bone_age, named[sex], PURPLE if named[sex] == "girl" else BLUE, side)
    if chronological is not None:
        years = chronological / MONTHS_PER_YEAR
        axes.plot([years, years], [0, 1.0], color=ORANGE, linewidth=1.8, linestyle=(0, (4, 2)))
        _label(axes, years, 1.27, f"chronological age {format_age(chronological)}", ORANGE)
    for row, (sex, band) in enumerate(bands.items()):
        _draw_band(axes, band, -BAND_HEIGHT * (row + 0.6), sex if assessment.by_sex else None)


def _ends(age: AgeDistribution) -> tuple[float, float]:
    return age.interval.low_months, age.interval.high_months


def axis_limits(months: list[float]) -> tuple[int, int]:
    """First and last whole year of an axis that contains these months with some margin."""
    first = max(math.floor(min(months) / MONTHS_PER_YEAR - SPARE_YEARS), 0)
    last = math.ceil(max(months) / MONTHS_PER_YEAR + SPARE_YEARS)
    lacking = max(SHORTEST_YEARS - (last - first), 0)
    first = max(first - lacking // 2, 0)
    return first, max(last, first + SHORTEST_YEARS)


def _draw_distribution(axes: Axes, age: AgeDistribution, name: str, colour: str, side: str) -> None:
    years = np.arange(len(age.probabilities)) / MONTHS_PER_YEAR
    curve = age.probabilities / age.probabilities.max()
    low, mean, high = (months / MONTHS_PER_YEAR for months in (_ends(age)[0], age.mean_months, _ends(age)[1]))
    axes.fill_between([low, high], [1, 1], color=colour, alpha=0.10, linewidth=0)
    axes.fill_between(years, curve, color=colour, alpha=0.28, linewidth=0)
    axes.plot([mean, mean], [0, 1.0], color=colour, linewidth=2.4)
    _label(axes, mean, 1.07, f"{name} {format_age(age.mean_months)}", colour, side)
    for end in (low, high):
        axes.plot([end, end], [0, 0.14], color=colour, linewidth=1.4)


def _draw_band(axes: Axes, comparison: NormalComparison, height: float, sex: Sex | None) -> None:
    """The normal range below the curves, with its name on it."""
    ends = np.array([comparison.low_months, comparison.high_months]) / MONTHS_PER_YEAR
    axes.plot(ends, [height, height], color=ORANGE, linewidth=11, alpha=0.30, solid_capstyle="butt")
    name = f"normal for a {SEX_WORDS[sex]}" if sex else "normal"
    text = f"{name}: ± {comparison.sd_limit:g} SD, {comparison.reference.label}"
    axes.text(_within(axes, float(ends.mean()), text, 8), height, text, color=DARK, fontsize=8, ha="center", va="center")


def _label(axes: Axes, years: float, height: float, text: str, colour: str, side: str = "center") -> None:
    place = _within(axes, years, text, 9.5) if side == "center" else years
    axes.text(place, height, text, color=colour, fontsize=9.5, fontweight="bold", ha=side)


def _within(axes: Axes, years: float, text: str, size: float) -> float:
    """The nearest position at which a centred text of that size stays within the axis."""
    first, last = axes.get_xlim()
    half = len(text) * size * 0.0005 * (last - first)
    return min(max(years, first + half), last - half)
