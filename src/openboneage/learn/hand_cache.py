"""Prepared hands on disk, one file per film: a stopped preparation continues, and later runs read them.

A file's name is the hash of all that its content follows from: the film's pixels, the finder's weights and the settings of
drawing. A changed film or finder gets a new file; labels are not stored.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.hand.drawing import PictureSpec

FORMAT = 2
"""Incremented when the preparation changes, so that older files are not read."""


@dataclass(frozen=True, eq=False)
class PreparedHand:
    """A film with its hand found.

    Attributes:
        canvas: The hand upright with its surroundings, bright bones, `(height, width)` uint8; see `learn.hands`.
        mask: Probability of hand over the canvas of a picture, `(256, 192)` uint8.
        low: Brightness within the hand that becomes 0.
        high: Brightness that becomes 1.
        landmark_score: Least sure landmark, 0 to 1.
    """

    canvas: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    low: float
    high: float
    landmark_score: float


@dataclass(frozen=True)
class HandCache:
    """Prepared hands in a folder.

    Attributes:
        folder: The folder.
        finder_sha256: Checksum of the finder that finds the hands.
    """

    folder: Path
    finder_sha256: str

    def get(self, film: NDArray[np.uint8], spec: PictureSpec, prepare: Callable[[], PreparedHand]) -> PreparedHand:
        """The hand of a film, `(height, width)`: read from its file, or prepared where that is absent or damaged."""
        path = self.folder / f"{self._key(film, spec)}.npz"
        try:
            return _read(path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            hand = prepare()
            _write(path, hand)
            return hand

    def _key(self, film: NDArray[np.uint8], spec: PictureSpec) -> str:
        digest = hashlib.sha256(repr((FORMAT, self.finder_sha256, asdict(spec), film.shape)).encode())
        digest.update(np.ascontiguousarray(film).data)
        return digest.hexdigest()


def _read(path: Path) -> PreparedHand:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        low, high, landmark_score = map(float, stored["values"])
        return PreparedHand(stored["canvas"], stored["mask"], low, high, landmark_score)


def _write(path: Path, hand: PreparedHand) -> None:
    """Write under a temporary name first, so that a stop leaves no incomplete file."""
    values = np.array([hand.low, hand.high, hand.landmark_score])
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        np.savez(file, canvas=hand.canvas, mask=hand.mask, values=values)
    Path(file.name).replace(path)
