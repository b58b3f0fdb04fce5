"""`boneage phantom`: synthetic hands with known truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.output import err, out
from openboneage.subject import parse_age_months, parse_sex


def phantom(
    count: Annotated[int, typer.Option("--count", min=1, help="Number of films.")],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder.")],
    height_px: Annotated[int, typer.Option("--height", help="Rows of the films, 256 to 2048.")] = 384,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the first film; each further film has the next.")] = 0,
    sex: Annotated[str, typer.Option("--sex", help="F or M; without it both.")] = "unknown",
    age: Annotated[
        str | None, typer.Option("--age", help="Chronological age, such as 9y3m; without it 6 months to 19 years.")
    ] = None,
) -> None:
    """Make synthetic left and right hands: PNG, DICOM, COCO annotations, and a table of stages, scores and ages."""
    from rich.progress import track

    from openboneage.phantom.files import TABLE, write_films
    from openboneage.phantom.parameters import draw_parameters

    wanted = parse_sex(sex)
    months = parse_age_months(age) if age else None
    drawn = [(number, draw_parameters(number, height_px, wanted, months)) for number in range(seed, seed + count)]
    write_films(track(drawn, "films", console=err, disable=not err.is_terminal), folder)
    out.print(f"{count} films in {folder}; their truth is in {folder / TABLE}.")
