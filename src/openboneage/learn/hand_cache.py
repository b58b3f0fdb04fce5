"""Prepared hands on disk, one file a film, so that a stopped preparation continues and a second run reads them.

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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.reduced import ReducedFilm
from openboneage.hand import geometry
from openboneage.hand.drawing import SampleSpec

FORMAT = 1
"""Raised when preparing changes, so that older files are not read."""


@dataclass(frozen=True, eq=False)
class View:
    """One picture of a film with its aspect restored.

    Attributes:
        film: Bright-bone brightness, `(150, width)` uint8.
        low: Brightness within the hand that becomes 0.
        high: Brightness that becomes 1.
    """

    film: NDArray[np.uint8]
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PreparedHand:
    """A film with its hand found.

    Attributes:
        views: The point-sampled view, then the averaged one where there is one.
        film_to_frame: Affine from a view's pixels to hand frame.
        mask: Probability of hand over the canvas, `(256, 192)` uint8.
        landmark_score: Least sure landmark, 0 to 1.
    """

    views: tuple[View, ...]
    film_to_frame: geometry.Affine
    mask: NDArray[np.uint8]
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

    def get(self, film: ReducedFilm, spec: SampleSpec, prepare: Callable[[], PreparedHand]) -> PreparedHand:
        """The hand of a film: read from its file, or prepared and written where there is none or it is damaged."""
        path = self.folder / f"{self._key(film, spec)}.npz"
        try:
            return _read(path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            hand = prepare()
            _write(path, hand)
            return hand

    def _key(self, film: ReducedFilm, spec: SampleSpec) -> str:
        digest = hashlib.sha256(repr((FORMAT, self.finder_sha256, asdict(spec), film.aspect)).encode())
        for pixels in (film.sampled, film.averaged):
            if pixels is not None:
                digest.update(repr(pixels.shape).encode() + pixels.tobytes())
        return digest.hexdigest()


def _read(path: Path) -> PreparedHand:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        tones = stored["tones"]
        views = tuple(View(stored[f"view_{i}"], float(low), float(high)) for i, (low, high) in enumerate(tones))
        return PreparedHand(views, stored["film_to_frame"], stored["mask"], float(stored["landmark_score"]))


def _write(path: Path, hand: PreparedHand) -> None:
    """Write under another name first: a stop in the middle leaves no half a file under the right one."""
    arrays: dict[str, Any] = {f"view_{i}": view.film for i, view in enumerate(hand.views)}
    arrays |= {"mask": hand.mask, "film_to_frame": hand.film_to_frame, "landmark_score": hand.landmark_score}
    arrays["tones"] = [(view.low, view.high) for view in hand.views]
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        np.savez(file, **arrays)
    Path(file.name).replace(path)
