"""`boneage models`: what ships, how good it was measured to be, and under which licence."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from openboneage.cli.output import out
from openboneage.weights.registry import model_names, shipped_card


def models(
    name: Annotated[str | None, typer.Argument(help="Show the whole card of one model.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the cards as JSON.")] = False,
) -> None:
    """List the models that ship, or show the card of one."""
    cards = [shipped_card(name)] if name else [shipped_card(each) for each in model_names()]
    if as_json or name:
        content = [asdict(card) for card in cards]
        out.print(json.dumps(content[0] if name else content, indent=2, ensure_ascii=False))
        return
    for card in cards:
        out.print(f"{card.name} {card.version}  {card.task}\n  sha256 {card.sha256[:16]}…  {card.licence['name']}")
