"""`boneage data`: labels out of radiology reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.film_sets import Columns, mapping_of
from openboneage.cli.options import Overwrite
from openboneage.cli.output import check_replaceable, out

data = typer.Typer(help="Prepare and describe data sets.", no_args_is_help=True)


@data.command()
def reports(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="Table (CSV) with the columns id and report.")],
    labels: Annotated[Path, typer.Option("--out", metavar="CSV", help="Table of labels to write.")],
    columns: Columns = None,
    whole_years: Annotated[
        bool, typer.Option("--whole-years", help="Write completed years, 18 at most, as in Lee 2017, instead of months.")
    ] = False,
    overwrite: Overwrite = False,
) -> None:
    """Read bone ages from the text of radiology reports in English; reports without one are counted by reason."""
    from openboneage.datasets.report_mining.table import mine_table, outcomes, write_labels
    from openboneage.evaluate.metrics import to_markdown

    check_replaceable(labels, overwrite, table)
    films = mine_table(table, mapping_of(columns))
    write_labels(labels, films, whole_years)
    out.print(to_markdown(("reports", "n"), [[name, str(count)] for name, count in outcomes(films).most_common()]))
