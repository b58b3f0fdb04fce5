"""`boneage train`: make models from films. Needs the `learn` extra."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.output import err
from openboneage.errors import InputError
from openboneage.weights.registry import set_folder

train = typer.Typer(help="Make models from films; needs the extra learn of the package.", no_args_is_help=True)


@train.callback()
def _group() -> None:
    """Make models from films; needs the extra learn of the package."""


@train.command()
def default(
    version: Annotated[str, typer.Option(metavar="MAJOR.MINOR", help="Version of the models, for their cards.")],
    shared: Annotated[Path, typer.Option(help="Folder with rsna/ and not_hands/.")] = Path("../shared"),
    run: Annotated[Path, typer.Option(help="Folder of the run; a stopped run there goes on.")] = Path("runs/default"),
    jobs: Annotated[int, typer.Option(min=1, help="Processes that prepare films.")] = 2,
    install: Annotated[
        bool, typer.Option("--install", help="Put the finished models beside those that ship, as the set of their version.")
    ] = False,
) -> None:
    """Train, calibrate and export the hand finder and the whole-hand model that ship."""
    try:
        from openboneage.studies import default as study
    except ImportError as error:
        raise InputError(f"Training needs the package {error.name}; install openboneage[learn].") from None
    folder, planned = set_folder(version), study.DefaultRun(shared, run, version, jobs)
    if install:
        study.check_free(folder, planned.models)  # before the hours of training, not only after it
    models = study.train_default(planned)
    if install:
        study.install(models, folder)
    err.print(f"finished: {' and '.join(map(str, models.cards.values()))}")
