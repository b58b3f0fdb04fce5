"""The models that ship with the package, by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from openboneage.errors import WeightsError
from openboneage.weights.card import Card, read_card

HAND_FINDER = "hand-finder"
WHOLE_HAND = "whole-hand"


@dataclass(frozen=True)
class Cards:
    """Where the cards of the models that one assessment needs are."""

    finder: Path
    whole_hand: Path

    @classmethod
    def in_folder(cls, folder: Path) -> Cards:
        """The cards in a folder, under the names of the shipped models."""
        return cls(folder / f"{HAND_FINDER}.json", folder / f"{WHOLE_HAND}.json")


def shipped_folder() -> Path:
    """Folder of the shipped cards and weights."""
    return Path(str(files("openboneage.weights"))) / "files"


def model_names() -> list[str]:
    """Names of the shipped models."""
    return sorted(path.stem for path in shipped_folder().glob("*.json"))


def shipped_card(name: str) -> Card:
    """Card of a shipped model.

    Raises:
        WeightsError: There is no such model; the text names those there are.
    """
    return read_card(_card_path(name))


def _card_path(name: str) -> Path:
    path = shipped_folder() / f"{name}.json"
    if not path.is_file():
        raise WeightsError(f"Expected one of the models {', '.join(model_names()) or '(none)'}, got {name!r}.")
    return path
