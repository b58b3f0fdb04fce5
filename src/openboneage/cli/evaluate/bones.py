"""`boneage evaluate epiphyses`, `carpals` and `cortex`: measures of drawn bones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.batch.choice import executor_of
from openboneage.cli.film_sets import Packs, open_packs
from openboneage.cli.options import Dask, Jobs
from openboneage.cli.output import out

Table = Annotated[
    Path | None,
    typer.Option(metavar="CSV", help="Table of all measured bones: read if the file exists, otherwise written."),
]


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
