"""`boneage evaluate`: figures on films that nothing was learned from. Prints Markdown tables for the docs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.cli.options import Estimator, Models
from openboneage.cli.output import out
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex
from openboneage.weights.registry import Cards

if TYPE_CHECKING:
    from openboneage.evaluate.ages import LoadAssessor

evaluate = typer.Typer(help="Measure the program on films that it never learned from.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", help="Folder of the RSNA films: train.csv, the zip files, native/.")]
Every = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Take every Nth film; without it, all native films or every 4th of the others."),
]
Jobs = Annotated[int, typer.Option(min=1, help="Processes.")]
OneSplit = Annotated[Split, typer.Option("--split", help="held-out, native or validation.")]

RSNA = Path("../shared/rsna")
SPLITS = (Split.VALIDATION, Split.HELD_OUT, Split.NATIVE)


@evaluate.command()
def ages(
    split: OneSplit = Split.HELD_OUT,
    data: Data = RSNA,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    unknown_sex: Annotated[bool, typer.Option("--unknown-sex", help="Withhold the sex from the program.")] = False,
    csv_out: Annotated[Path | None, typer.Option("--csv", metavar="OUT", help="Write one row a film, worst first.")] = None,
) -> None:
    """Bone ages of a split against their readings, by sex and by age band."""
    from openboneage.evaluate import ages as study

    _check(split)
    sex = Sex.UNKNOWN if unknown_sex else None
    readings = study.read_split(data, split, _loader(models, estimator), jobs, sex)
    out.print(study.figures_table(study.figures_by_group(readings)))
    out.print(f"\nRefused, so without an answer: {study.refused(readings)} of {len(readings)} films.")
    if csv_out:
        study.write_readings(csv_out, readings)


@evaluate.command()
def compare(
    models: Annotated[
        list[str],
        typer.Option(
            "--models",
            metavar="SET|FOLDER",
            help="A set of models, or a folder with cards. Repeat it for each; the first is the one to compare with.",
        ),
    ],
    split: Annotated[
        list[Split] | None,
        typer.Option("--split", help="held-out, native or validation; may be repeated. Without it, held-out and native."),
    ] = None,
    data: Data = RSNA,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
) -> None:
    """Several sets of models on the films that all of them answer, with their paired differences to the first."""
    from openboneage.evaluate import compare as study
    from openboneage.evaluate.ages import read_split

    splits = split or [Split.HELD_OUT, Split.NATIVE]
    _check(*splits)
    loaders = {name: _loader(name, estimator) for name in models}
    if len(loaders) < 2:
        raise InputError("A comparison takes at least two sets of models; give --models for each.")
    for each in splits:
        contenders = [study.Contender(name, read_split(data, each, load, jobs)) for name, load in loaders.items()]
        out.print(f"{each} films:\n\n{study.comparison_table(contenders)}\n")


@evaluate.command()
def risk(
    split: OneSplit = Split.HELD_OUT,
    data: Data = RSNA,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
) -> None:
    """Error as a function of the share of films refused, the widest intervals first."""
    from openboneage.evaluate import risk as study
    from openboneage.evaluate.ages import read_split

    _check(split)
    out.print(study.risk_report(read_split(data, split, _loader(models, estimator), jobs)))


@evaluate.command()
def answers(
    split: OneSplit = Split.VALIDATION,
    data: Data = RSNA,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
) -> None:
    """Other ways to read an age from the same distributions, and the coverage of the intervals by sex and age.

    The intervals were set on the validation films: only other films test the coverage as it ships.
    """
    from openboneage.evaluate import answers as study
    from openboneage.evaluate.ages import films_of
    from openboneage.evaluate.calibration import calibrated_estimator, read_uncalibrated

    _check(split)
    load = _loader(models, estimator)
    calibration = calibrated_estimator(load()).calibration
    readings = read_uncalibrated(data, split, load, jobs)
    out.print(study.answers_report(readings, films_of(data, Split.TRAIN), calibration))


@evaluate.command()
def limits(data: Data = RSNA, models: Models = None, estimator: Estimator = DEFAULT_ESTIMATOR, jobs: Jobs = 2) -> None:
    """What limits the accuracy: which ages readers prefer, overfitting, and where films lie in the archive.

    Training films are read too, and named as such.
    """
    from openboneage.datasets.rsna import RsnaFilms
    from openboneage.evaluate import accuracy_limits as study

    readings = study.read_sets(data, _loader(models, estimator), jobs)
    out.print(study.limits_report(list(RsnaFilms(data).films.values()), readings))


@evaluate.command()
def stress(
    split: OneSplit = Split.HELD_OUT,
    data: Data = RSNA,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    every: Every = None,
) -> None:
    """Bone ages of films that were turned, flipped, toned, blurred, marked or reduced, against the films as they are."""
    from openboneage.evaluate import stress as study

    _check(split)
    out.print(study.stress_table(data, split, every or _every(split), _loader(models, estimator), jobs))


@evaluate.command()
def repeat(
    split: OneSplit = Split.HELD_OUT,
    data: Data = RSNA,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    every: Every = None,
) -> None:
    """Spread of a film's bone age under small changes that harm nothing."""
    from openboneage.evaluate import repeat as study

    _check(split)
    out.print(study.repeat_table(data, split, every or _every(split), _loader(models, estimator), jobs))


@evaluate.command()
def sampling(data: Data = RSNA, models: Models = None, jobs: Jobs = 2) -> None:
    """Ways to reduce a film to what the network sees, on native films and on validation films that have two reductions."""
    from openboneage.evaluate import sampling as study

    out.print(study.sampling_table(data, Cards.of(models), jobs))


@evaluate.command()
def polarity(data: Data = RSNA, models: Models = None, jobs: Jobs = 2) -> None:
    """The corner rule of Lee 2017 and the program's decision, on held-out films as they are and inverted."""
    from openboneage.evaluate import hand_finder as study

    out.print(study.polarity_table(data, Cards.of(models).finder, jobs))


@evaluate.command()
def mask(data: Data = RSNA, models: Models = None) -> None:
    """Dice of the hand mask on outlined films that the finder never learned from."""
    from openboneage.evaluate import hand_finder as study

    out.print(study.mask_table(data, Cards.of(models).finder))


@evaluate.command()
def pose(data: Data = RSNA, models: Models = None, jobs: Jobs = 2) -> None:
    """Rotation, side and place of the hand on held-out films turned all round and mirrored."""
    from openboneage.evaluate import hand_finder as study

    out.print(study.pose_table(data, Cards.of(models).finder, jobs))


@evaluate.command()
def quality(
    data: Data = RSNA,
    not_hands: Annotated[Path, typer.Option(help="Archive of images that are no hands.")] = Path(
        "../shared/not_hands/mednist-64px.zip"
    ),
    models: Models = None,
    jobs: Jobs = 2,
) -> None:
    """Refusals among 1,000 real hands, acceptances among images that are no hands."""
    from openboneage.evaluate import hand_finder as study

    out.print(study.quality_table(data, not_hands, Cards.of(models).finder, jobs))


def _loader(models: str | None, estimator: str) -> LoadAssessor:
    from openboneage.evaluate.ages import assessor_loader

    return assessor_loader(Cards.of(models), estimator)


def _check(*splits: Split) -> None:
    learned = [split for split in splits if split not in SPLITS]
    if learned:
        raise InputError(f"Figures come from {', '.join(SPLITS)}; the program learned from {learned[0]}.")


def _every(split: Split) -> int:
    """Every so many films where changed films are read: the native ones are few, the others many."""
    return 1 if split is Split.NATIVE else 4
