"""Model sets: those in the package, by version, and those in a folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from openboneage.errors import InputError, WeightsError

DEFAULT_SET = "2.1"
"""The set used by default; installing a newer one does not change it."""

VERSION = re.compile(r"\d+\.\d+")


@dataclass(frozen=True)
class ModelSet:
    """Models trained together: a folder with the card and the ONNX file of each role, named after the role."""

    folder: Path

    @classmethod
    def find(cls, models: str | os.PathLike[str] | None = None) -> ModelSet:
        """Find a set.

        Args:
            models: Version of a set in the package, or a folder with cards; None takes the default set.

        Raises:
            WeightsError: There is no such set; the text lists the available ones.
        """
        name = DEFAULT_SET if models is None else os.fspath(models)
        found = cls(set_folder(name) if name in shipped_sets() else Path(name).absolute())
        if not found.cards:
            raise WeightsError(f"Expected a model set ({', '.join(shipped_sets())}) or a folder with cards, got {name!r}.")
        return found

    @property
    def cards(self) -> dict[str, Path]:
        """The card of each role that the set has."""
        return {path.stem: path for path in sorted(self.folder.glob("*.json")) if path.with_suffix(".onnx").is_file()}

    def card(self, role: str) -> Path:
        """Path of the card of a role; it may not exist."""
        return self.folder / f"{role}.json"


def shipped_folder() -> Path:
    """Folder of the sets in the package, one folder each."""
    return Path(str(files("openboneage.weights"))) / "files"


def set_folder(version: str) -> Path:
    """Folder of a set in the package; it may not exist yet.

    Raises:
        InputError: The version is not `major.minor`.
    """
    if not VERSION.fullmatch(version):
        raise InputError(f"A version of models must be two numbers, such as 1.0, got {version!r}.")
    return shipped_folder() / version


def shipped_sets() -> list[str]:
    """Versions of the sets in the package, oldest first."""
    names = filter(VERSION.fullmatch, (folder.name for folder in shipped_folder().iterdir() if ModelSet(folder).cards))
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])
