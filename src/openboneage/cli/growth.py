"""`boneage growth`: a child's visits as a table and a figure."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.cli.options import Overwrite
from openboneage.cli.output import check_replaceable
from openboneage.cli.plain_text import json_text, plain_table, unique_finding_lines
from openboneage.clinical.greulich_pyle import Reference, status_text
from openboneage.clinical.growth import Growth, VisitGrowth, assess_growth
from openboneage.clinical.height.adult_height import Consensus
from openboneage.clinical.height_velocity import HeightVelocity
from openboneage.clinical.visits import read_child
from openboneage.findings import Finding
from openboneage.report.growth_figure import save_growth_figure
from openboneage.subject import format_age, parse_sex

_HEADER = (
    *("age", "bone age", "SDS", "verdict", "pace"),
    *("height cm", "SDS for age", "SDS for bone age", "cm/year", "SDS", "adult height cm"),
)


def growth(
    file: Annotated[Path, typer.Argument(metavar="VISITS", help="CSV with a row for each visit, or JSON.")],
    figure: Annotated[Path | None, typer.Option("--figure", help="Write the figure here, such as growth.png.")] = None,
    overwrite: Overwrite = False,
    sex: Annotated[str | None, typer.Option("--sex", help="F or M, if the file does not state it.")] = None,
    mother_cm: Annotated[float | None, typer.Option("--mother", help="Height of the mother, cm.")] = None,
    father_cm: Annotated[float | None, typer.Option("--father", help="Height of the father, cm.")] = None,
    reference: Annotated[
        Reference, typer.Option("--normal-range", help="Reference that bone age is compared with.")
    ] = Reference.BRUSH_FOUNDATION,
    sd_limit: Annotated[float, typer.Option("--sd", help="SD beyond which bone age is delayed or advanced.")] = 2.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Follow a child over time: bone age and its pace, height SDS, predicted adult height."""
    if figure is not None:
        check_replaceable(figure, overwrite, file)
    child = read_child(file, None if sex is None else parse_sex(sex), mother_cm, father_cm)
    result = assess_growth(child, reference, sd_limit)
    if figure is not None:
        save_growth_figure(result, figure)
    if as_json:
        typer.echo(json_text(asdict(result)))
        return
    typer.echo(plain_table(_HEADER, _rows(result)))
    for line in (*unique_finding_lines(_findings(result)), RESEARCH_USE):
        typer.echo(line)


def _rows(result: Growth) -> list[tuple[str, ...]]:
    paces = {pace.to_age_months: f"{pace.ratio:.2f}" for pace in result.paces}
    velocities = {velocity.to_age_months: velocity for velocity in result.velocities}
    ages = [item.visit.age_months for item in result.visits]
    return [_row(item, paces.get(age, ""), velocities.get(age)) for item, age in zip(result.visits, ages, strict=True)]


def _row(item: VisitGrowth, pace: str, velocity: HeightVelocity | None) -> tuple[str, ...]:
    visit, consensus = item.visit, None if item.adult_height is None else item.adult_height.consensus
    return (
        format_age(visit.age_months),
        "" if visit.bone_age_months is None else format_age(visit.bone_age_months),
        *_bone_age_cells(item),
        "" if visit.bone_age_months is None else pace,
        "" if visit.height_cm is None else f"{visit.height_cm:.1f}",
        "" if item.height_for_age is None else f"{item.height_for_age.sds:+.1f}",
        "" if item.height_for_bone_age is None else f"{item.height_for_bone_age.sds:+.1f}",
        "" if velocity is None else f"{velocity.cm_per_year:.1f}",
        "" if velocity is None or velocity.sds is None else f"{velocity.sds:+.1f}",
        "" if consensus is None else _adult_height(consensus),
    )


def _bone_age_cells(item: VisitGrowth) -> tuple[str, str]:
    """SDS and verdict; with an interval where the visit has one."""
    if item.bone_age is None:
        return "", ""
    sds, verdict = f"{item.bone_age.sds:+.1f}", item.bone_age.verdict
    if item.bone_age_sds_interval is None:
        return sds, str(verdict)
    low, high = item.bone_age_sds_interval
    return f"{sds} ({low:+.1f} to {high:+.1f})", status_text(verdict, low, high, item.bone_age.sd_limit)


def _adult_height(consensus: Consensus) -> str:
    if consensus.spread_cm is None:
        return f"{consensus.median_cm:.1f}"
    low, high = consensus.spread_cm
    return f"{consensus.median_cm:.1f} (methods {low:.1f} to {high:.1f})"


def _findings(result: Growth) -> list[Finding]:
    """Collect the findings of all visits; each is printed once."""
    found = list(result.findings)
    for steps in (result.paces, result.velocities):
        found.extend(finding for step in steps for finding in step.findings)
    for item in result.visits:
        found.extend(item.findings)
        for part in (item.bone_age, item.height_for_age, item.height_for_bone_age):
            found.extend(part.findings if part is not None else ())
        if item.adult_height is not None:
            found.extend(item.adult_height.findings)
            found.extend(finding for prediction in item.adult_height.predictions for finding in prediction.findings)
    return found
