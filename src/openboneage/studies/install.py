"""Installation of the models of a run into the package."""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path

from openboneage.errors import InputError
from openboneage.studies.default_cards import ROLES, SMOKE
from openboneage.weights.card import read_card
from openboneage.weights.registry import ModelSet


def check_free(folder: Path, models: ModelSet) -> None:
    """Check that a folder contains only models of a run.

    Raises:
        InputError: It contains others: existing versions are never replaced.
    """
    for place in _files(ModelSet(folder)):
        path = models.folder / place.name
        if not (path.exists() and filecmp.cmp(path, place, shallow=False)):
            raise InputError(f"The set {folder.name} already contains other models, which are kept; give another --version.")


def install(models: ModelSet, folder: Path) -> None:
    """Copy the models of a run to the folder that the program loads their set from.

    Raises:
        InputError: Other models are there (see `check_free`), a model is missing, or one comes from a smoke run.
    """
    check_free(folder, models)
    missing = [role for role in ROLES if role not in models.cards]
    if missing:
        raise InputError(f"Expected a whole set to install, but the run has no {' and no '.join(missing)}.")
    if any(read_card(card).training.get(SMOKE) for card in models.cards.values()):
        raise InputError("The models of a smoke run are not installed; train them without --smoke.")
    folder.mkdir(exist_ok=True)
    for path in _files(models):
        shutil.copy2(path, folder)


def _files(models: ModelSet) -> list[Path]:
    return [path for card in models.cards.values() for path in (card, card.with_suffix(".onnx"))]
