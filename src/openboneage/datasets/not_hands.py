"""Images without a hand: chest films, CT and MR slices of MedNIST (CC BY-SA 4.0), 64 px."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.images import decode_grey
from openboneage.datasets.splits import Split, split_of
from openboneage.errors import InputError


def read_not_hands(path: Path, split: Split) -> dict[str, NDArray[np.uint8]]:
    """Images of one split by their name in the archive, each `(64, 64)` uint8.

    Raises:
        InputError: The archive is missing.
    """
    if not path.is_file():
        raise InputError(f"Expected the archive of images without a hand at {path}, found none.")
    with zipfile.ZipFile(path) as archive:
        names = [name for name in sorted(archive.namelist()) if name.endswith(".jpeg") and split_of(name) is split]
        return {name: decode_grey(archive.read(name), name) for name in names}
