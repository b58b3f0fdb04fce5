"""`boneage train`: train models on films. Needs the `learn` extra."""

from __future__ import annotations

import logging
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.film_sets import Columns, Data, Films, Labels, PixelKind, open_films
from openboneage.cli.output import err
from openboneage.errors import InputError
from openboneage.weights.registry import ModelSet, set_folder

train = typer.Typer(help="Make models from films; needs the extra learn of the package.", no_args_is_help=True)


class TrainedRole(StrEnum):
    """Roles of the models that are trained."""

    HAND_FINDER = "hand-finder"
    WHOLE_HAND = "whole-hand"
    BONE_FINDER = "bone-finder"
    BONE_STAGER = "bone-stager"


class DeviceName(StrEnum):
    """Devices for training."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@train.callback()
def _group() -> None:
    """Make models from films; needs the extra learn of the package."""


@train.command()
def default(
    version: Annotated[str, typer.Option(metavar="MAJOR.MINOR", help="Version of the models, for their cards.")],
    films: Films = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    outlines: Annotated[Path | None, typer.Option(help="Outlines of hands, for the hand finder.")] = None,
    boxes: Annotated[Path | None, typer.Option(help="Table of joint boxes, for both finders.")] = None,
    regions: Annotated[Path | None, typer.Option(help="Drawn joints and bones, for the finders and the bone stager.")] = None,
    not_hands: Annotated[Path | None, typer.Option(help="Archive of images without a hand, for the hand finder.")] = None,
    backbone: Annotated[
        Path | None,
        typer.Option(help="TFLite file of MobileNetV2 on ImageNet; without it, one network is trained instead of two."),
    ] = None,
    run: Annotated[Path, typer.Option(help="Folder of the run; a stopped run continues.")] = Path("runs/default"),
    only: Annotated[
        TrainedRole | None,
        typer.Option(help="Train only this model; it uses the finders of the run or of the default set."),
    ] = None,
    steps: Annotated[int | None, typer.Option(min=2, help="Steps of every training stage, for trials.")] = None,
    input_px: Annotated[
        int, typer.Option("--input", min=64, help="Height of the picture that the age model sees, in pixels.")
    ] = 256,
    device: Annotated[DeviceName, typer.Option(help="Device for training; auto uses a GPU if there is one.")] = DeviceName.AUTO,
    smoke: Annotated[bool, typer.Option("--smoke", help="Test every step on a few films; the models are not usable.")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes that prepare films and batches.")] = 2,
    install: Annotated[
        bool, typer.Option("--install", help="Install the finished models in the package, as the set of their version.")
    ] = False,
) -> None:
    """Train, calibrate and export the hand finder, the whole-hand model and, with drawn bones, bone finder and bone stager.

    Files for the finder and the backbone are found next to the RSNA packs.
    """
    try:
        from openboneage.learn.hardware import Device, Hardware
        from openboneage.studies import default as study
        from openboneage.studies.install import check_free
        from openboneage.studies.install import install as install_models
        from openboneage.studies.material import Material
    except ImportError as error:
        raise InputError(f"Training needs the package {error.name}; install openboneage[learn].") from None
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    folder = set_folder(version)
    if install and smoke:
        raise InputError("The models of a smoke run are not installed; give --smoke or --install.")
    if install:
        check_free(folder, ModelSet(run))  # fail before the hours of training, not after them
    source = open_films(films, data, labels, columns, pixels)
    material = Material.beside(source, outlines=outlines, boxes=boxes, regions=regions, not_hands=not_hands, backbone=backbone)
    planned = study.DefaultRun(material, run, version, only, jobs, Hardware(Device(device), workers=jobs))
    planned = replace(planned, whole_hand=planned.whole_hand.with_input(input_px))
    planned = planned.as_smoke() if smoke else planned
    try:
        models = study.train_default(planned.with_steps(steps) if steps else planned)
    except KeyboardInterrupt as stop:
        saved = str(stop) or f"Stopped; finished steps are saved in {run}."
        err.print(f"{saved} Run the same command again to continue.")
        raise typer.Exit(130) from None
    if install:
        install_models(models, folder)
    err.print(f"finished: {' and '.join(map(str, models.cards.values()))}")
