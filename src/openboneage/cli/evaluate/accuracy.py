"""`boneage evaluate ages`, `compare`, `risk`, `answers` and `limits`: accuracy of the bone ages and of their intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.batch.choice import executor_of
from openboneage.cli.evaluate.shared import OneSplit, announced, loader_of, print_unread
from openboneage.cli.film_sets import Columns, Data, Films, Labels, PixelKind, open_films
from openboneage.cli.options import Dask, Estimator, Jobs, Models, Overwrite
from openboneage.cli.output import check_replaceable, out
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex


def ages(
    films: Films = None,
    split: OneSplit = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
    unknown_sex: Annotated[
        bool, typer.Option("--unknown-sex", help="Measure without the sex: the even mixture of both answers.")
    ] = False,
    csv_out: Annotated[Path | None, typer.Option("--csv", metavar="OUT", help="Write one row per film, worst first.")] = None,
    overwrite: Overwrite = False,
) -> None:
    """Bone ages of films against their readings, by sex, age band and, where known, race and second reading."""
    from openboneage.evaluate import ages as study
    from openboneage.evaluate.sample import sample_of

    if csv_out:
        check_replaceable(csv_out, overwrite, films or data, labels)
    load, sex = loader_of(models, estimator), Sex.UNKNOWN if unknown_sex else None
    sample = announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    readings = study.read_films(sample.source, sample.films, load, executor_of(jobs, dask), sex)
    out.print(study.figures_table(study.figures_by_group(readings)))
    out.print(f"\n{study.bias_table(readings)}")
    out.print(f"\nRefused: {study.refused(readings)} of {len(readings)} films.")
    print_unread(sample, readings)
    if difference := study.readers_difference(readings):
        out.print(difference)
    if csv_out:
        study.write_readings(csv_out, readings)


def compare(
    models: Annotated[
        list[str],
        typer.Option(
            "--models",
            metavar="SET|FOLDER",
            help="A set of models, or a folder with cards. Repeat it for each; the first is the baseline.",
        ),
    ],
    films: Films = None,
    split: Annotated[
        list[Split] | None,
        typer.Option(
            "--split",
            help="held-out, native or validation; may be repeated. Default: held-out and native for RSNA training "
            "films, all films of other sets.",
        ),
    ] = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
) -> None:
    """Several sets of models on the films that all of them answer, with paired differences to the first."""
    from openboneage.evaluate import compare as study
    from openboneage.evaluate.ages import read_films
    from openboneage.evaluate.sample import samples_of

    loaders = {name: loader_of(name, estimator) for name in models}
    if len(loaders) < 2:
        raise InputError("A comparison needs at least two sets of models; give --models for each.")
    source = open_films(films, data, labels, columns, pixels)
    for sample in samples_of(source, split or (), (Split.HELD_OUT, Split.NATIVE)):
        contenders = [
            study.Contender(name, read_films(source, sample.films, load, executor_of(jobs, dask)))
            for name, load in loaders.items()
        ]
        out.print(f"{sample.title}:\n\n{study.comparison_table(contenders)}\n")
        print_unread(sample, contenders[0].readings)


def risk(
    films: Films = None,
    split: OneSplit = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
) -> None:
    """Error as a function of the share of films refused, the widest intervals first."""
    from openboneage.evaluate import risk as study
    from openboneage.evaluate.ages import read_films
    from openboneage.evaluate.sample import sample_of

    load = loader_of(models, estimator)
    sample = announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    readings = read_films(sample.source, sample.films, load, executor_of(jobs, dask))
    out.print(study.risk_report(readings))
    print_unread(sample, readings)


def answers(
    films: Films = None,
    split: Annotated[Split, typer.Option("--split", help="held-out, native or validation.")] = Split.VALIDATION,
    data: Data = None,
    pixels: PixelKind = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
) -> None:
    """Other estimates from the same distributions, and coverage of the intervals by sex and age.

    The intervals were calibrated on the validation films; use other films to test the coverage.
    """
    from openboneage.datasets.film_set import films_of
    from openboneage.evaluate import answers as study
    from openboneage.evaluate.calibration import calibrated_estimator, read_uncalibrated
    from openboneage.evaluate.sample import sample_of

    load = loader_of(models, estimator)
    calibration = calibrated_estimator(load()).calibration
    sample = announced(sample_of(open_films(films, data, pixels=pixels), split))
    readings = read_uncalibrated(sample.source, sample.films, load, executor_of(jobs, dask))
    out.print(study.answers_report(readings, films_of(sample.source, Split.TRAIN), calibration))
    print_unread(sample, readings)


def limits(
    films: Films = None,
    data: Data = None,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
) -> None:
    """Limits of the accuracy: reader preference for round ages, overfitting, differences between ranges of RSNA ids.

    Training films are included and labelled as such.
    """
    from openboneage.evaluate import accuracy_limits as study

    load, source = loader_of(models, estimator), open_films(films, data)
    out.print(study.limits_report(source.films, study.read_sets(source, load, executor_of(jobs, dask))))
