"""`boneage evaluate report`: from a table of predictions to a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.film_sets import Columns, mapping_of
from openboneage.cli.options import Html, Overwrite
from openboneage.cli.output import check_replaceable, out


def report(
    predictions: Annotated[
        Path, typer.Argument(metavar="CSV", help="Table with a reading and an estimate for each film, such as of `ages --csv`.")
    ],
    page: Html,
    columns: Columns = None,
    overwrite: Overwrite = False,
) -> None:
    """Measures with intervals, Bland-Altman, confusion matrix and more as one HTML file, from a table of predictions."""
    from openboneage.evaluate.age_report import age_report
    from openboneage.evaluate.predictions import read_predictions

    check_replaceable(page, overwrite, predictions)
    films = read_predictions(predictions, mapping_of(columns))
    page.write_text(age_report(films, predictions.stem).html(), encoding="utf-8")
    out.print(f"{len(films.films)} films: {page}")
