"""Strict parsing of cards: every value must be present and have its type; other keys are errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationError

from openboneage.errors import WeightsError

STRICT = ConfigDict(extra="forbid", strict=True)
"""Configuration of a card and of every part of a specification."""
PLAIN_MESSAGES = {"missing": "expected a value, got none", "unexpected_keyword_argument": "unknown key"}
Parsed = TypeVar("Parsed")


def parse(kind: type[Parsed], content: Mapping[str, Any], name: str) -> Parsed:
    """Parse the content of a card.

    Args:
        kind: A pydantic dataclass.
        content: Values as read from JSON.
        name: Name used in errors.

    Raises:
        WeightsError: A key is unknown or missing, or a value is invalid; the text names each.
    """
    try:
        return TypeAdapter(kind).validate_json(json.dumps(content))
    except ValidationError as error:
        faults = "; ".join(_fault(each["loc"], each["type"], each["msg"], each["input"]) for each in error.errors())
        raise WeightsError(f"{name} does not fit this program: {faults}.") from error


def exactly(expected: object) -> AfterValidator:
    """The only value that this program can work with."""

    def check(value: object) -> object:
        if value != expected:
            raise ValueError(f"expected {json.dumps(expected)}")
        return value

    return AfterValidator(check)


def _fault(place: tuple[int | str, ...], kind: str, message: str, value: object) -> str:
    key = ".".join(map(str, place))
    if kind in PLAIN_MESSAGES:
        return f"{key}: {PLAIN_MESSAGES[kind]}"
    return f"{key}: {message.removeprefix('Value error, ')}, got {json.dumps(value)}"
