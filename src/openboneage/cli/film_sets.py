"""Options that select a data set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.output import err
from openboneage.datasets.film_set import FilmSet
from openboneage.datasets.layouts.rsna_packs import Pixels, RsnaFilms
from openboneage.datasets.tables.columns import FIELDS, parse_mapping
from openboneage.errors import InputError

VARIABLE = "OPENBONEAGE_DATA"

Films = Annotated[
    Path | None,
    typer.Argument(metavar="FILMS", help="Data set: a folder or a table (CSV) of films and bone ages."),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", help=f"The same as FILMS. Default: the variable {VARIABLE}."),
]
Packs = Annotated[
    Path | None,
    typer.Option("--data", help=f"Folder of the RSNA packs: train.csv, zip files, native/. Default: the variable {VARIABLE}."),
]
Labels = Annotated[
    Path | None, typer.Option("--labels", metavar="CSV", help="Table of labels, if it is not in the folder of films.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="FIELD=COLUMN,...",
        help=f"Columns of the table by field, if their names are not recognised. Fields: {', '.join(FIELDS)}.",
    ),
]
PixelKind = Annotated[Pixels | None, typer.Option("--pixels", help="Resolution of the films of the RSNA packs.")]


def open_films(
    films: Path | None,
    data: Path | None,
    labels: Path | None = None,
    columns: list[str] | None = None,
    pixels: Pixels | None = None,
) -> FilmSet:
    """Open the data set given on the command line, and report on standard error what was recognised.

    Raises:
        InputError: No data set is given, or two, or it cannot be opened.
    """
    from openboneage.datasets.layouts.recognise import LOOKED_FOR, open_film_set  # imports pydicom, which takes time

    if films and data:
        raise InputError("Expected one data set, got FILMS and --data; give one of them.")
    path = films or data or os.environ.get(VARIABLE)
    if not path:
        raise InputError(
            f"Expected a data set: give its path, as FILMS or --data, or set the variable {VARIABLE}. "
            f"Known are {'; '.join(LOOKED_FOR)}."
        )
    source = open_film_set(Path(path), labels, mapping_of(columns), pixels)
    err.print(f"Recognised {source.layout}.")
    return source


def mapping_of(columns: list[str] | None) -> dict[str, str]:
    """Columns by field, from the options.

    Raises:
        InputError: An option is not `field=column`.
    """
    return {field: column for text in columns or () for field, column in parse_mapping(text).items()}


def open_packs(data: Path | None, pixels: Pixels | None = None) -> RsnaFilms:
    """Open the RSNA packs, for measurements that need them.

    Raises:
        InputError: No folder is given, or it contains another data set.
    """
    from openboneage.datasets.layouts.recognise import LOOKED_FOR

    source = open_films(None, data, pixels=pixels)
    if not isinstance(source, RsnaFilms):
        raise InputError(f"Expected {LOOKED_FOR[0]}, which this measurement needs, got {source.layout}.")
    return source
