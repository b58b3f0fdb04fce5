"""`boneage evaluate attention`: what an estimator looks at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.batch.choice import executor_of
from openboneage.cli.evaluate.shared import loader_of
from openboneage.cli.film_sets import Packs, PixelKind, open_packs
from openboneage.cli.options import Dask, Estimator, Jobs, Models
from openboneage.cli.output import out


def attention(
    data: Packs = None,
    regions: Annotated[
        Path | None, typer.Option(help="Drawn regions (regions.json.gz). Default: in the folder regions of the packs.")
    ] = None,
    pixels: PixelKind = None,
    per_stage: Annotated[int, typer.Option(min=1, metavar="N", help="Films of each stage of skeletal development.")] = 10,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    jobs: Jobs = 2,
    dask: Dask = None,
) -> None:
    """Shares of occlusion maps on epiphyses, carpals, other bone, soft tissue, markers and background; deletion and insertion.

    Each film takes about 150 estimates.
    """
    from openboneage.datasets.regions import read_regions
    from openboneage.evaluate import attention as study

    packs = open_packs(data, pixels)
    drawn = read_regions(regions or packs.root / "regions" / "regions.json.gz")
    films = study.films_by_stage(packs, drawn, per_stage)
    out.print(study.attention_report(study.look(packs, films, drawn, loader_of(models, estimator), executor_of(jobs, dask))))
