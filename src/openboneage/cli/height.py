"""`boneage height`: adult height by every method that a child's data allow."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from openboneage.assess.assessment import RESEARCH_USE
from openboneage.cli.plain_text import json_text, plain_table, unique_finding_lines
from openboneage.clinical.height.adult_height import AdultHeight, Consensus, predict_adult_height
from openboneage.clinical.height.inputs import EarlierVisit, HeightInputs
from openboneage.clinical.height.prediction import HeightPrediction
from openboneage.errors import InputError
from openboneage.subject import parse_age_months, parse_sex

_ANSWERS = {"yes": True, "no": False}


def height(
    sex: Annotated[str, typer.Option("--sex", help="F or M.")],
    age: Annotated[str, typer.Option("--age", help="Chronological age, such as 9y3m.")],
    height_cm: Annotated[float, typer.Option("--height", help="Standing height, cm.")],
    bone_age: Annotated[str | None, typer.Option("--bone-age", help="Greulich-Pyle bone age, such as 9y3m.")] = None,
    tw2_bone_age: Annotated[str | None, typer.Option("--tw2-bone-age", help="TW2-RUS bone age, old British norms.")] = None,
    weight_kg: Annotated[float | None, typer.Option("--weight", help="Weight, kg.")] = None,
    mother_cm: Annotated[float | None, typer.Option("--mother", help="Height of the mother, cm.")] = None,
    father_cm: Annotated[float | None, typer.Option("--father", help="Height of the father, cm.")] = None,
    birth_weight_kg: Annotated[float | None, typer.Option("--birth-weight", help="Weight at birth, kg (Blum 2022).")] = None,
    length_cm: Annotated[float | None, typer.Option("--recumbent-length", help="Recumbent length, cm, if measured.")] = None,
    menarche: Annotated[str | None, typer.Option("--menarche", help="Menarche has occurred: yes or no.")] = None,
    menarche_age: Annotated[str | None, typer.Option("--menarche-age", help="Age at menarche, such as 12y8m.")] = None,
    earlier_age: Annotated[str | None, typer.Option("--earlier-age", help="Age at a visit one year ago (TW Mark II).")] = None,
    earlier_cm: Annotated[float | None, typer.Option("--earlier-height", help="Height at that visit, cm.")] = None,
    earlier_tw2: Annotated[str | None, typer.Option("--earlier-tw2-bone-age", help="TW2-RUS bone age at that visit.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Predict adult height by every method that the data allow, and explain why others were left out."""
    inputs = HeightInputs(
        sex=parse_sex(sex),
        age_months=parse_age_months(age),
        height_cm=height_cm,
        recumbent_length_cm=length_cm,
        weight_kg=weight_kg,
        birth_weight_kg=birth_weight_kg,
        bone_age_months=_months(bone_age),
        tw2_bone_age_months=_months(tw2_bone_age),
        father_height_cm=father_cm,
        mother_height_cm=mother_cm,
        menarche=_answer(menarche),
        menarche_age_months=_months(menarche_age),
        earlier=_earlier_visit(earlier_age, earlier_cm, earlier_tw2),
    )
    adult_height = predict_adult_height(inputs)
    if as_json:
        typer.echo(json_text({"inputs": asdict(inputs), **asdict(adult_height)}))
        return
    _print(adult_height)


def _months(text: str | None) -> float | None:
    return None if text is None else parse_age_months(text)


def _earlier_visit(age: str | None, height_cm: float | None, tw2_bone_age: str | None) -> EarlierVisit | None:
    if age is None and height_cm is None and tw2_bone_age is None:
        return None
    if age is None or height_cm is None:
        raise InputError("An earlier visit needs both --earlier-age and --earlier-height.")
    return EarlierVisit(parse_age_months(age), height_cm, _months(tw2_bone_age))


def _answer(word: str | None) -> bool | None:
    if word is None:
        return None
    if word.lower() not in _ANSWERS:
        raise InputError(f"--menarche must be yes or no, got {word!r}.")
    return _ANSWERS[word.lower()]


def _print(adult_height: AdultHeight) -> None:
    rows = [(item.title, f"{item.adult_height_cm:.1f}", _band(item), _notes(item)) for item in adult_height.predictions]
    if rows:
        typer.echo(plain_table(("method", "cm", "band", "notes"), rows))
        typer.echo("")
    consensus = adult_height.consensus
    if consensus is not None:
        typer.echo(f"median {consensus.median_cm:.1f} cm{_spread(consensus)} ({', '.join(consensus.methods)})")
    else:
        typer.echo("No method predicts adult height from these data.")
    for item in adult_height.left_out:
        typer.echo(f"left out: {item.method}: {item.reason}")
    findings = [*adult_height.findings, *(finding for item in adult_height.predictions for finding in item.findings)]
    for line in (*unique_finding_lines(findings), RESEARCH_USE):
        typer.echo(line)


def _spread(consensus: Consensus) -> str:
    if consensus.spread_cm is None:
        return ""
    low, high = consensus.spread_cm
    return f", spread of the methods {low:.1f} to {high:.1f} cm"


def _notes(item: HeightPrediction) -> str:
    return "; ".join(item.notes if item.in_consensus else (*item.notes, "not in the median"))


def _band(item: HeightPrediction) -> str:
    if item.error is None:
        return "none"
    coverage = "range" if item.error.coverage is None else f"{item.error.coverage:.0%}"
    return f"{item.error.low_cm:.1f} to {item.error.high_cm:.1f} ({coverage})"
