"""`boneage study ridgenet` and the other papers that estimate an age from the whole hand."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openboneage.cli.film_sets import Columns, Data, Films, Labels, PixelKind, open_films
from openboneage.cli.output import err, out
from openboneage.cli.train import DeviceName
from openboneage.errors import InputError

if TYPE_CHECKING:
    from openboneage.studies.estimator_run import EstimatorRun

Full = Annotated[bool, typer.Option("--full", help="The sizes of the paper, for a GPU.")]
Steps = Annotated[int | None, typer.Option(min=2, help="Steps of every training, for trials.")]
Training = Annotated[int | None, typer.Option("--training", metavar="N", min=1, help="Training films at most.")]
Others = Annotated[int | None, typer.Option("--others", metavar="N", min=1, help="Films of every other split at most.")]
Weights = Annotated[
    str | None, typer.Option(metavar="imagenet|FILE", help="Pretrained weights of the networks: downloaded, or a file.")
]
Device = Annotated[DeviceName, typer.Option(help="Device for training; auto uses a GPU if there is one.")]
Regions = Annotated[
    Path | None, typer.Option(help="Drawn regions, for maps of the network and their shares. Default: next to the packs.")
]
Jobs = Annotated[int, typer.Option(min=1, help="Number of processes that prepare films.")]


def ridgenet(
    films: Films = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    chest: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Chest films with ages instead of hands: a table in the NIH layout, and images."),
    ] = None,
    oldest: Annotated[float, typer.Option(metavar="YEARS", help="With --chest: patients below this age.")] = float("inf"),
    regions: Regions = None,
    run: Annotated[Path, typer.Option(help="Folder of the run; a stopped run continues.")] = Path("runs/ridgenet-2021"),
    training: Training = None,
    others: Others = None,
    full: Full = False,
    steps: Steps = None,
    weights: Weights = None,
    device: Device = DeviceName.AUTO,
    jobs: Jobs = 2,
) -> None:
    """RidgeNet 2021: VGG-19 with a ridge regression output, for girls, boys and both; or ages from chest films.

    Without --full, it is planned for an hour on two cores.
    """
    if chest and (films or data):
        raise InputError("Expected hands or chest films, got both; give FILMS or --chest.")
    with_torch()
    from openboneage.datasets.chest import ChestFilms
    from openboneage.learn.hardware import Device as Where
    from openboneage.learn.hardware import Hardware
    from openboneage.studies import ridgenet2021 as paper
    from openboneage.studies.estimator_run import EstimatorRun
    from openboneage.studies.material import Material

    study = paper.FULL if full else paper.SMALL
    source: Any = None if chest else open_films(films, data, labels, columns, pixels)
    place = EstimatorRun(
        source, run, training or study.training, others or study.others, steps, weights, Hardware(Where(device)), jobs
    )
    if chest:
        chests = ChestFilms.open(chest, oldest)
        finish(lambda: paper.chest_report(study, place, chests), place)
    else:
        drawn = Material.beside(source, regions=regions).regions
        finish(lambda: paper.report(study, place, drawn), place)


def pan(
    films: Films = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    network: Annotated[
        list[str] | None, typer.Option("--network", metavar="NAME", help="Only this network; repeat it for several.")
    ] = None,
    backbone: Annotated[
        Path | None, typer.Option(help="TFLite file of MobileNetV2 on ImageNet. Default: next to the RSNA packs.")
    ] = None,
    run: Annotated[Path, typer.Option(help="Folder of the run; features are kept.")] = Path("runs/pan-2020"),
    training: Training = None,
    others: Others = None,
    full: Full = False,
    weights: Annotated[
        str | None, typer.Option(metavar="imagenet|FOLDER", help="Weights of the networks: downloaded, or files NAME.pt.")
    ] = None,
    jobs: Jobs = 2,
) -> None:
    """Pan et al. 2020: features of six networks, kernel regression, Bagging and AdaBoost.

    Without --full, it is planned for an hour on two cores.
    """
    with_torch()
    from openboneage.studies import pan2020 as paper
    from openboneage.studies.estimator_run import EstimatorRun
    from openboneage.studies.material import Material

    study = paper.FULL if full else paper.SMALL
    study = replace(study, networks=tuple(network)) if network else study
    source = open_films(films, data, labels, columns, pixels)
    file = Material.beside(source, backbone=backbone).backbone
    place = EstimatorRun(source, run, training or study.training, others or study.others, weights=weights, jobs=jobs)
    finish(lambda: paper.report(study, place, file), place)


class LeePart(StrEnum):
    """Parts of Lee 2017."""

    MODELS = "models"
    DEPTH = "depth"
    GRID = "grid"


def lee(
    films: Films = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    part: Annotated[
        LeePart, typer.Option(help="Models M1 to M4, the depth of fine-tuning (Fig. 8), or the grid of rates.")
    ] = LeePart.MODELS,
    all_ages: Annotated[bool, typer.Option("--all-ages", help="Years 0 to 18 as classes, not 5 to 18.")] = False,
    storage: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Database of the grid, such as postgresql://…; default: a file in the folder of the run."
        ),
    ] = None,
    run: Annotated[Path, typer.Option(help="Folder of the run; a stopped run continues.")] = Path("runs/lee-2017"),
    training: Training = None,
    others: Others = None,
    full: Full = False,
    steps: Steps = None,
    weights: Weights = None,
    device: Device = DeviceName.AUTO,
    jobs: Jobs = 2,
) -> None:
    """Lee et al. 2017: GoogLeNet, classes of years, for girls and boys.

    Without --full, a part is planned for an hour on two cores.
    """
    with_torch()
    from openboneage.learn.hardware import Device as Where
    from openboneage.learn.hardware import Hardware
    from openboneage.studies import lee2017 as paper
    from openboneage.studies.estimator_run import EstimatorRun

    study = paper.FULL if full else paper.SMALL
    study = replace(study, first_year=0) if all_ages else study
    source = open_films(films, data, labels, columns, pixels)
    place = EstimatorRun(
        source, run, training or study.training, others or study.others, steps, weights, Hardware(Where(device)), jobs
    )
    reports = {
        LeePart.MODELS: lambda: paper.report(study, place),
        LeePart.DEPTH: lambda: paper.depth_report(study, place),
        LeePart.GRID: lambda: paper.grid_report(study, place, storage),
    }
    finish(reports[part], place, part)


class SpampinatoPart(StrEnum):
    """Parts of Spampinato 2017."""

    ALL = "all"
    FEATURES = "features"
    FINE_TUNING = "fine-tuning"
    BONET = "bonet"


def spampinato(
    films: Films = None,
    data: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    part: Annotated[
        SpampinatoPart, typer.Option(help="Features (Table 3), fine-tuning (Table 4), BoNet (Table 5), or all and Table 6.")
    ] = SpampinatoPart.ALL,
    rows: Annotated[
        list[int] | None,
        typer.Option("--row", metavar="N", min=1, max=22, help="Only this row of Table 5; repeat it for several."),
    ] = None,
    backbone: Annotated[
        Path | None, typer.Option(help="TFLite file of MobileNetV2 on ImageNet. Default: next to the RSNA packs.")
    ] = None,
    regions: Regions = None,
    run: Annotated[Path, typer.Option(help="Folder of the run; a stopped run continues.")] = Path("runs/spampinato-2017"),
    training: Training = None,
    others: Others = None,
    full: Full = False,
    steps: Steps = None,
    weights: Annotated[
        str | None, typer.Option(metavar="imagenet", help="Pretrained weights of GoogLeNet and VGG-16, downloaded.")
    ] = None,
    device: Device = DeviceName.AUTO,
    jobs: Jobs = 2,
) -> None:
    """Spampinato et al. 2017: features, fine-tuning, and BoNet with its deformation layer.

    Without --full, it is planned for an hour on two cores.
    """
    with_torch()
    from openboneage.learn.hardware import Device as Where
    from openboneage.learn.hardware import Hardware
    from openboneage.studies import spampinato2017 as paper
    from openboneage.studies.estimator_run import EstimatorRun
    from openboneage.studies.material import Material

    study = paper.FULL if full else paper.SMALL
    study = replace(study, rows=tuple(list(paper.TABLE_5)[row - 1] for row in rows)) if rows else study
    source = open_films(films, data, labels, columns, pixels)
    material = Material.beside(source, backbone=backbone, regions=regions)
    place = EstimatorRun(
        source, run, training or study.training, others or study.others, steps, weights, Hardware(Where(device)), jobs
    )
    reports = {
        SpampinatoPart.ALL: lambda each: paper.report(each, material.regions),
        SpampinatoPart.FEATURES: paper.table3,
        SpampinatoPart.FINE_TUNING: paper.table4,
        SpampinatoPart.BONET: paper.table5,
    }
    finish(lambda: reports[part](paper.Part.of(study, place, material.backbone)), place, part)


def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of trained studies.")],
    data: Data = None,
    pixels: PixelKind = None,
    films: Annotated[int | None, typer.Option("--films", metavar="N", min=1, help="Films of each split at most.")] = None,
    jobs: Jobs = 2,
) -> None:
    """Compare trained studies and the shipped model on the same held-out and native films."""
    with_torch()
    from openboneage.batch.choice import executor_of
    from openboneage.studies.compare_studies import comparison

    out.print(comparison(open_films(None, data, pixels=pixels), runs, executor_of(jobs), films))


def with_torch() -> None:
    """Check that the packages for training are installed.

    Raises:
        InputError: One is missing.
    """
    try:
        import openboneage.studies.estimator_run
        import openboneage.studies.ridgenet2021  # noqa: F401
    except ImportError as error:
        raise InputError(f"The study needs the package {error.name}; install openboneage[learn].") from None
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)


def finish(report: Callable[[], str], run: EstimatorRun, part: str = "all") -> None:
    """Run a study or a part of it, print its tables and keep them in its folder."""
    try:
        text = report()
    except KeyboardInterrupt as stop:
        err.print(f"{str(stop) or 'Stopped.'} Run the same command again to continue.")
        raise typer.Exit(130) from None
    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / f"tables-{part}.md").write_text(text + "\n", encoding="utf-8")
    out.print(text)
