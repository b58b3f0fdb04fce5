"""The weights card: the only source of what a model expects, what it gives and how good it was measured to be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openboneage.errors import WeightsError

CARD_FORMAT = 1


@dataclass(frozen=True)
class Card:
    """What is known of one model.

    Attributes:
        name: Name in the registry, such as `whole-hand`.
        version: Version of the weights, `major.minor`.
        task: What the model answers, in one sentence.
        file: Name of the ONNX file beside the card.
        sha256: Checksum of the ONNX file, 64 hexadecimal digits.
        preprocessing: Everything between a standard hand or a film and the network's input, by name.
        output: What the outputs mean, with units.
        calibration: Numbers that turn raw outputs into intervals; empty where there are none.
        training: Data, split, command, date and settings of the run.
        figures: Measured accuracy, each with the data it was measured on.
        licence: Licence of the weights and the citation it asks for.
    """

    name: str
    version: str
    task: str
    file: str
    sha256: str
    preprocessing: Mapping[str, Any]
    output: Mapping[str, Any]
    training: Mapping[str, Any]
    licence: Mapping[str, str]
    calibration: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the card as JSON."""
        content = {"format": CARD_FORMAT, **self.__dict__}
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_card(path: Path) -> Card:
    """Read a card.

    Raises:
        WeightsError: The file is missing, is no card, or is of another format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        card_format = content.pop("format")
        card = Card(**content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"Expected a weights card at {path.name}, got something else ({type(error).__name__}).") from error
    if card_format != CARD_FORMAT:
        raise WeightsError(f"Card {path.name} has format {card_format}, this program reads format {CARD_FORMAT}.")
    return card
