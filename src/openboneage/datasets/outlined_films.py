"""RSNA films whose hands were outlined (`outlines.json`), the best pixels of each, and their division for studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.datasets.drawing_files import read_drawings
from openboneage.datasets.drawings import Drawing
from openboneage.datasets.film_set import Film
from openboneage.datasets.layouts.rsna_packs import Pixels, RsnaFilms
from openboneage.datasets.splits import Split, asking_order
from openboneage.errors import InputError


@dataclass(frozen=True, eq=False)
class OutlinedFilm:
    """A film and its drawn hand.

    Attributes:
        film: Its labels.
        pixels: Brightness as on the film, `(height, width)` uint8.
        drawing: The outline, in native pixels.
    """

    film: Film
    pixels: NDArray[np.uint8]
    drawing: Drawing


@dataclass(frozen=True)
class OutlinedFilms:
    """The outlined films of a folder of RSNA packs, without those of the full-size check.

    Training films are learned from; those of the splits validation and held-out, 23 of the 100, are measured on.

    Attributes:
        root: The folder.
    """

    root: Path

    def read(self, film_id: str) -> OutlinedFilm:
        """Read a film: at full size where it is there, else from the largest reduction."""
        for pack in self._packs:
            if film_id in pack.by_id:
                film = pack.by_id[film_id]
                return OutlinedFilm(film, pack.packed(film).display, self.drawings[film_id])
        raise InputError(f"Expected pixels of the outlined film {film_id} in {self.root}, found none.")

    @cached_property
    def drawings(self) -> Mapping[str, Drawing]:
        """Drawn hands by film id."""
        return read_drawings(self.root / "outlines.json")

    @cached_property
    def training(self) -> tuple[str, ...]:
        """Films to learn from, in the order in which active learning starts: its pool is what follows its first films."""
        return asking_order(self._of(Split.TRAIN))

    @cached_property
    def test(self) -> tuple[str, ...]:
        """Films to measure on."""
        return (*self._of(Split.VALIDATION), *self._of(Split.HELD_OUT))

    def _of(self, split: Split) -> Sequence[str]:
        there = {film_id: film for pack in reversed(self._packs) for film_id, film in pack.by_id.items()}
        found = sorted(film_id for film_id in self.drawings if film_id in there and there[film_id].split is split)
        if not found:
            raise InputError(f"Expected outlined films of the split {split} in {self.root}, found none.")
        return found

    @cached_property
    def _packs(self) -> tuple[RsnaFilms, ...]:
        """The packs that are there, the largest pixels first."""
        files = {Pixels.FULL_SIZE: "native-more", Pixels.FINE: "train-299px.zip", Pixels.SAMPLED: "train-100px.zip"}
        return tuple(RsnaFilms(self.root, pixels) for pixels, name in files.items() if (self.root / name).exists())
