"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.assess.estimators.registry import ESTIMATORS

Models = Annotated[
    str | None,
    typer.Option(
        "--models",
        metavar="SET|FOLDER",
        help="Models: a set that `boneage models` lists, or a folder with cards. Default: the default set.",
    ),
]

Estimator = Annotated[
    str, typer.Option("--estimator", metavar="NAME", help=f"How the age is estimated: {', '.join(ESTIMATORS)}.")
]

Database = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="OPENBONEAGE_DATABASE",
        metavar="URL",
        help="Address of a PostgreSQL database, postgresql://user@host/name. Default: SQLite in the data folder.",
    ),
]

Html = Annotated[Path, typer.Option("--out", metavar="HTML", help="Page to write.")]

Jobs = Annotated[int, typer.Option(min=1, help="Processes.")]

Overwrite = Annotated[bool, typer.Option("--overwrite", help="Let the output replace an existing file.")]

Dask = Annotated[
    str | None,
    typer.Option(
        "--dask",
        metavar="ADDRESS|local",
        help="Use the Dask cluster of this scheduler, such as tcp://host:8786; `local` starts one of --jobs processes.",
    ),
]
