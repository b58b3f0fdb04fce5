"""The model sets that ship with the package, by version, and where the cards of a set are."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from openboneage.errors import InputError, WeightsError

HAND_FINDER = "hand-finder"
WHOLE_HAND = "whole-hand"

DEFAULT_SET = "1.3"
"""The set that answers where none is picked; a newer one beside it does not take its place."""

VERSION = re.compile(r"\d+\.\d+")


@dataclass(frozen=True)
class Cards:
    """Where the cards of a model set are: the models that one assessment needs, made together."""

    finder: Path
    whole_hand: Path

    @classmethod
    def of(cls, models: str | os.PathLike[str] | None = None) -> Cards:
        """The cards of a set.

        Args:
            models: Version of a shipped set, or a folder with cards; None takes the default set.

        Raises:
            WeightsError: There is no such set; the text names those there are.
        """
        name = DEFAULT_SET if models is None else os.fspath(models)
        cards = cls.in_folder(set_folder(name) if name in shipped_sets() else Path(name))
        if not any(path.is_file() for path in cards.by_name.values()):
            raise WeightsError(f"Expected a model set ({', '.join(shipped_sets())}) or a folder with cards, got {name!r}.")
        return cards

    @classmethod
    def in_folder(cls, folder: Path) -> Cards:
        """The cards in a folder, under the names of the models; they need not be there yet."""
        return cls(folder / f"{HAND_FINDER}.json", folder / f"{WHOLE_HAND}.json")

    @property
    def by_name(self) -> dict[str, Path]:
        """The card of each model."""
        return {HAND_FINDER: self.finder, WHOLE_HAND: self.whole_hand}

    def named(self, name: str) -> Path:
        """The card of one model.

        Raises:
            WeightsError: There is no such model; the text names those there are.
        """
        if name not in self.by_name:
            raise WeightsError(f"Expected one of the models {', '.join(self.by_name)}, got {name!r}.")
        return self.by_name[name]


def shipped_folder() -> Path:
    """Folder of the sets that ship, one folder each."""
    return Path(str(files("openboneage.weights"))) / "files"


def set_folder(version: str) -> Path:
    """Folder of a shipped set, there or yet to come.

    Raises:
        InputError: The version is not `major.minor`.
    """
    if not VERSION.fullmatch(version):
        raise InputError(f"A version of models must be two numbers, such as 1.0, got {version!r}.")
    return shipped_folder() / version


def shipped_sets() -> list[str]:
    """Versions of the sets that ship, oldest first."""
    names = (card.parent.name for card in shipped_folder().glob(f"*/{WHOLE_HAND}.json"))
    return sorted(filter(VERSION.fullmatch, names), key=lambda name: [int(part) for part in name.split(".")])
