"""The page of a table of predictions: agreement with intervals, by group, figures, and the largest errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from openboneage.evaluate import plots
from openboneage.evaluate.bland_altman import limits_of_agreement
from openboneage.evaluate.bootstrap import Interval, bootstrap_intervals
from openboneage.evaluate.groups import groups_of, second_readings
from openboneage.evaluate.metrics import MEASURES, Ages, Agreement, age_figures, agreement, percent
from openboneage.evaluate.page import Page, Picture, Section, Table, picture
from openboneage.evaluate.predictions import Predictions
from openboneage.evaluate.years import confusion_matrix, year_figures

WORST = 20
SHARES = {"rmspe", "within_6", "within_12", "within_24"}
NAMES: Mapping[str, str] = {
    "mae": "MAE (months)",
    "bias": "bias (months)",
    "rmse": "RMSE (months)",
    "mse": "MSE (months²)",
    "rmspe": "RMSPE",
    "ccc": "CCC",
    "pearson": "Pearson's r",
    "within_6": "within 6 months",
    "within_12": "within 12 months",
    "within_24": "within 24 months",
}
"""Names of the measures of `metrics.MEASURES`."""
DECIMALS = {"mae": 2, "bias": 2, "rmse": 2, "mse": 1, "ccc": 3, "pearson": 3}


def age_report(predictions: Predictions, name: str) -> Page:
    """Compute figures and draw the page.

    Args:
        predictions: The films.
        name: What was measured, such as the name of the table.
    """
    read, estimated = predictions.read, predictions.estimated
    figures = agreement(read, estimated)
    sections = (
        _agreement(predictions, figures),
        _groups(predictions),
        *_second(predictions),
        _pictures(predictions),
        _worst(predictions),
    )
    return Page(
        f"Bone age: {name}",
        _lead(predictions),
        (
            (f"{figures.mae:.2f} months", "mean absolute error"),
            (f"{figures.rmse:.2f} months", "root mean squared error"),
            (f"{figures.bias:+.2f} months", "bias"),
            (percent(figures.within_12, 0), "within 12 months"),
            (f"{figures.ccc:.3f}", "concordance correlation"),
        ),
        sections,
    )


def _lead(predictions: Predictions) -> str:
    lead = f"Films with an estimate and a reading: {len(predictions.films):,}."
    if predictions.left_out:
        lead += f" Left out: {', '.join(f'{count:,} {reason}' for reason, count in predictions.left_out.items())}."
    return lead


def _agreement(predictions: Predictions, figures: Agreement) -> Section:
    intervals = bootstrap_intervals(MEASURES, predictions.read, predictions.estimated)
    rows = [[title, cell(name, getattr(figures, name)), _range(name, intervals[name])] for name, title in NAMES.items()]
    if predictions.intervals is not None:
        of_intervals = age_figures(predictions.read, predictions.estimated, *predictions.intervals.T)
        rows += [["coverage of the intervals", percent(of_intervals.coverage), ""]]
        rows += [["width of the intervals (months)", f"{of_intervals.width:.1f}", ""]]
    note = (
        "Intervals: percentile bootstrap over films, 10,000 resamples. Bias is estimate minus reading. RMSPE is the root mean "
        "squared error as a share of the reading, without readings of 0; CCC is Lin's concordance correlation coefficient."
    )
    measures = Table(("measure", "value", "95 % interval"), rows, "In months", note)
    return Section("Agreement", tables=(measures, _years(predictions)))


def _years(predictions: Predictions) -> Table:
    years = year_figures(predictions.read, predictions.estimated, predictions.year_probabilities)
    given = predictions.year_probabilities is not None
    ranked = "the probabilities of the table" if given else "the distance of the estimate from the middle of the year"
    rows = (
        ("same year", percent(years.exact)),
        ("within 1 year", percent(years.within_1)),
        ("within 2 years", percent(years.within_2)),
        ("mean average precision", percent(years.mean_average_precision)),
    )
    note = f"Ages are floored to years, 18 at most, as in Lee et al. 2017. Mean average precision ranks films by {ranked}."
    return Table(("completed years", "value"), rows, "In completed years", note)


def _groups(predictions: Predictions) -> Section:
    header = ("group", "films", "MAE (95 %)", "bias (95 %)", "RMSE", "RMSPE", "CCC", "≤ 12 months", "same year", "± 1 year")
    rows = [
        _group_row(
            name, predictions.read[members], predictions.estimated[members], _chosen(predictions.year_probabilities, members)
        )
        for name, members in groups_of(predictions.films).items()
    ]
    text = "Age bands are those of the reading. In bands, part of the bias is regression to the mean."
    return Section("By sex, race and age", text, (Table(header, rows),))


def _chosen(values: Ages | None, members: NDArray[np.bool_]) -> Ages | None:
    return None if values is None else values[members]


def _group_row(name: str, read: Ages, estimated: Ages, probabilities: Ages | None) -> list[str]:
    f, years = agreement(read, estimated), year_figures(read, estimated, probabilities)
    intervals = bootstrap_intervals({name: MEASURES[name] for name in ("mae", "bias")}, read, estimated)
    return [
        name, f"{f.films:,}", f"{cell('mae', f.mae)} ({_range('mae', intervals['mae'])})",
        f"{cell('bias', f.bias)} ({_range('bias', intervals['bias'])})",
        *(cell(each, getattr(f, each)) for each in ("rmse", "rmspe", "ccc", "within_12")),
        percent(years.exact), percent(years.within_1),
    ]  # fmt: skip


def _second(predictions: Predictions) -> Iterator[Section]:
    """Agreement with each of two readings and with their mean, and of the readers with each other."""
    second = second_readings(predictions.films)
    twice = ~np.isnan(second)
    if not twice.any():
        return
    first, second, estimated = predictions.read[twice], second[twice], predictions.estimated[twice]
    pairs = {
        "estimate, first reading": (first, estimated),
        "estimate, second reading": (second, estimated),
        "estimate, mean of both": ((first + second) / 2, estimated),
        "first reading, second reading": (first, second),
    }
    rows = [
        [name, *(cell(each, getattr(agreement(*pair), each)) for each in ("mae", "bias", "rmse", "ccc", "within_12"))]
        for name, pair in pairs.items()
    ]
    header = ("compared", *(NAMES[name] for name in ("mae", "bias", "rmse", "ccc", "within_12")))
    yield Section("Two readings", f"Films read twice: {len(first):,}.", (Table(header, rows),))


def _pictures(predictions: Predictions) -> Section:
    films, read, estimated = predictions.films, predictions.read, predictions.estimated
    pictures = [
        picture(
            plots.predicted_against_read(films, read, estimated),
            "Predicted against actual",
            "Each point is a film; the dashed line is equality.",
        ),
        *_bland_altman(predictions),
        picture(
            plots.error_by_age(read, estimated),
            "Error by age",
            "Median, quartiles, and the middle 90 % of the films of each year; points where there are fewer than five films.",
        ),
        picture(
            plots.confusion(confusion_matrix(read, estimated)),
            "Confusion matrix",
            "Films by completed year; the shade is the share of the films read as that year.",
        ),
    ]
    return Section("Figures", pictures=pictures)


def _bland_altman(predictions: Predictions) -> Iterator[Picture]:
    read, estimated = predictions.read, predictions.estimated
    if limits := limits_of_agreement(read, estimated):
        caption = (
            f"Bias {limits.bias:+.1f} months; 95 % of the differences are expected between {limits.low:+.1f} and "
            f"{limits.high:+.1f} months. The bands are 95 % confidence intervals."
        )
        yield picture(plots.bland_altman(predictions.films, read, estimated, limits), "Bland-Altman", caption)


def _worst(predictions: Predictions) -> Section:
    errors = predictions.estimated - predictions.read
    rows = [
        [
            predictions.films[i].id, str(predictions.films[i].sex), f"{predictions.read[i]:.1f}",
            f"{predictions.estimated[i]:.1f}", f"{errors[i]:+.1f}",
        ]
        for i in np.argsort(-np.abs(errors), kind="stable")[:WORST]
    ]  # fmt: skip
    return Section(
        "Largest errors", tables=(Table(("film", "sex", "read (months)", "estimated (months)", "error (months)"), rows),)
    )


def cell(name: str, value: float) -> str:
    """A measure as text."""
    if name in SHARES:
        return percent(value)
    return f"{value:+.{DECIMALS[name]}f}" if name == "bias" else f"{value:.{DECIMALS[name]}f}"


def _range(name: str, interval: Interval) -> str:
    return " to ".join(cell(name, end) for end in interval)
