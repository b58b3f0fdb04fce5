"""`boneage plates`: the plates of an atlas nearest to a bone age."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import numpy as np
import typer

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.cli.plain_text import json_text, plain_table, unique_finding_lines
from openboneage.clinical.atlas import Atlas, PlateMatch, nearest_plates, plate_findings
from openboneage.errors import InputError
from openboneage.subject import Sex, format_age, parse_age_months, parse_sex

_Z_90 = 1.645  # half of a 90 % interval, in standard deviations
_SPAN = 4.0  # range that is considered, in standard deviations of the bone age


def plates(
    sex: Annotated[str, typer.Option("--sex", help="F or M.")],
    bone_age: Annotated[str, typer.Option("--bone-age", help="Bone age, such as 9y3m.")],
    low: Annotated[str | None, typer.Option("--low", help="Lower end of its 90 % interval.")] = None,
    high: Annotated[str | None, typer.Option("--high", help="Upper end of its 90 % interval.")] = None,
    atlas: Annotated[Atlas, typer.Option("--atlas", help="The atlas.")] = Atlas.GREULICH_PYLE,
    count: Annotated[int, typer.Option("--count", min=1, help="Maximum number of plates.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the atlas plates nearest to a bone age, with probabilities if its interval is given."""
    known = parse_sex(sex)
    matches = _matches(known, parse_age_months(bone_age), _ends(low, high), count, atlas)
    findings = plate_findings(known, atlas)
    if as_json:
        content = {"atlas": atlas, "sex": known, "plates": [asdict(match) for match in matches]}
        typer.echo(json_text({**content, "findings": [asdict(finding) for finding in findings]}))
        return
    rows = [(format_age(match.age_months), f"{match.probability:.0%}") for match in matches]
    typer.echo(plain_table(("plate", "nearest"), rows))
    for line in (*unique_finding_lines(findings), RESEARCH_USE):
        typer.echo(line)


def _ends(low: str | None, high: str | None) -> tuple[float, float] | None:
    if low is None and high is None:
        return None
    if low is None or high is None:
        raise InputError("An interval needs both ends, --low and --high.")
    return parse_age_months(low), parse_age_months(high)


def _matches(sex: Sex, bone_age: float, ends: tuple[float, float] | None, count: int, atlas: Atlas) -> tuple[PlateMatch, ...]:
    """Return the nearest plates of a normal distribution with this 90 % interval, or of the bone age alone, months."""
    if ends is None:
        return nearest_plates(sex, np.array([bone_age]), np.ones(1), count, atlas)
    low, high = ends
    if not low < bone_age < high:
        raise InputError(f"The bone age must lie inside its interval, {format_age(low)} to {format_age(high)}.")
    sd = (high - low) / 2 / _Z_90
    offsets = np.linspace(-_SPAN, _SPAN, 801)
    return nearest_plates(sex, np.maximum(bone_age + sd * offsets, 0.0), np.exp(-(offsets**2) / 2), count, atlas)
