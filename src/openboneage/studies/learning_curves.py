"""What more films, larger inputs, larger networks and longer training gain.

Short trainings of the whole-hand network from random weights, at one input size, each different from the first in one setting.
Each is measured on the validation films that it did not see. The differences between trainings tell what limits the accuracy;
the errors themselves are higher than those of a full training.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openboneage.batch.choice import executor_of
from openboneage.datasets.film_set import FilmSet
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.compare import with_interval
from openboneage.evaluate.metrics import to_markdown
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.learn.age_samples import FULL_SIZE, AgeError
from openboneage.learn.hands import TrainingHand, prepare_hands
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, fit
from openboneage.learn.networks.age_net import AgeNet
from openboneage.studies.default import labelled
from openboneage.studies.whole_hand import WholeHandStudy, certain_hands
from openboneage.weights.registry import ModelSet

WIDTHS = 32, 64, 112, 176
"""Channels of the stages of the network of width 1."""
HEADER = "films", "input", "width", "steps", "parameters", "MAE ± SE", "difference (95 %)"


@dataclass(frozen=True)
class Setting:
    """One training.

    Attributes:
        films: Share of the training films, 0 to 1.
        height_px: Height of the input.
        width: Channels of the network, as a multiple of `WIDTHS`.
        steps: Optimiser steps.
    """

    films: float = 1.0
    height_px: int = 128
    width: float = 1.0
    steps: int = 2500

    @property
    def name(self) -> str:
        """Folder of the training."""
        return f"films-{self.films:g}-input-{self.height_px}-width-{self.width:g}-steps-{self.steps}"

    def network(self) -> AgeNet:
        """The network before training."""
        first, second, third, fourth = (round(self.width * channels / 8) * 8 for channels in WIDTHS)
        return AgeNet((first, second, third, fourth))


FIRST = Setting()
SETTINGS = (
    FIRST,
    *(replace(FIRST, films=films) for films in (0.25, 0.5)),
    *(replace(FIRST, height_px=height_px) for height_px in (64, 192, 256)),
    *(replace(FIRST, width=width) for width in (0.5, 2.0)),
    *(replace(FIRST, steps=steps) for steps in (1250, 5000)),
)


@dataclass(frozen=True, eq=False)
class LearningCurves:
    """The trainings and their data.

    Attributes:
        hands: Training hands.
        validation: Hands to measure on.
        study: Batches, variation, loss and the schedule, whose length the settings replace.
        settings: The trainings; differences are to the first.
        hardware: Device and worker processes.
    """

    hands: Sequence[TrainingHand]
    validation: Sequence[TrainingHand]
    study: WholeHandStudy
    settings: Sequence[Setting] = SETTINGS
    hardware: Hardware | None = None

    @classmethod
    def of_films(cls, films: FilmSet, run: Path, hardware: Hardware, jobs: int) -> LearningCurves:
        """The curves on the training and validation films of a set; their hands are found by the shipped finder.

        Args:
            films: The film set.
            run: Folder of the run, for the prepared hands.
            hardware: Device and worker processes.
            jobs: Processes that prepare films.

        Raises:
            InputError: A split has no labelled films, or the smallest share of the films is less than a batch.
        """
        study, finder = WholeHandStudy(), ModelSet.find().card(HAND_FINDER.name)
        training, validation = (
            prepare_hands(films, labelled(films, split), finder, study.spec, run / "hands", executor_of(jobs))
            for split in (Split.TRAIN, Split.VALIDATION)
        )
        fewest = round(min(setting.films for setting in SETTINGS) * len(certain_hands(training)))
        if fewest < study.batch_size:
            raise InputError(
                f"Expected at least {study.batch_size} films in the smallest share of the training films, got {fewest}."
            )
        return cls(training, validation, study, hardware=hardware)

    def table(self, run: Path) -> str:
        """Train, or continue in the folder of a stopped run, and return the errors as a Markdown table."""
        return to_markdown(HEADER, list(self._rows(run)))

    def _rows(self, run: Path) -> Iterator[list[str]]:
        first: NDArray[np.float64] | None = None
        for setting in self.settings:
            errors = self._errors(setting, run / setting.name)
            size = sum(parameter.numel() for parameter in setting.network().parameters())
            error = f"{errors.mean():.2f} ± {errors.std() / np.sqrt(len(errors)):.2f}"
            change = "" if first is None else with_interval(errors - first)
            first = errors if first is None else first
            cells = f"{len(self._chosen(setting))}", f"{setting.height_px} px", f"{setting.width:g}", f"{setting.steps}"
            yield [*cells, f"{size / 1e6:.1f} M", error, change]

    def _chosen(self, setting: Setting) -> list[TrainingHand]:
        """A random share of the hands; a larger share contains the smaller ones."""
        hands = certain_hands(self.hands)
        order = np.random.default_rng(0).permutation(len(hands))
        return [hands[number] for number in sorted(order[: round(setting.films * len(hands))])]

    def _errors(self, setting: Setting, run: Path) -> NDArray[np.float64]:
        """Absolute errors on the validation hands in months, of the trained network."""
        study = replace(self.study.with_input(setting.height_px), growth=FULL_SIZE)
        schedule = study.schedule.with_steps(setting.steps)
        batches = study.batches(self._chosen(setting), schedule)
        network = fit(Task(setting.network, batches, study.loss), schedule, run, self.hardware)
        measured = AgeError(replace(batches, hands=certain_hands(self.validation)))
        return measured.errors(network, setting.height_px).double().numpy()
