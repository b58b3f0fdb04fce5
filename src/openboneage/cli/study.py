"""`boneage study`: the methods of published papers, trained and measured part by part. Needs the `learn` extra."""

from __future__ import annotations

import logging
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.estimator_studies import compare, lee, pan, ridgenet, spampinato
from openboneage.cli.film_sets import Packs, PixelKind, open_packs
from openboneage.cli.output import out, stopped
from openboneage.cli.study_segmentation import ask, segmentation
from openboneage.cli.train import DeviceName
from openboneage.errors import InputError

study = typer.Typer(help="Train and measure the methods of papers; needs the extra learn of the package.", no_args_is_help=True)
study.command("ridgenet")(ridgenet)
study.command("compare")(compare)
study.command("pan")(pan)
study.command("lee")(lee)
study.command("spampinato")(spampinato)


class Part(StrEnum):
    """Parts of precise-BAA 2022."""

    HANDS = "hands"
    REGIONS = "regions"
    STAGES = "stages"
    AGE = "age"


class Backbone(StrEnum):
    """Backbones of the level model."""

    DENSENET = "densenet121"
    RESNET = "resnet50"
    INCEPTION = "inception_v3"


study.command("segmentation")(segmentation)
study.command("ask")(ask)


@study.callback()
def _group() -> None:
    """Train and measure the methods of papers; needs the extra learn of the package."""


@study.command("precise-baa")
def precise_baa(
    part: Annotated[Part, typer.Option(help="Hand mask, regions, levels of the bones, or age from the levels.")],
    data: Packs = None,
    pixels: PixelKind = None,
    regions: Annotated[Path | None, typer.Option(help="Drawn regions. Default: next to the packs.")] = None,
    boxes: Annotated[Path | None, typer.Option(help="Table of joint boxes. Default: next to the packs.")] = None,
    hands: Annotated[
        Path | None,
        typer.Option(
            help="For stages and age: a folder of graded hands, with levels.csv and crops/. Default: synthetic hands."
        ),
    ] = None,
    synthetic: Annotated[
        int, typer.Option("--synthetic", metavar="N", min=1, help="Number of synthetic hands, without --hands.")
    ] = 1250,
    backbone: Annotated[Backbone, typer.Option(help="Backbone of the level model.")] = Backbone.DENSENET,
    backbone_weights: Annotated[
        str | None,
        typer.Option(metavar="imagenet|FILE", help="Pretrained weights: downloaded, or a file of torchvision's weights."),
    ] = None,
    run: Annotated[Path, typer.Option(help="Folder of the run; a stopped run continues.")] = Path("runs/precise-baa"),
    full: Annotated[bool, typer.Option("--full", help="The sizes of the paper, for a GPU.")] = False,
    steps: Annotated[int | None, typer.Option(min=2, help="Steps of every training, for trials.")] = None,
    device: Annotated[DeviceName, typer.Option(help="Device for training; auto uses a GPU if there is one.")] = DeviceName.AUTO,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes that prepare films.")] = 2,
) -> None:
    """precise-BAA 2022: find 13 regions, grade their bones, and score them to an age.

    Without --full, a part takes about an hour on two cores.
    """
    try:
        from openboneage.datasets.graded_hands import read_graded_hands
        from openboneage.learn.hardware import Device, Hardware
        from openboneage.studies import precise_baa2022 as paper
        from openboneage.studies.material import Material
    except ImportError as error:
        raise InputError(f"The study needs the package {error.name}; install openboneage[learn].") from None
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    place = paper.Run(run, steps, backbone_weights, Hardware(Device(device)), jobs)
    try:
        if part is Part.HANDS:
            out.print(paper.hand_report(open_packs(data, pixels)))
        elif part is Part.REGIONS:
            material = Material.beside(open_packs(data, pixels), regions=regions, boxes=boxes)
            sizes = paper.FULL_REGIONS if full else paper.SMALL_REGIONS
            out.print(paper.region_report(material.films, material.regions, material.boxes, sizes, place))
        else:
            levels = replace(paper.FULL_LEVELS if full else paper.SMALL_LEVELS, backbone=str(backbone))
            graded = read_graded_hands(hands, levels.crop_px) if hands else paper.synthetic_levels(synthetic, levels, place)
            if part is Part.STAGES:
                out.print(paper.level_report(graded, levels, place))
            else:
                out.print(paper.age_report(graded, levels, place, open_packs(data).root if data else None))
    except KeyboardInterrupt as stop:
        raise stopped(stop) from None


@study.command("learning-curves")
def learning_curves(
    data: Packs = None,
    pixels: PixelKind = None,
    run: Annotated[Path, typer.Option(help="Folder of the run; a stopped run continues.")] = Path("runs/learning-curves"),
    device: Annotated[DeviceName, typer.Option(help="Device for training; auto uses a GPU if there is one.")] = DeviceName.AUTO,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes that prepare films.")] = 2,
) -> None:
    """What more films, larger inputs, larger networks and longer training gain: short trainings of the age network."""
    try:
        from openboneage.learn.hardware import Device, Hardware
        from openboneage.studies.learning_curves import LearningCurves
    except ImportError as error:
        raise InputError(f"The study needs the package {error.name}; install openboneage[learn].") from None
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    try:
        curves = LearningCurves.of_films(open_packs(data, pixels), run, Hardware(Device(device), workers=jobs), jobs)
        out.print(curves.table(run))
    except KeyboardInterrupt as stop:
        raise stopped(stop) from None
