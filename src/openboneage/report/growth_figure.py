"""A child's growth on one page: bone age and its normal range, predicted adult height, and height with percentiles.

matplotlib is imported when a figure is drawn. No global state is used: no window opens and no style changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from openboneage.clinical.greulich_pyle import normal_range
from openboneage.clinical.growth import Growth
from openboneage.clinical.stature import LAST_MONTHS, height_at_sds
from openboneage.clinical.table_files import FloatArray
from openboneage.errors import InputError, RefusedError
from openboneage.report.phrases import Phrases, phrases_of
from openboneage.subject import MONTHS_PER_YEAR, Sex
from openboneage.whole_file import written_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BAND = "#7fa8c9"
_CHILD = "#b3392f"
_TARGET = "#7fb58a"
_INK = "#333333"
_SEX_WORDS = {Sex.FEMALE: "Girl", Sex.MALE: "Boy"}
_MARKERS = {
    "bayley-pinneau": ("o", "#4a5f8a", "Bayley-Pinneau"),
    "reinehr-2019": ("X", "#7a5c99", "Reinehr 2019"),
    "rwt-1975": ("s", "#8a7340", "RWT 1975"),
    "khamis-guo-1993": ("D", "#3f8a86", "Khamis-Guo 1993"),
    "khamis-roche-1995": ("^", "#8a8a8a", "Khamis-Roche 1995"),
    "tanner-1975": ("v", "#a3603f", "Tanner 1975"),
    "tw-mark2-1983": (">", "#c08a2e", "TW Mark II 1983"),
    "blum-2022": ("P", "#5a8a4f", "Blum 2022"),
}
_PERCENTILE_SDS = (-1.881, -0.674, 0.0, 0.674, 1.881)
"""SDS of the percentiles 3, 25, 50, 75 and 97."""
_PANELS_INCHES = 3.7
"""Height of the two panels of a page; they are reduced there."""
_NOTICE = "Research use only. Not a medical device. Predictions describe groups of healthy children; a single child may differ."


def save_growth_figure(growth: Growth, path: Path) -> None:
    """Draw a child's growth and write it to a file.

    Args:
        growth: The child's visits, compared with their norms.
        path: File to write; its suffix is the format, such as `.png` or `.pdf`.

    Raises:
        InputError: The suffix is missing or not known, or the file cannot be written.
    """
    if not path.suffix or (path.exists() and not path.is_file()):
        raise InputError(f"Expected a file for the figure, such as growth.png, got {path.name}.")
    figure = growth_figure(growth)
    try:
        with written_whole(path) as part:
            figure.savefig(part, format=path.suffix[1:], dpi=150)
    except (OSError, ValueError) as error:
        raise InputError(f"The figure could not be written to {path.name}: {error}") from error


def growth_figure(growth: Growth) -> Figure:
    """Draw a child's growth: bone age on the left, predicted adult height and height on the right."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 7.6), layout="constrained", facecolor="white")
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.05))
    bone_age = figure.add_subplot(grid[:, 0])
    adult_height = figure.add_subplot(grid[0, 1])
    height = figure.add_subplot(grid[1, 1])
    figure.suptitle(f"Growth and bone age – {_SEX_WORDS[growth.child.sex]}", fontsize=15, color=_INK, x=0.012, ha="left")
    _draw_bone_age(bone_age, growth, phrases_of())
    _draw_adult_height(adult_height, growth)
    _draw_height(height, growth, phrases_of())
    _set_look(bone_age, adult_height, height)
    figure.supxlabel(_NOTICE, fontsize=8.5, color="#666666")
    return figure


def growth_panels(growth: Growth, aspect: float, say: Phrases) -> Figure:
    """Draw bone age and height side by side, for a page with other things.

    Args:
        growth: The child's visits, compared with their norms.
        aspect: Width of the figure over its height.
        say: The words of its language.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_PANELS_INCHES * aspect, _PANELS_INCHES), layout="constrained", facecolor="white")
    bone_age, height = figure.subplots(1, 2)
    _draw_bone_age(bone_age, growth, say)
    _draw_height(height, growth, say)
    _set_look(bone_age, height)
    return figure


def bone_age_figure(growth: Growth, say: Phrases) -> Figure:
    """Draw bone age over chronological age alone, for the reading page."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 4.2), layout="constrained", facecolor="white")
    axes = figure.subplots()
    _draw_bone_age(axes, growth, say)
    _set_look(axes)
    return figure


