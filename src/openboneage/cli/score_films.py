"""A file of stages, a row for each film, scored by one standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.cli.plain_text import json_text, plain_table, unique_finding_lines
from openboneage.clinical.curve import AgeState
from openboneage.clinical.either_sex import EitherSex, either_sex
from openboneage.clinical.input_files import CsvRow, csv_rows, read_text
from openboneage.clinical.maturity import Maturity, assess_stages
from openboneage.clinical.method_registry import scoring_method
from openboneage.clinical.rus_chn import assess_levels
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.errors import BoneAgeError, InputError, RefusedError
from openboneage.subject import Sex, parse_sex


@dataclass(frozen=True)
class Scoring:
    """How stages are scored.

    Attributes:
        method: The standard.
        from_levels: Whether the stages are given as levels of RUS-CHN.
    """

    method: ScoringMethod
    from_levels: bool

    @property
    def staged_by(self) -> ScoringMethod:
        """The standard whose stages are given."""
        return scoring_method("rus-chn") if self.from_levels else self.method

    def assess(self, sex: Sex, stages: Mapping[str, str]) -> Maturity | EitherSex:
        """Assess a hand; without a sex, as that of a girl and as that of a boy.

        Raises:
            InputError: There is no such bone or stage.
            RefusedError: Too many bones are missing.
        """
        assess = assess_levels if self.from_levels else assess_stages
        if sex is Sex.UNKNOWN:
            return either_sex(lambda known: assess(self.method, known, stages))
        return assess(self.method, sex, stages)


@dataclass(frozen=True)
class Film:
    """A row of a file of stages: its name, and its result or the reason why there is none."""

    name: str
    result: Maturity | EitherSex | None
    refused: str = ""

    @property
    def maturities(self) -> tuple[Maturity, ...]:
        """One result, or two where the sex is unknown."""
        if isinstance(self.result, EitherSex):
            return (self.result.female, self.result.male)
        return () if self.result is None else (self.result,)


def read_films(scoring: Scoring, path: Path, sex: str | None) -> list[Film]:
    """Read and score a CSV file of stages.

    Args:
        scoring: How stages are scored.
        path: CSV file with the columns id, sex, and one for each bone.
        sex: Sex of the films whose row has none.

    Raises:
        InputError: The file, a bone or a stage cannot be read; the row is named.
    """
    _, rows = csv_rows(read_text(path), path.name, f"id, sex, {', '.join(scoring.staged_by.bones)}")
    films = []
    for number, row in enumerate(rows, start=1):
        try:
            films.append(_read_film(scoring, row, str(number), sex))
        except BoneAgeError as error:
            raise InputError(f"{path.name}, row {number}: {error}") from error
    return films


def _read_film(scoring: Scoring, row: CsvRow, number: str, sex: str | None) -> Film:
    cells = {column.lower(): cell for column, cell in row.items()}
    name = cells.pop("id", "") or number
    row_sex = cells.pop("sex", "") or sex or "unknown"
    chosen = scoring.staged_by
    stages = {chosen.known_bone(column): stage for column, stage in cells.items() if stage or column not in chosen.bones}
    try:
        return Film(name, scoring.assess(parse_sex(row_sex), stages))
    except RefusedError as reason:
        return Film(name, None, str(reason))


def print_films(chosen: ScoringMethod, films: list[Film], as_json: bool) -> None:
    """Print a table of films, one row per possible sex, or JSON."""
    if as_json:
        typer.echo(json_text({"standard": chosen.name, "films": [_film_json(film) for film in films]}))
        return
    rows = [row for film in films for row in _film_rows(film)]
    typer.echo(plain_table(("id", "sex", "score", "bone age", "interval", "months"), rows))
    scored = [(film.name, maturity) for film in films for maturity in film.maturities]
    of_tables = {finding for _, maturity in scored for finding in chosen.findings(maturity.sex)}
    lines = [f"{film.name}: {film.refused}" for film in films if film.refused]
    lines += [f"{name}: {item.message}" for name, maturity in scored for item in maturity.findings if item not in of_tables]
    unknown = [(film.name, film.result) for film in films if isinstance(film.result, EitherSex)]
    lines += [f"{name}: {item.message}" for name, both in unknown for item in both.findings]
    for line in (*dict.fromkeys(lines), *unique_finding_lines(of_tables), RESEARCH_USE):
        typer.echo(line)


def _film_json(film: Film) -> dict[str, Any]:
    if film.result is None:
        return {"id": film.name, "refused": film.refused}
    sex = {"sex": Sex.UNKNOWN} if isinstance(film.result, EitherSex) else {}
    return {"id": film.name, **sex, **asdict(film.result)}


def _film_rows(film: Film) -> list[tuple[str, ...]]:
    return [_row(film.name, maturity) for maturity in film.maturities] or [(film.name, "", "", "refused", "", "")]


def _row(name: str, maturity: Maturity) -> tuple[str, ...]:
    months = f"{maturity.age.age_months:.1f}" if maturity.age.state is AgeState.AGE else ""
    interval = "" if maturity.age_low == maturity.age_high else f"{maturity.age_low} to {maturity.age_high}"
    return (name, str(maturity.sex), str(maturity.score), str(maturity.age), interval, months)
