"""Specifications: the required content of a card for its role, parsed and checked when the model is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from openboneage.weights.card import Card
from openboneage.weights.strict import parse

Shape = tuple[int, ...]


class Specification(Protocol):
    """The typed content of a card: a frozen, strict pydantic dataclass.

    Its fields are `preprocessing`, `output` and `calibration`.

    It determines the shapes that the network's file must have.
    """

    @property
    def input_shape(self) -> Shape:
        """Shape of one input."""
        ...

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """Shape of each output for one input, by name, in the order of the network."""
        ...


S_co = TypeVar("S_co", bound=Specification, covariant=True)


def parse_specification(specification: type[S_co], card: Card) -> S_co:
    """Parse the sections of a card that its role defines.

    Raises:
        WeightsError: A key is unknown or missing, or this program cannot work with a value; the text names each.
    """
    sections = {"preprocessing": card.preprocessing, "output": card.output, "calibration": card.calibration}
    return parse(specification, sections, f"The card of {card.name} {card.version}")
