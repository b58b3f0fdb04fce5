"""`boneage evaluate`: figures on films that nothing was learned from. Prints Markdown tables for the docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.options import Models
from openboneage.cli.output import out
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.subject import Sex
from openboneage.weights.registry import Cards

evaluate = typer.Typer(help="Measure the program on films that it never learned from.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", help="Folder of the RSNA films: train.csv, the zip files, native/.")]
Jobs = Annotated[int, typer.Option(min=1, help="Processes.")]

RSNA = Path("../shared/rsna")
SPLITS = (Split.VALIDATION, Split.HELD_OUT, Split.NATIVE)


@evaluate.command()
def ages(
    split: Annotated[Split, typer.Option(help="held-out, native or validation.")] = Split.HELD_OUT,
    data: Data = RSNA,
    models: Models = None,
    jobs: Jobs = 2,
    unknown_sex: Annotated[bool, typer.Option("--unknown-sex", help="Withhold the sex from the program.")] = False,
    csv_out: Annotated[Path | None, typer.Option("--csv", metavar="OUT", help="Write one row a film, worst first.")] = None,
) -> None:
    """Bone ages of a split against their readings, by sex and by age band."""
    from openboneage.evaluate import ages as study

    if split not in SPLITS:
        raise InputError(f"Figures come from {', '.join(SPLITS)}; the program learned from {split}.")
    cards = Cards.of(models)
    readings = study.read_split(data, split, cards, jobs)
    sex = Sex.UNKNOWN if unknown_sex else None
    calibration = study.calibration_of(cards)
    out.print(study.figures_table(study.figures_by_group(readings, calibration, sex)))
    out.print(f"\nRefused, so without an answer: {study.refused(readings, calibration, sex)} of {len(readings)} films.")
    if csv_out:
        study.write_readings(csv_out, readings, calibration, sex)


@evaluate.command()
def sampling(data: Data = RSNA, models: Models = None, jobs: Jobs = 2) -> None:
    """Ways to reduce the native films to what the network sees: sampling phases against one phase and plain resizing."""
    from openboneage.evaluate import sampling as study

    out.print(study.sampling_table(data, Cards.of(models), jobs))


@evaluate.command()
def polarity(data: Data = RSNA, models: Models = None, jobs: Jobs = 2) -> None:
    """The corner rule of Lee 2017 and the program's decision, on held-out films as they are and inverted."""
    from openboneage.evaluate import finding as study

    out.print(study.polarity_table(data, Cards.of(models).finder, jobs))


@evaluate.command()
def mask(data: Data = RSNA, models: Models = None) -> None:
    """Dice of the hand mask on outlined films that the finder never learned from."""
    from openboneage.evaluate import finding as study

    out.print(study.mask_table(data, Cards.of(models).finder))


@evaluate.command()
def pose(data: Data = RSNA, models: Models = None, jobs: Jobs = 2) -> None:
    """Rotation, side and place of the hand on held-out films turned all round and mirrored."""
    from openboneage.evaluate import finding as study

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
    from openboneage.evaluate import finding as study

    out.print(study.quality_table(data, not_hands, Cards.of(models).finder, jobs))
