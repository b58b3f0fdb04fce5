"""`boneage evaluate`: accuracy on films that the models were not trained on, as Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.batch.choice import executor_of
from openboneage.cli.evaluate_finder import mask, polarity, pose, quality
from openboneage.cli.film_sets import Columns, Data, Films, Labels, PixelKind, open_films
from openboneage.cli.options import Dask, Estimator, Jobs, Models, Overwrite
from openboneage.cli.output import check_replaceable, err, out
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet

if TYPE_CHECKING:
    from openboneage.evaluate.ages import LoadAssessor, Reading
    from openboneage.evaluate.calibration import UncalibratedReading
    from openboneage.evaluate.sample import Sample

evaluate = typer.Typer(help="Measure the program on films that it was not trained on.", no_args_is_help=True)

MANY_FILMS = 200

Every = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help=f"Use every Nth film. Default: every 4th if there are more than {MANY_FILMS} films."),
]
OneSplit = Annotated[
    Split | None,
    typer.Option(
        "--split",
        help="held-out, native or validation. Default: held-out for RSNA training films, all films of other sets.",
    ),
]


@evaluate.command()
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
    load, sex = _loader(models, estimator), Sex.UNKNOWN if unknown_sex else None
    sample = _announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    readings = study.read_films(sample.source, sample.films, load, executor_of(jobs, dask), sex)
    out.print(study.figures_table(study.figures_by_group(readings)))
    out.print(f"\n{study.bias_table(readings)}")
    out.print(f"\nRefused: {study.refused(readings)} of {len(readings)} films.")
    _print_unread(sample, readings)
    if difference := study.readers_difference(readings):
        out.print(difference)
    if csv_out:
        study.write_readings(csv_out, readings)


@evaluate.command()
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

    loaders = {name: _loader(name, estimator) for name in models}
    if len(loaders) < 2:
        raise InputError("A comparison needs at least two sets of models; give --models for each.")
    source = open_films(films, data, labels, columns, pixels)
    for sample in samples_of(source, split or (), (Split.HELD_OUT, Split.NATIVE)):
        contenders = [
            study.Contender(name, read_films(source, sample.films, load, executor_of(jobs, dask)))
            for name, load in loaders.items()
        ]
        out.print(f"{sample.title}:\n\n{study.comparison_table(contenders)}\n")
        _print_unread(sample, contenders[0].readings)


@evaluate.command()
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

    load = _loader(models, estimator)
    sample = _announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    readings = read_films(sample.source, sample.films, load, executor_of(jobs, dask))
    out.print(study.risk_report(readings))
    _print_unread(sample, readings)


@evaluate.command()
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

    load = _loader(models, estimator)
    calibration = calibrated_estimator(load()).calibration
    sample = _announced(sample_of(open_films(films, data, pixels=pixels), split))
    readings = read_uncalibrated(sample.source, sample.films, load, executor_of(jobs, dask))
    out.print(study.answers_report(readings, films_of(sample.source, Split.TRAIN), calibration))
    _print_unread(sample, readings)


@evaluate.command()
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

    load, source = _loader(models, estimator), open_films(films, data)
    out.print(study.limits_report(source.films, study.read_sets(source, load, executor_of(jobs, dask))))


@evaluate.command()
def stress(
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
    every: Every = None,
) -> None:
    """Bone ages of films that were rotated, flipped, blurred, reduced or changed in tone, compared with the unchanged films."""
    from openboneage.evaluate import stress as study
    from openboneage.evaluate.sample import sample_of

    load = _loader(models, estimator)
    sample = _announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    out.print(study.stress_table(sample.every(every or _every(sample)), load, executor_of(jobs, dask)))


@evaluate.command()
def damage(
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
    every: Every = None,
) -> None:
    """Answers, findings and refusals on films with two hands or half a hand, and on stretched, filtered and cropped films."""
    from openboneage.evaluate import damage as study
    from openboneage.evaluate.sample import sample_of

    load = _loader(models, estimator)
    sample = _announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    out.print(study.damage_table(sample.every(every or _every(sample)), load, executor_of(jobs, dask)))


@evaluate.command()
def repeat(
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
    every: Every = None,
) -> None:
    """Spread of a film's bone age under small, harmless changes."""
    from openboneage.evaluate import repeat as study
    from openboneage.evaluate.sample import sample_of

    load = _loader(models, estimator)
    sample = _announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    out.print(study.repeat_table(sample.every(every or _every(sample)), load, executor_of(jobs, dask)))


@evaluate.command()
def resolution(
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
    every: Every = None,
) -> None:
    """Bone ages of films at full size and reduced to 600, 299, 150 and 100 px."""
    from openboneage.evaluate import resolution as study
    from openboneage.evaluate.sample import sample_of

    load = _loader(models, estimator)
    sample = _announced(sample_of(open_films(films, data, labels, columns, pixels), split))
    out.print(study.resolution_table(sample.every(every or _every(sample)), load, executor_of(jobs, dask)))


for measure_finder in (polarity, mask, pose, quality):
    evaluate.command()(measure_finder)


def _loader(models: str | None, estimator: str) -> LoadAssessor:
    from openboneage.evaluate.ages import assessor_loader

    return assessor_loader(ModelSet.find(models), estimator)


def _print_unread(sample: Sample, readings: Sequence[Reading | UncalibratedReading]) -> None:
    from openboneage.evaluate.unreadable import unread

    if sentence := unread(sample.films, [reading.film for reading in readings]):
        out.print(sentence)


def _announced(sample: Sample) -> Sample:
    """The sample, its note printed on standard error."""
    err.print(sample.note)
    return sample


def _every(sample: Sample) -> int:
    """Every Nth film, for measurements that assess each film many times."""
    return 4 if len(sample.films) > MANY_FILMS else 1
