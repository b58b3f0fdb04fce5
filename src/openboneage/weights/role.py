"""Roles: the tasks that the models of a set have, such as finding the hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from openboneage.errors import WeightsError
from openboneage.weights.card import read_card
from openboneage.weights.runtime import Model, start_session
from openboneage.weights.specification import S_co, parse_specification


@dataclass(frozen=True)
class Role(Generic[S_co]):
    """A task, and the required content of a model card for it.

    Attributes:
        name: Name of the role, of its models and of their cards.
        specification: Required content of a card.
    """

    name: str
    specification: type[S_co]

    def load(self, card_path: Path, threads: int = 0) -> Model[S_co]:
        """Load a model of this role.

        Args:
            card_path: The card; the ONNX file is in the same folder.
            threads: Threads of one run; 0 takes every core.

        Raises:
            WeightsError: Card or file is missing or damaged, or does not fit the role, the other file or this program.
        """
        card = read_card(card_path)
        if card.name != self.name:
            raise WeightsError(f"Expected a card of {self.name} at {card_path.name}, got one of {card.name}.")
        specification = parse_specification(self.specification, card)
        return Model(card, specification, start_session(card, card_path.parent, specification, threads))
