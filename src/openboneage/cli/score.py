"""`boneage score`: maturity score and bone age from the stages of bones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.cli.plain_text import json_text, plain_table, unique_finding_lines
from openboneage.cli.score_films import Scoring, print_films, read_films
from openboneage.clinical.discordance import Discordance, carpal_discordance
from openboneage.clinical.either_sex import EitherSex
from openboneage.clinical.maturity import Maturity
from openboneage.clinical.method_registry import STANDARD_NAMES, scoring_method
from openboneage.clinical.rus_chn import PERCENTILES, ScorePercentiles, score_percentiles
from openboneage.clinical.scoring_method import ScoringMethod
from openboneage.errors import InputError, RefusedError
from openboneage.findings import Finding
from openboneage.subject import Sex, format_age, parse_age_months, parse_sex

_WHOLE_HAND = "tw2-20-bone"
_RUS_CHN = "rus-chn"
_TW_RUS = ("tw3", "tw2-uk", "tw-japan", "tw3-chinese")


def score(
    standard_name: Annotated[str, typer.Argument(metavar="STANDARD", help=f"One of {', '.join(STANDARD_NAMES)}.")],
    stages: Annotated[list[str] | None, typer.Argument(metavar="BONE=STAGE", help="Such as radius=G ulna=F.")] = None,
    sex: Annotated[str | None, typer.Option("--sex", help="F or M. Default: results for both.")] = None,
    file: Annotated[
        Path | None, typer.Option("--csv", help="One row per film: id, sex, and a column for each bone; blank is missing.")
    ] = None,
    age: Annotated[
        str | None, typer.Option("--age", help="Chronological age, such as 9y3m: percentiles of the score (rus-chn only).")
    ] = None,
    levels: Annotated[
        bool, typer.Option("--rus-chn-levels", help="The stages are RUS-CHN levels, to be mapped to TW stages.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compute a maturity score and a bone age from the stages of the bones of a hand."""
    chosen = scoring_method(standard_name)
    if levels and chosen.name not in _TW_RUS:
        raise InputError(f"--rus-chn-levels needs one of {', '.join(_TW_RUS)}, got {chosen.name}.")
    if age is not None and (chosen.name != _RUS_CHN or file is not None):
        raise InputError(f"--age needs {_RUS_CHN} and the stages of one film: no other standard has percentiles of the score.")
    scoring = Scoring(chosen, levels)
    if (file is None) == (not stages):
        raise InputError(
            f"Give either stages or --csv. Bones and stages of {scoring.staged_by.title}: {_choices(scoring.staged_by)}."
        )
    if file is not None:
        print_films(chosen, read_films(scoring, file, sex), as_json)
        return
    given = _parse_stages(scoring.staged_by, stages or [])
    result = scoring.assess(parse_sex(sex or "unknown"), given)
    results = (result.female, result.male) if isinstance(result, EitherSex) else (result,)
    percentiles = {} if age is None else {item.sex: score_percentiles(item.sex, parse_age_months(age)) for item in results}
    discordances = {item.sex: found for item in results if (found := _discordance(item, given)) is not None}
    if as_json:
        typer.echo(json_text(_json(result, percentiles, discordances)))
        return
    _print_bones(results)
    for item in results:
        _print_maturity(chosen, item, percentiles.get(item.sex), discordances.get(item.sex))
    findings = [finding for item in (*results, *discordances.values()) for finding in item.findings]
    if isinstance(result, EitherSex):
        typer.echo(f"either sex: {result.age_low} to {result.age_high}")
        findings.extend(result.findings)
    _print_findings(findings)


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
    """Compare carpal and RUS ages if all 20 bones are scored and enough bones of both parts are given."""
    if maturity.standard != _WHOLE_HAND:
        return None
    try:
        return carpal_discordance(maturity.sex, given)
    except RefusedError:
        return None


def _json(
    result: Maturity | EitherSex, percentiles: Mapping[Sex, ScorePercentiles], discordances: Mapping[Sex, Discordance]
) -> dict[str, Any]:
    """Return the result with its supplements; for both sexes, one each."""
    if isinstance(result, EitherSex):
        parts = {str(item.sex): _json(item, percentiles, discordances) for item in (result.female, result.male)}
        return {"standard": result.female.standard, "sex": Sex.UNKNOWN, **asdict(result), **parts}
    content = asdict(result)
    if result.sex in percentiles:
        at_age = percentiles[result.sex]
        scores = {f"p{name}": value for name, value in zip(PERCENTILES, at_age.scores, strict=True)}
        content["percentiles"] = {"age_months": at_age.age_months, "place": at_age.place(result.score), **scores}
    if result.sex in discordances:
        content["carpal_discordance"] = _discordance_json(discordances[result.sex])
    return content


def _discordance_json(discordance: Discordance) -> dict[str, Any]:
    return {
        "rus_age": asdict(discordance.rus.age),
        "carpal_age": asdict(discordance.carpal.age),
        "difference_months": discordance.difference_months,
        "findings": [asdict(finding) for finding in discordance.findings],
    }


def _print_bones(results: tuple[Maturity, ...]) -> None:
    of_sex = [f" ({item.sex})" if len(results) > 1 else "" for item in results]
    columns = [column for sex in of_sex for column in (f"score{sex}", f"age of this bone{sex}")]
    rows = [
        (bones[0].bone, bones[0].stage, *(cell for bone in bones for cell in (str(bone.score), str(bone.age))))
        for bones in zip(*(item.bones for item in results), strict=True)
    ]
    typer.echo(plain_table(("bone", "stage", *columns), rows))
    typer.echo("")


def _print_maturity(
    chosen: ScoringMethod, maturity: Maturity, percentiles: ScorePercentiles | None, discordance: Discordance | None
) -> None:
    typer.echo(f"{chosen.title}, {maturity.sex}: {chosen.population}")
    typer.echo(f"score     {maturity.score}{_interval(str(maturity.score_low), str(maturity.score_high))}")
    typer.echo(f"bone age  {maturity.age}{_interval(str(maturity.age_low), str(maturity.age_high))}")
    if percentiles is not None:
        scores = ", ".join(f"P{name} {value:.0f}" for name, value in zip(PERCENTILES, percentiles.scores, strict=True))
        typer.echo(f"at {format_age(percentiles.age_months)}  {percentiles.place(maturity.score)} ({scores})")
    if discordance is not None:
        typer.echo(
            f"carpal    {discordance.carpal.age}; radius, ulna and short bones {discordance.rus.age} (both Japanese norms)"
        )


def _interval(low: str, high: str) -> str:
    return "" if low == high else f" ({low} to {high})"


def _print_findings(findings: list[Finding]) -> None:
    for line in (*unique_finding_lines(findings), RESEARCH_USE):
        typer.echo(line)
