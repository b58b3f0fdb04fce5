"""`boneage data`: labels from radiology reports, and the card of a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openboneage.cli.film_sets import Columns, Data, Films, Labels, PixelKind, mapping_of, open_films
from openboneage.cli.options import Html, Overwrite
from openboneage.cli.output import check_replaceable, out
from openboneage.subject import Sex, parse_age_months, parse_sex

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


@data.command()
def card(
    page: Html,
    films: Films = None,
    folder: Data = None,
    labels: Labels = None,
    columns: Columns = None,
    pixels: PixelKind = None,
    youngest: Annotated[str, typer.Option("--from", metavar="AGE", help="Bone ages from this one on, such as 5y.")] = "0m",
    oldest: Annotated[str | None, typer.Option("--to", metavar="AGE", help="Bone ages under this one, such as 18y.")] = None,
    sex: Annotated[str | None, typer.Option("--sex", help="Only films of girls (F) or of boys (M).")] = None,
    overwrite: Overwrite = False,
) -> None:
    """Describe a data set as one HTML file: films by split, sex, age and race, and histograms of the bone ages."""
    from openboneage.datasets.cohort import AgeRange, Cohort, choose
    from openboneage.evaluate.data_card import data_card

    check_replaceable(page, overwrite, films or folder, labels)
    source = open_films(films, folder, labels, columns, pixels)
    bone_age = AgeRange(parse_age_months(youngest), parse_age_months(oldest) if oldest else float("inf"))
    chosen = choose(source.films, Cohort(bone_age, sexes=frozenset([parse_sex(sex)] if sex else Sex)))
    page.write_text(data_card(source, chosen).html(), encoding="utf-8")
    out.print(f"{len(chosen.films)} films: {page}")


@data.command()
def outlines(
    drawing: Annotated[
        Path, typer.Argument(metavar="FILE", help="VIA project, COCO, or outlines with holes as Supervisely has them (JSON).")
    ],
    coco: Annotated[Path, typer.Option("--out", metavar="JSON", help="COCO file to write.")],
    images: Annotated[
        Path | None, typer.Option(help="Folder of the films, for VIA, which does not store their size. Default: that of FILE.")
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Convert drawn outlines to COCO; the format is recognised."""
    from openboneage.datasets.drawing_files import read_drawings, write_coco

    check_replaceable(coco, overwrite, drawing)
    drawings = read_drawings(drawing, images)
    write_coco(coco, list(drawings.values()))
    count = sum(len(each.outlines) for each in drawings.values())
    out.print(f"{len(drawings)} films, {count} outlines: {coco}")
