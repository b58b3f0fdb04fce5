"""`boneage evaluate bones`, `stages`: finder, ages of stages; `epiphyses`, `carpals`, `cortex`: measures of drawn bones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.batch.choice import executor_of
from openboneage.cli.evaluate.shared import loader_of
from openboneage.cli.film_sets import Data, Films, Packs, PixelKind, open_films, open_packs
from openboneage.cli.options import Dask, Jobs, Models
from openboneage.cli.output import out
from openboneage.datasets.film_set import films_of
from openboneage.datasets.layouts.rsna_packs import Pixels
from openboneage.datasets.splits import Split
from openboneage.weights.registry import ModelSet

Table = Annotated[
    Path | None,
    typer.Option(metavar="CSV", help="Table of all measured bones: read if the file exists, otherwise written."),
]


def stages(
    films: Films = None,
    split: Annotated[list[Split] | None, typer.Option(help="validation, held-out or native; may be repeated.")] = None,
    data: Data = None,
    pixels: PixelKind = None,
    every: Annotated[int, typer.Option(min=1, metavar="N", help="Use every Nth film.")] = 1,
    models: Models = None,
    jobs: Jobs = 2,
    dask: Dask = None,
) -> None:
    """Ages of the stages, own ages of the bones and their mean, against the bone age as read; the worst films."""
    from openboneage.evaluate import stages as study
    from openboneage.evaluate.sample import samples_of

    source, load = open_films(films, data, pixels=pixels), loader_of(models, DEFAULT_ESTIMATOR)
    for sample in samples_of(source, split or (), (Split.VALIDATION, Split.HELD_OUT, Split.NATIVE)):
        answers = study.stage_answers(source, sample.films[::every], load, executor_of(jobs, dask))
        out.print(f"{sample.title}\n\n{study.age_table(answers)}\n\n{study.worst_table(answers)}\n")


def epiphyses(data: Packs = None, table: Table = None, jobs: Jobs = 2, dask: Dask = None) -> None:
    """Measures of drawn epiphyses by age and sex against published trends, and the ages that their stages give."""
    from openboneage.evaluate import epiphyses as study

    bones = study.measured_bones(open_packs(data).root, table, executor_of(jobs, dask))
    for part in (study.width_table, study.agreement_table, study.measure_table, study.age_table):
        out.print(part(bones) + "\n")


def carpals(data: Packs = None) -> None:
    """Areas and ratios of drawn carpal bones by age and sex."""
    from openboneage.evaluate import carpals as study

    out.print(study.carpal_table(open_packs(data).root))


def cortex(data: Packs = None, jobs: Jobs = 2, dask: Dask = None) -> None:
    """Metacarpal indices of drawn films at full size."""
    from openboneage.evaluate import carpals as study

    out.print(study.cortex_table(open_packs(data).root, executor_of(jobs, dask)))


def bones(
    data: Packs = None,
    pixels: PixelKind = Pixels.FINE,
    split: Annotated[list[Split] | None, typer.Option(help="validation or held-out; may be repeated. Default: both.")] = None,
    regions: Annotated[Path | None, typer.Option(help="Drawn joints and bones. Default: in the folder of the packs.")] = None,
    boxes: Annotated[Path | None, typer.Option(help="Table of joint boxes. Default: in the folder of the packs.")] = None,
    models: Models = None,
    jobs: Jobs = 2,
    dask: Dask = None,
) -> None:
    """Boxes of joints, outlines of bones and missing regions, on films that the bone finder was not trained on."""
    from openboneage.datasets.region_films import Kind, RegionFilms
    from openboneage.evaluate import bones as study

    packs, chosen_models, executor = open_packs(data, pixels), ModelSet.find(models), executor_of(jobs, dask)
    films = RegionFilms(packs, regions or packs.root / "regions" / "regions.json.gz", boxes or packs.root / "boxes.csv")
    chosen = films_of(packs, *(split or (Split.VALIDATION, Split.HELD_OUT)))
    kinds = [(film, kind) for film in chosen for kind in films.kinds(film)]
    for title, kind in (("Boxes by experts", Kind.BOXED), ("Drawn regions, coarse films", Kind.COARSE)):
        answers = study.found_boxes(films, [item for item in kinds if item[1] is kind], chosen_models, executor)
        out.print(f"{title}\n\n{study.box_table(answers)}\n")
    for title, some in (("sharp films", (Kind.FULL, Kind.COMPOSITE)), ("coarse films", (Kind.COARSE,))):
        outlines = study.outline_answers(films, [item for item in kinds if item[1] in some], chosen_models, executor)
        out.print(f"Outlines, {title}\n\n{study.outline_table(outlines)}\n")
    native = films_of(packs, Split.NATIVE)
    out.print(f"Native films\n\n{study.missing_table(packs, native, chosen_models, executor)}\n")
    whole_ms, network_ms = study.time_ms(packs, native, chosen_models)
    out.print(f"Processor time on one core, median: {whole_ms:.0f} ms, of which the network {network_ms:.0f} ms.")
