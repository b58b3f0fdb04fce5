"""`boneage models`: the models of the package, their measured accuracy and their licence."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from openboneage.cli.options import Models
from openboneage.cli.output import out
from openboneage.errors import WeightsError
from openboneage.weights.card import Card, read_card
from openboneage.weights.registry import DEFAULT_SET, ModelSet, shipped_sets


def models(
    name: Annotated[str | None, typer.Argument(help="Show the whole card of one model.")] = None,
    models: Models = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the cards as JSON.")] = False,
) -> None:
    """List the sets of models in the package, or show the card of one model."""
    if name:
        out.print(_json(asdict(_card(models, name))))
        return
    sets = {each: _cards(each) for each in ([models] if models else shipped_sets())}
    if as_json:
        out.print(
            _json(
                [{"set": each, "default": each == DEFAULT_SET, "models": [*map(asdict, cards)]} for each, cards in sets.items()]
            )
        )
        return
    for each, cards in sets.items():
        out.print(f"{each} (default)" if each == DEFAULT_SET else each)
        for card in cards:
            out.print(f"  {card.name} {card.version}  {card.task}\n    sha256 {card.sha256[:16]}…  {card.licence['name']}")
            for split, measured in card.figures.items():
                match measured:
                    case {"films": films, "groups": {"all": {"films": answered, "mae": float(mae)}}}:
                        out.print(f"    {split}: MAE {mae:.2f} months over {answered} of {films} films")


def _cards(models: str) -> list[Card]:
    return [read_card(path) for path in ModelSet.find(models).cards.values()]


def _card(models: str | None, name: str) -> Card:
    cards = ModelSet.find(models).cards
    if name not in cards:
        raise WeightsError(f"Expected one of the models {', '.join(cards)}, got {name!r}.")
    return read_card(cards[name])


def _json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)
