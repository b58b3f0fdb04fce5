"""The weights card: the only source of a model's input, output and measured accuracy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from pydantic.dataclasses import dataclass

from openboneage.errors import WeightsError
from openboneage.quantities import Sha256
from openboneage.weights.strict import STRICT, parse

CARD_FORMAT = 2


@dataclass(frozen=True, config=STRICT)
class Card:
    """Description of one model.

    The sections `preprocessing`, `output` and `calibration` are free here; the specification of the role defines them.

    Attributes:
        name: Role of the model, such as `whole-hand`.
        version: Version of the weights, `major.minor`.
        task: What the model does, in one sentence.
        file: Name of the ONNX file beside the card.
        sha256: Checksum of the ONNX file, 64 hexadecimal digits.
        preprocessing: All steps from a standard hand or a film to the network's input, by name.
        output: What the outputs mean, with units.
        calibration: Numbers fitted after training, such as a temperature or limits.
        training: Data, split, command, date and settings of the run.
        figures: Measured accuracy, with the data it was measured on.
        licence: Licence of the weights and the citation it requires.
    """

    name: str
    version: str
    task: str
    file: str
    sha256: Sha256
    preprocessing: Mapping[str, Any]
    output: Mapping[str, Any]
    training: Mapping[str, Any]
    licence: Mapping[str, str]
    calibration: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the card as JSON."""
        content = {"format": CARD_FORMAT, **asdict(self)}
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_card(path: Path) -> Card:
    """Read a card.

    Raises:
        WeightsError: The file is missing, is not a card, or has another format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        card_format = content.pop("format")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"Expected a weights card at {path.name}, got something else ({type(error).__name__}).") from error
    if card_format != CARD_FORMAT:
        raise WeightsError(
            f"Card {path.name} has format {card_format}, this program reads format {CARD_FORMAT}: use the version of the "
            "program that the models came with."
        )
    return parse(Card, content, f"The card {path.name}")
