"""`boneage score`: stages of bones to a maturity score and a bone age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.cli.plain_text import json_text, plain_table, unique_finding_lines
from openboneage.clinical.curve import AgeState
from openboneage.clinical.discordance import Discordance, carpal_discordance
from openboneage.clinical.input_files import csv_rows, read_text
from openboneage.clinical.maturity import Maturity, assess_stages
from openboneage.clinical.method_registry import STANDARD_NAMES, scoring_method
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.errors import BoneAgeError, InputError, RefusedError
from openboneage.subject import parse_sex

_WHOLE_HAND = "tw2-20-bone"


@dataclass(frozen=True)
class _Film:
    """A row of a file of stages: its name, and its maturity or why there is none."""

    name: str
    maturity: Maturity | None
    refused: str = ""


def score(
    standard_name: Annotated[str, typer.Argument(metavar="STANDARD", help=f"One of {', '.join(STANDARD_NAMES)}.")],
    stages: Annotated[list[str] | None, typer.Argument(metavar="BONE=STAGE", help="Such as radius=G ulna=F.")] = None,
    sex: Annotated[str | None, typer.Option("--sex", help="F or M.")] = None,
    file: Annotated[
        Path | None, typer.Option("--csv", help="A row for each film: id, sex, and a column for each bone; blank is missing.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Turn the stages of the bones of a hand into a maturity score and a bone age."""
    chosen = scoring_method(standard_name)
    if (file is None) == (not stages):
        raise InputError(f"Give stages or --csv, one of them. Bones and stages of {chosen.title}: {_choices(chosen)}.")
    if file is not None:
        _print_films(chosen, _read_films(chosen, file, sex), as_json)
        return
    given = _parse_stages(chosen, stages or [])
    maturity = assess_stages(chosen, parse_sex(sex or "unknown"), given)
    discordance = _discordance(maturity, given)
    if as_json:
        extra = {} if discordance is None else {"carpal_discordance": _discordance_json(discordance)}
        typer.echo(json_text({**asdict(maturity), **extra}))
        return
    _print_maturity(chosen, maturity, discordance)


def _choices(chosen: ScoringMethod) -> str:
    return "; ".join(f"{bone} {chosen.stages(bone)[0]}-{chosen.stages(bone)[-1]}" for bone in chosen.bones)


def _parse_stages(chosen: ScoringMethod, words: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for word in words:
        bone, equals, stage = word.partition("=")
        if not equals:
            raise InputError(
                f"A stage is given as bone=stage, such as {chosen.bones[0]}={chosen.stages(chosen.bones[0])[-1]}, got {word!r}."
            )
        bone = chosen.known_bone(bone)
        if bone in given:
            raise InputError(f"{bone} is given twice.")
        given[bone] = stage
    return given


def _discordance(maturity: Maturity, given: Mapping[str, str]) -> Discordance | None:
    """Compare carpal and RUS ages where all 20 bones are looked at, and enough of both parts are given."""
    if maturity.standard != _WHOLE_HAND:
        return None
    try:
        return carpal_discordance(maturity.sex, given)
    except RefusedError:
        return None


def _discordance_json(discordance: Discordance) -> dict[str, Any]:
    return {
        "rus_age": asdict(discordance.rus.age),
        "carpal_age": asdict(discordance.carpal.age),
        "difference_months": discordance.difference_months,
        "findings": [asdict(finding) for finding in discordance.findings],
    }


def _print_maturity(chosen: ScoringMethod, maturity: Maturity, discordance: Discordance | None) -> None:
    rows = [(item.bone, item.stage, str(item.score), str(item.age)) for item in maturity.bones]
    typer.echo(plain_table(("bone", "stage", "score", "age of this bone"), rows))
    typer.echo("")
    typer.echo(f"{chosen.title}, {maturity.sex}: {chosen.population}")
    typer.echo(f"score     {maturity.score}{_interval(str(maturity.score_low), str(maturity.score_high))}")
    typer.echo(f"bone age  {maturity.age}{_interval(str(maturity.age_low), str(maturity.age_high))}")
    findings = maturity.findings
    if discordance is not None:
        typer.echo(
            f"carpal    {discordance.carpal.age}; radius, ulna and short bones {discordance.rus.age} (both Japanese norms)"
        )
        findings = (*findings, *discordance.findings)
    for line in (*unique_finding_lines(findings), RESEARCH_USE):
        typer.echo(line)


def _interval(low: str, high: str) -> str:
    return "" if low == high else f" ({low} to {high})"


def _read_films(chosen: ScoringMethod, path: Path, sex: str | None) -> list[_Film]:
    _, rows = csv_rows(read_text(path), path.name, f"id, sex, {', '.join(chosen.bones)}")
    films = []
    for number, row in enumerate(rows, start=1):
        try:
            films.append(_read_film(chosen, row, str(number), sex))
        except BoneAgeError as error:
            raise InputError(f"{path.name}, row {number}: {error}") from error
    return films


def _read_film(chosen: ScoringMethod, row: Mapping[str, str], number: str, sex: str | None) -> _Film:
    cells = {column.lower(): cell for column, cell in row.items()}
    name = cells.pop("id", "") or number
    row_sex = cells.pop("sex", "") or sex or "unknown"
    stages = {chosen.known_bone(column): stage for column, stage in cells.items() if stage or column not in chosen.bones}
    try:
        return _Film(name, assess_stages(chosen, parse_sex(row_sex), stages))
    except RefusedError as reason:
        return _Film(name, None, str(reason))


def _print_films(chosen: ScoringMethod, films: list[_Film], as_json: bool) -> None:
    if as_json:
        items = [
            {"id": film.name, "refused": film.refused} if film.maturity is None else {"id": film.name, **asdict(film.maturity)}
            for film in films
        ]
        typer.echo(json_text({"standard": chosen.name, "films": items}))
        return
    typer.echo(plain_table(("id", "sex", "score", "bone age", "interval", "months"), [_film_row(film) for film in films]))
    films_read = [(film.name, film.maturity) for film in films if film.maturity is not None]
    refused = [f"{film.name}: {film.refused}" for film in films if film.refused]
    of_tables = {finding for _, maturity in films_read for finding in chosen.findings(maturity.sex)}
    of_films = [
        f"{name}: {item.message}" for name, maturity in films_read for item in maturity.findings if item not in of_tables
    ]
    for line in (*refused, *of_films, *unique_finding_lines(of_tables), RESEARCH_USE):
        typer.echo(line)


def _film_row(film: _Film) -> tuple[str, ...]:
    maturity = film.maturity
    if maturity is None:
        return (film.name, "", "", "refused", "", "")
    months = f"{maturity.age.age_months:.1f}" if maturity.age.state is AgeState.AGE else ""
    ends = _interval(str(maturity.age_low), str(maturity.age_high)).strip(" ()")
    return (film.name, str(maturity.sex), str(maturity.score), str(maturity.age), ends, months)
