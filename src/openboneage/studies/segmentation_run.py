"""Where the studies of hand segmentation run, and on which films."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from openboneage.datasets.outlined_films import OutlinedFilm, OutlinedFilms
from openboneage.errors import InputError
from openboneage.learn.hardware import Hardware
from openboneage.learn.schedule import Schedule


@dataclass(frozen=True)
class SegmentationRun:
    """A run of the studies.

    Attributes:
        films: Outlined films.
        folder: Checkpoints and manifests; a stopped run continues.
        steps: Length of each training, instead of that of the epochs.
        hardware: Where networks are trained.
    """

    films: OutlinedFilms
    folder: Path
    steps: int | None = None
    hardware: Hardware = field(default_factory=Hardware)

    def schedule(self, first: Schedule, epochs: int, items: int, batch_size: int) -> Schedule:
        """The schedule with as many steps as the epochs have, or as were asked for.

        Raises:
            InputError: There are too few items for one batch.
        """
        if items < batch_size:
            raise InputError(f"Expected at least {batch_size} films for training, got {items}.")
        return first.with_steps(self.steps or max(epochs * (items // batch_size), 2))

    @cached_property
    def training(self) -> Sequence[OutlinedFilm]:
        """Films to learn from, in the order in which active learning starts."""
        return [self.films.read(film_id) for film_id in self.films.training]

    @cached_property
    def test(self) -> Sequence[OutlinedFilm]:
        """Films to measure on."""
        return [self.films.read(film_id) for film_id in self.films.test]
