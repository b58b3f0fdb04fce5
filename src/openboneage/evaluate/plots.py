"""Figures of agreement and of data sets, in the colours of `page.Ink`; matplotlib is imported when a figure is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from openboneage.datasets.film_set import Film
from openboneage.evaluate.bland_altman import LimitsOfAgreement
from openboneage.evaluate.groups import SEX_GROUPS
from openboneage.evaluate.metrics import Ages
from openboneage.evaluate.page import Ink
from openboneage.evaluate.years import LAST_YEAR, Years, completed_years
from openboneage.subject import MONTHS_PER_YEAR, Sex

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SEX_INKS = {Sex.FEMALE: Ink.GIRLS, Sex.MALE: Ink.BOYS, Sex.UNKNOWN: Ink.UNKNOWN}
MARKERS = {Sex.FEMALE: "o", Sex.MALE: "^", Sex.UNKNOWN: "s"}
FEWEST_FOR_A_BOX = 5
DARK_SHARE = 0.55
"""Above this share, the number in a cell of the confusion matrix is drawn bold."""


def predicted_against_read(films: Sequence[Film], read: Ages, estimated: Ages) -> Figure:
    """Estimates over readings with the line of equality, both in years, by sex."""
    figure, axes = _axes("read (years)", "estimated (years)")
    _points(axes, films, read / MONTHS_PER_YEAR, estimated / MONTHS_PER_YEAR)
    ends = np.array([min(0, estimated.min() / MONTHS_PER_YEAR), max(read.max(), estimated.max()) / MONTHS_PER_YEAR + 0.5])
    axes.plot(ends, ends, color=Ink.MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.set_xticks(range(0, round(ends[1]) + 1, 2))
    axes.set_yticks(range(0, round(ends[1]) + 1, 2))
    axes.set_aspect("equal")
    return figure


def bland_altman(films: Sequence[Film], read: Ages, estimated: Ages, limits: LimitsOfAgreement) -> Figure:
    """Differences over the means of estimate and reading, with bias and limits of agreement."""
    figure, axes = _axes("mean of reading and estimate (years)", "estimate − reading (months)")
    _points(axes, films, (read + estimated) / 2 / MONTHS_PER_YEAR, estimated - read)
    for at, error, name in (
        (limits.high, limits.limit_error, "+1.96 SD"),
        (limits.bias, limits.bias_error, "bias"),
        (limits.low, limits.limit_error, "−1.96 SD"),
    ):
        axes.axhspan(at - error, at + error, color=Ink.MARK, alpha=0.15, linewidth=0)
        axes.axhline(at, color=Ink.MARK, linewidth=1.2)
        axes.annotate(
            f"{name}  {at:+.1f}", (1, at), xycoords=("axes fraction", "data"), xytext=(-3, 3), textcoords="offset points",
            ha="right", color=Ink.MARK, fontsize=9,
        )  # fmt: skip
    return figure


def error_by_age(read: Ages, estimated: Ages) -> Figure:
    """Errors by completed year as read: median, quartiles, and the middle 90 %; single films where there are few."""
    figure, axes = _axes("read (completed years)", "estimate − reading (months)")
    years, errors = completed_years(read), estimated - read
    groups = {int(year): errors[years == year] for year in np.unique(years)}
    boxes = {year: group for year, group in groups.items() if len(group) >= FEWEST_FOR_A_BOX}
    line = {"color": Ink.TEXT, "linewidth": 1}
    if boxes:
        axes.boxplot(
            list(boxes.values()), positions=list(boxes), widths=0.6, whis=(5, 95), showfliers=False, manage_ticks=False,
            boxprops=line, whiskerprops=line, capprops=line, medianprops={"color": Ink.MARK, "linewidth": 2},
        )  # fmt: skip
    for year in groups.keys() - boxes.keys():
        axes.plot([year] * len(groups[year]), groups[year], ".", color=Ink.TEXT)
    axes.axhline(0, color=Ink.MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xticks(range(min(groups), max(groups) + 1))
    return figure


def confusion(matrix: Years) -> Figure:
    """Films by completed year as read and as estimated; the shade is the share of the films that were read so."""
    from matplotlib.patches import Rectangle

    figure, axes = _axes("estimated (completed years)", "read (completed years)")
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    for row, column in np.argwhere(matrix):
        share = float(shares[row, column])
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=Ink.BOYS, alpha=0.08 + 0.5 * share, linewidth=0))
        weight = "bold" if share > DARK_SHARE else "normal"
        axes.text(column, row, str(matrix[row, column]), ha="center", va="center", fontsize=6.5, weight=weight, color=Ink.TEXT)
    axes.set_xlim(-0.5, LAST_YEAR + 0.5)
    axes.set_ylim(LAST_YEAR + 0.5, -0.5)
    axes.set_xticks(range(0, LAST_YEAR + 1, 2))
    axes.set_yticks(range(0, LAST_YEAR + 1, 2))
    axes.set_aspect("equal")
    axes.grid(False)
    return figure


def histogram_of_ages(films: Sequence[Film], width_months: float, by_sex: bool) -> Figure:
    """Number of films by bone age, for girls and boys side by side or for all.

    Args:
        films: Films with a bone age.
        width_months: Width of a bar.
        by_sex: Whether each sex has its own bars.
    """
    figure, axes = _axes("bone age as read (years)", "films")
    sexes = [sex for sex in Sex if any(film.sex is sex for film in films)]
    ages = [np.array([film.label_months for film in films if film.sex is sex]) / MONTHS_PER_YEAR for sex in sexes]
    last = max(each.max() for each in ages)
    width = width_months / MONTHS_PER_YEAR
    edges = (np.arange(int(last / width) + 2) * width).tolist()
    if by_sex:
        axes.hist(ages, edges, color=[SEX_INKS[sex] for sex in sexes], label=[SEX_GROUPS[sex] for sex in sexes])
        _legend(axes)
    else:
        axes.hist(np.concatenate(ages), edges, color=Ink.MUTED)
    axes.set_xticks(range(0, int(last) + 2, 2))
    axes.grid(axis="x", visible=False)
    return figure


def _axes(x: str, y: str) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6, 4.4), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(x, color=Ink.TEXT)
    axes.set_ylabel(y, color=Ink.TEXT)
    axes.tick_params(color=Ink.MUTED, labelcolor=Ink.MUTED, labelsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(Ink.MUTED)
    axes.grid(color=Ink.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def _points(axes: Axes, films: Sequence[Film], x: Ages, y: Ages) -> None:
    """Films by sex, with a shape for each so that colour is not needed."""
    sexes = np.array([film.sex for film in films])
    for sex, name in SEX_GROUPS.items():
        chosen = sexes == sex
        if chosen.any():
            axes.plot(
                x[chosen],
                y[chosen],
                MARKERS[sex],
                color=SEX_INKS[sex],
                markersize=3.2,
                markeredgewidth=0,
                alpha=0.55,
                label=name,
            )
    _legend(axes)


def _legend(axes: Axes) -> None:
    axes.legend(frameon=False, fontsize=9, labelcolor=Ink.TEXT, markerscale=2)