def _set_look(*panels: Axes) -> None:
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="#e6e6e6", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.tick_params(colors=_INK)


def _draw_bone_age(axes: Axes, growth: Growth, say: Phrases) -> None:
    ages = _age_limits(growth)
    _draw_normal_band(axes, growth, ages, say)
    films = [item.visit for item in growth.visits if item.visit.bone_age_months is not None]
    x = [visit.age_months / MONTHS_PER_YEAR for visit in films]
    y = [float(visit.bone_age_months or 0) / MONTHS_PER_YEAR for visit in films]
    for visit, at in zip(films, x, strict=True):
        if visit.bone_age_low_months is not None and visit.bone_age_high_months is not None:
            ends = np.array([visit.bone_age_low_months, visit.bone_age_high_months]) / MONTHS_PER_YEAR
            axes.plot([at, at], ends, color=_CHILD, linewidth=2.2, alpha=0.55, solid_capstyle="round", zorder=4)
    axes.plot(x, y, "o-", color=_CHILD, markersize=8, markeredgecolor="white", linewidth=1.6, label=say.growth_child, zorder=5)
    _label_paces(axes, growth, x, y)
    limits = ages / MONTHS_PER_YEAR
    axes.plot(limits, limits, color=_INK, linewidth=0.9, linestyle=(0, (4, 4)), label=say.growth_equal, zorder=2)
    axes.set_xlim(limits[0], limits[1])
    axes.set_title(say.bone_age, fontsize=12, loc="left", color=_INK)
    axes.set_xlabel(say.growth_age)
    axes.set_ylabel(say.growth_bone_age)
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _age_limits(growth: Growth) -> FloatArray:
    """Return the first and last age of the figure, months: whole years, at least one beyond the data at each end, `(2,)`."""
    visits = growth.child.visits
    bone_ages = [visit.bone_age_months for visit in visits if visit.bone_age_months is not None]
    ages = np.array([visit.age_months for visit in visits] + bone_ages) / MONTHS_PER_YEAR
    first, last = max(np.floor(ages.min() - 1), 0.0), np.ceil(ages.max() + 1)
    return np.array([first, last]) * MONTHS_PER_YEAR


def _draw_normal_band(axes: Axes, growth: Growth, ages: FloatArray, say: Phrases) -> None:
    """Shade mean and SD of bone age at the ages of the table."""
    months, means, sds = [], [], []
    for age in np.arange(ages[0], ages[1] + 0.5):
        try:
            normal = normal_range(growth.child.sex, float(age), growth.reference)
        except RefusedError:
            continue
        months.append(float(age))
        means.append(normal.mean_months)
        sds.append(normal.sd_months)
    if not months:
        return
    x, mean, sd = (np.array(values) / MONTHS_PER_YEAR for values in (months, means, sds))
    name = f"±{growth.sd_limit:g} SD, {growth.reference.label}"
    axes.fill_between(
        x, mean - growth.sd_limit * sd, mean + growth.sd_limit * sd, color=_BAND, alpha=0.25, linewidth=0, label=name
    )
    axes.fill_between(x, mean - sd, mean + sd, color=_BAND, alpha=0.3, linewidth=0, label="±1 SD")
    axes.plot(x, mean, color=_BAND, linewidth=1.6, label=say.growth_mean)


def _label_paces(axes: Axes, growth: Growth, x: list[float], y: list[float]) -> None:
    """Write the pace of bone age beside each step from film to film."""
    for i, pace in enumerate(growth.paces):
        middle = ((x[i] + x[i + 1]) / 2, (y[i] + y[i + 1]) / 2)
        doubtful = "?" if pace.findings else ""
        axes.annotate(
            f"×{pace.ratio:.1f}{doubtful}",
            middle,
            xytext=(9, -13),
            textcoords="offset points",
            fontsize=9,
            color=_CHILD,
            zorder=6,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
        )


def _draw_adult_height(axes: Axes, growth: Growth) -> None:
    axes.set_title("Predicted adult height", fontsize=12, loc="left", color=_INK)
    axes.set_xlabel("Age (years)")
    axes.set_ylabel("Adult height (cm)")
    axes.set_xlim(*(_age_limits(growth) / MONTHS_PER_YEAR))
    _draw_target(axes, growth)
    _draw_methods(axes, growth)
    _draw_consensus(axes, growth)
    if not axes.get_legend_handles_labels()[0]:
        axes.text(0.5, 0.5, "No adult height could be predicted", transform=axes.transAxes, ha="center", color=_INK)
        axes.set_yticks([])
        return
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), frameon=False, fontsize=8.5, ncols=3)


