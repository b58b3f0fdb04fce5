"""`boneage deidentify`: copies of films without identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from openboneage.batch.cases import UnusableCase, stream_cases
from openboneage.cli.options import Models
from openboneage.cli.output import err, out
from openboneage.errors import InputError, RefusedError
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.weights.registry import ModelSet


def deidentify(
    sources: Annotated[list[str], typer.Argument(metavar="FILE|FOLDER", help="Films, or folders of films.")],
    folder: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder for the copies and their table, films.csv.")],
    key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Secret behind the pseudonyms, made if it does not exist: the same key gives the same pseudonyms. Keep it "
            "apart from the copies.",
        ),
    ] = None,
    models: Models = None,
) -> None:
    """Write copies of films without names, identifiers, dates and text beside the hand; sex, age, side and spacing stay.

    Look at the copies before you pass them on: text on the hand itself is not found.

    Exit codes: 0 all films were copied, 2 invalid argument, 3 films were left out, and the messages say why.
    """
    from openboneage.deidentify.export import export
    from openboneage.deidentify.pseudonyms import open_pseudonyms

    if key is not None and key.absolute().is_relative_to(folder.absolute()):
        raise InputError("The key undoes the pseudonyms' protection; keep it outside the folder of the copies.")
    finder, pseudonyms = HAND_FINDER.load(ModelSet.find(models).card(HAND_FINDER.name)), open_pseudonyms(key)
    paths = list(_paths(sources, folder))
    left_out = 0
    for path, copied in zip(paths, export((each.read_bytes() for each in paths), folder, finder, pseudonyms), strict=True):
        if copied.error:
            left_out += 1
            err.print(f"boneage: {path} is left out: {copied.error}")
        else:
            out.print(f"{path}: {copied.file}")
    if left_out:
        raise typer.Exit(RefusedError.exit_code)


def _paths(sources: list[str], folder: Path) -> Iterator[Path]:
    for case in stream_cases(sources, skip=folder if folder.exists() else None):
        if isinstance(case, UnusableCase):
            raise InputError(f"{case.label}: {case.reason}")
        yield case.path
