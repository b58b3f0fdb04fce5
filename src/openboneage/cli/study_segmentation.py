"""`boneage study segmentation` and `ask`: hand segmentation of four papers, and active learning. Needs the `learn` extra."""

from __future__ import annotations

import logging
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.film_sets import Packs, open_packs
from openboneage.cli.options import Models
from openboneage.cli.output import err, out, stopped
from openboneage.cli.train import DeviceName
from openboneage.errors import InputError
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.weights.registry import ModelSet


class Part(StrEnum):
    """What is measured or drawn."""

    TABLE = "table"
    ROUNDS = "rounds"
    SWEEP = "sweep"
    LABELS = "labels"
    PIPELINE = "pipeline"


class SystemChoice(StrEnum):
    """Systems of the papers."""

    LEE = "lee"
    PAN = "pan"
    PRECISE_BAA = "precise-baa"
    RIDGENET = "ridgenet"


def segmentation(
    part: Annotated[
        Part,
        typer.Option(
            help="The table of all systems; the rounds of active learning (Pan 2020); the sweep over patches and strides, "
            "the classes of training films, or the figure of the pipeline (Lee 2017)."
        ),
    ] = Part.TABLE,
    systems: Annotated[list[SystemChoice] | None, typer.Option("--system", help="For the table. Default: all.")] = None,
    data: Packs = None,
    weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="COCO weights of torchvision's maskrcnn_resnet50_fpn, for RidgeNet. Default: none."),
    ] = None,
    run: Annotated[Path, typer.Option(help="Folder of the run; a stopped run continues.")] = Path("runs/segmentation"),
    full: Annotated[bool, typer.Option("--full", help="The sizes of the papers, for a GPU.")] = False,
    steps: Annotated[int | None, typer.Option(min=2, help="Steps of every training, for trials.")] = None,
    models: Models = None,
    device: Annotated[DeviceName, typer.Option(help="Device for training; auto uses a GPU if there is one.")] = DeviceName.AUTO,
) -> None:
    """Hand segmentation of Lee 2017, Pan 2020, RidgeNet 2021 and precise-BAA 2022 beside the shipped finder, on outlined films.

    Without --full, a part takes at most 40 minutes on two cores.
    """
    try:
        from openboneage.learn.hardware import Device, Hardware
        from openboneage.studies import lee2017_segmentation as lee
        from openboneage.studies import pan2020_segmentation as pan
        from openboneage.studies import segmentation as papers
        from openboneage.studies.segmentation_run import SegmentationRun
    except ImportError as error:
        raise InputError(f"The study needs the package {error.name}; install openboneage[learn].") from None
    from openboneage.datasets.outlined_films import OutlinedFilms

    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    sizes = papers.FULL if full else papers.SMALL
    place = SegmentationRun(OutlinedFilms(open_packs(data).root), run, steps, Hardware(Device(device)))
    chosen = [papers.SystemName(each) for each in systems or SystemChoice]
    try:
        if part is Part.TABLE:
            if papers.SystemName.RIDGENET in chosen and not weights:
                err.print("WARNING: Mask R-CNN of RidgeNet starts from random weights; give COCO weights with --weights FILE.")
            out.print(papers.comparison(chosen, sizes, place, ModelSet.find(models).card(HAND_FINDER.name), weights))
        elif part is Part.ROUNDS:
            out.print(pan.rounds_report(sizes.pan, place))
        elif part is Part.SWEEP:
            out.print(lee.sweep_report(sizes.lee, place))
        else:
            draw = lee.labels_sheet if part is Part.LABELS else lee.pipeline_figure
            lee.write_picture(run / f"{part}.png", draw(sizes.lee, place))
            out.print(str(run / f"{part}.png"))
    except KeyboardInterrupt as stop:
        raise stopped(stop) from None


def ask(
    films: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of films.")],
    outlines: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What was outlined so far: VIA project, COCO, or as Supervisely has it.")
    ] = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, help="Films to ask for.")] = 10,
    run: Annotated[Path, typer.Option(help="Folder for the queue, proposals and networks.")] = Path("runs/ask"),
    full: Annotated[bool, typer.Option("--full", help="The sizes of the paper, for a GPU.")] = False,
    steps: Annotated[int | None, typer.Option(min=2, help="Steps of every training, for trials.")] = None,
    device: Annotated[DeviceName, typer.Option(help="Device for training; auto uses a GPU if there is one.")] = DeviceName.AUTO,
) -> None:
    """Active learning of Pan 2020 with a person: which films to outline next, with the committee's masks as a start.

    Outline the films in a program of your choice, and run the command again with --outlines.
    """
    try:
        from openboneage.learn.hardware import Device, Hardware
        from openboneage.studies import pan2020_segmentation as pan
        from openboneage.studies.pan2020_asking import PROPOSALS, QUEUE, Asking
    except ImportError as error:
        raise InputError(f"The study needs the package {error.name}; install openboneage[learn].") from None
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    asking = Asking(films, outlines, run, steps, Hardware(Device(device)))
    try:
        for each in asking.next(pan.FULL if full else pan.SMALL, count):
            out.print(f"{each.file.name}: {each.reason}")
    except KeyboardInterrupt as stop:
        raise stopped(stop) from None
    start = f", start from {run / PROPOSALS}" if (run / PROPOSALS).is_file() else ""
    err.print(f"Outline these films{start}. The queue is {run / QUEUE}. Then run the command again with --outlines FILE.")