def _draw_height(axes: Axes, growth: Growth, say: Phrases) -> None:
    """Draw measured heights among the percentiles, each at its chronological age and, hollow, at its bone age."""
    axes.set_title(say.height, fontsize=12, loc="left", color=_INK)
    axes.set_xlabel(say.growth_age)
    axes.set_ylabel(say.growth_height)
    limits = _age_limits(growth)
    months = np.arange(limits[0], min(limits[1], LAST_MONTHS) + 0.5)
    for sds, name in zip(_PERCENTILE_SDS, say.percentiles, strict=True) if len(months) else ():
        heights = [height_at_sds(growth.child.sex, float(age), sds) for age in months]
        axes.plot(months / MONTHS_PER_YEAR, heights, color=_BAND, linewidth=1.6 if sds == 0 else 0.9)
        axes.annotate(name, (months[-1] / MONTHS_PER_YEAR, heights[-1]), xytext=(3, -3), textcoords="offset points", fontsize=8)
    measured = [item.visit for item in growth.visits if item.visit.height_cm is not None]
    x = [visit.age_months / MONTHS_PER_YEAR for visit in measured]
    axes.plot(x, [visit.height_cm or 0.0 for visit in measured], "o-", color=_CHILD, label=say.growth_at_age, zorder=5)
    hollow = [
        (visit.bone_age_months / MONTHS_PER_YEAR, visit.height_cm) for visit in measured if visit.bone_age_months is not None
    ]
    if hollow:
        axes.plot(
            *zip(*hollow, strict=True), "o", color=_CHILD, markerfacecolor="white", label=say.growth_at_bone_age, zorder=4
        )
    axes.set_xlim(*(limits / MONTHS_PER_YEAR))
    axes.legend(loc="upper left", frameon=False, fontsize=8.5, title=say.growth_percentiles, title_fontsize=8.5)


def _draw_target(axes: Axes, growth: Growth) -> None:
    """Shade the target range of the parents' heights; it is the same at each visit."""
    for item in growth.visits:
        for prediction in item.adult_height.predictions if item.adult_height else ():
            if prediction.method == "target-height" and prediction.error is not None:
                band = prediction.error
                axes.axhspan(
                    band.low_cm, band.high_cm, color=_TARGET, alpha=0.22, linewidth=0, label="target range of the parents"
                )
                axes.axhline(prediction.adult_height_cm, color=_TARGET, linewidth=1.4)
                return


def _draw_methods(axes: Axes, growth: Growth) -> None:
    """Draw the predictions of each method, with its 90 % band where it has one."""
    for number, (method, (marker, color, title)) in enumerate(_MARKERS.items()):
        points = [
            (item.visit.age_months / MONTHS_PER_YEAR, prediction)
            for item in growth.visits
            for prediction in (item.adult_height.predictions if item.adult_height else ())
            if prediction.method == method
        ]
        if not points:
            continue
        shift = 0.06 * (number - len(_MARKERS) / 2)  # side by side, so that bands at one visit can be distinguished
        x = [age + shift for age, _ in points]
        y = [prediction.adult_height_cm for _, prediction in points]
        axes.plot(x, y, marker, color=color, markersize=5.5, markeredgecolor="white", label=title, zorder=4)
        for at, (_, prediction) in zip(x, points, strict=True):
            if not prediction.in_consensus:  # hollow: it does not count in the median
                axes.plot(
                    at, prediction.adult_height_cm, marker, color=color, markersize=5.5, markerfacecolor="white", zorder=5
                )
            if prediction.error is not None:
                ends = [prediction.error.low_cm, prediction.error.high_cm]
                axes.plot([at, at], ends, color=color, linewidth=1, alpha=0.6, zorder=3)


def _draw_consensus(axes: Axes, growth: Growth) -> None:
    """Draw the median of the methods at each visit."""
    points = [
        (item.visit.age_months / MONTHS_PER_YEAR, item.adult_height.consensus.median_cm)
        for item in growth.visits
        if item.adult_height is not None and item.adult_height.consensus is not None
    ]
    if points:
        x, y = zip(*points, strict=True)
        axes.plot(x, y, ".-", color=_CHILD, linewidth=2, label="median of the methods", zorder=5)
        axes.annotate(f"{y[-1]:.0f} cm", (x[-1], y[-1]), xytext=(26, -4), textcoords="offset points", color=_CHILD, fontsize=11)
