"""Data of the bone stager: training hands, and hands of other splits with what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openboneage.batch.choice import executor_of
from openboneage.bones.crops import CropSpec
from openboneage.bones.names import RUS
from openboneage.bones.onset import level_counts
from openboneage.bones.stager_card import BONE_STAGER, StagerCalibration, StagerSpecification
from openboneage.datasets.bone_table import MeasuredBone, WeakLabels, weak_labels
from openboneage.datasets.film_set import Film, films_of
from openboneage.datasets.region_films import Kind, RegionFilms
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.evaluate.bone_stager import Staged, StagerHands, age_figures, calibrate, level_figures
from openboneage.evaluate.epiphyses import measured_bones
from openboneage.learn.bone_crops import synthetic_hands
from openboneage.learn.stager_hands import CropMaker, StagerHand, film_hands, synthetic_stager_hands, trainable_hands
from openboneage.learn.stager_targets import measured_targets
from openboneage.studies.bone_stager import BoneStagerStudy
from openboneage.studies.material import Material
from openboneage.subject import Sex
from openboneage.weights.card import read_card
from openboneage.weights.runtime import Model

SHARP = (Kind.FULL, Kind.COMPOSITE)


@dataclass(frozen=True)
class StagerData:
    """Where the data of a run come from.

    Attributes:
        material: Films and further files.
        hand_finder: Card of the hand finder.
        bone_finder: Card of the bone finder.
        study: Settings of the run.
        folder: Folder of the crops and of the table of measured bones.
        jobs: Processes that prepare films.
    """

    material: Material
    hand_finder: Path
    bone_finder: Path
    study: BoneStagerStudy
    folder: Path
    jobs: int

    def training_hands(self) -> list[StagerHand]:
        """The films of the training split that have a bone age and a sex, and synthetic hands.

        Raises:
            InputError: No bone was found on any film.
        """
        labels = measured_targets(bone for bone in self._measured if bone.split is Split.TRAIN)
        hands = film_hands(self._maker(self.study.training_spec), self._films(Split.TRAIN), labels, executor_of(self.jobs))
        found = trainable_hands(hands)
        if not found:
            raise InputError(f"Expected hands with joints on training films of {self.material.films.name}, found none.")
        study = self.study
        return found + synthetic_stager_hands(
            study.synthetic, study.synthetic_px, study.bone_spread, study.training_spec, executor_of(self.jobs)
        )

    def hands(self, split: Split) -> StagerHands:
        """The films of a split as they are in the set, with crops as in an assessment."""
        return self._as_read([(film, None) for film in self._films(split)])

    def staged(self, split: Split) -> Staged:
        """Drawn films of a split, as they are in the set and sharp, with the levels that their measures give."""
        labels = self._labels(split)
        films = [film for film in self._films(split) if film.id in labels]
        regions = self._region_films
        items: list[tuple[Film, Kind | None]] = [
            (film, kind) for film in films for kind in (None, *regions.kinds(film)) if kind is None or kind in SHARP
        ]
        of_items = [labels[film.id] for film, _ in items]
        measured = [{bone.measures.bone for bone in each.bones} & set(RUS) for each in of_items]
        return Staged(
            self._as_read(items),
            [{bone: each.levels[bone] for bone in own} for each, own in zip(of_items, measured, strict=True)],
            [{bone: each.levels_at_age[bone] for bone in own} for each, own in zip(of_items, measured, strict=True)],
        )

    def measure(self, card: Path) -> None:
        """Fit the calibration of a stager on validation films, measure it, and write both to its card."""
        stager, staged = BONE_STAGER.load(card), self.staged(Split.VALIDATION)
        answers = self.hands(Split.VALIDATION).answers(stager)
        calibration = calibrate(answers, staged.hands.answers(stager), staged.levels_at_age)
        fitted = replace(read_card(card), calibration=asdict(calibration))
        replace(fitted, figures=self._figures(stager, calibration)).write(card)

    def _figures(self, stager: Model[StagerSpecification], calibration: StagerCalibration) -> dict[str, Any]:
        """Ages by split, and levels against those of measures and of synthetic hands."""
        there = {film.split for film in self.material.films.films}
        splits = [split for split in (Split.VALIDATION, Split.HELD_OUT, Split.NATIVE) if split in there]
        figures: dict[str, Any] = {str(split): age_figures(self.hands(split).answers(stager), calibration) for split in splits}
        staged = self.staged(Split.HELD_OUT)
        read = staged.hands.answers(stager)
        for name, levels in (("measures", staged.levels), ("measures and bone age", staged.levels_at_age)):
            figures[f"levels of {name}, held-out"] = level_figures(read, levels, calibration)
        made, known = self.unseen_synthetic()
        figures["levels of synthetic hands"] = level_figures(made.answers(stager), known, calibration)
        return figures

    def unseen_synthetic(self) -> tuple[StagerHands, list[dict[str, NDArray[np.float64]]]]:
        """Synthetic hands that were not trained on, as alike as those of children, and their levels."""
        study, count = self.study, max(self.study.synthetic // 10, 2)
        made = synthetic_hands(count, study.synthetic_px, study.spec, executor_of(self.jobs), first_seed=study.synthetic)
        hands = StagerHands(
            np.stack([hand.crops for hand in made]),
            np.ones((count, len(RUS)), bool),
            np.array([int(hand.sex is Sex.MALE) for hand in made]),
            np.array([hand.age_months for hand in made]),
        )
        ones = [np.eye(levels) for levels in level_counts()]
        return hands, [{bone: ones[number][hand.levels[number]] for number, bone in enumerate(RUS)} for hand in made]

    def _as_read(self, items: Sequence[tuple[Film, Kind | None]]) -> StagerHands:
        cropped = self._maker(self.study.spec).make(items, executor_of(self.jobs), "crops")
        size = self.study.spec.crop_px
        return StagerHands(
            np.stack([each.crops for each in cropped]) if cropped else np.zeros((0, len(RUS), size, size), np.uint8),
            np.array([each.found for each in cropped], bool).reshape(-1, len(RUS)),
            np.array([int(film.sex is Sex.MALE) for film, _ in items], int),
            np.array([film.label_months for film, _ in items], float),
        )

    def _labels(self, split: Split) -> Mapping[str, WeakLabels]:
        return weak_labels(bone for bone in self._measured if bone.split is split)

    @cached_property
    def _measured(self) -> list[MeasuredBone]:
        """The bones of drawn films; none where the packs are not there from which they are measured (`DrawnHands`)."""
        root = self.material.regions.parent.parent if self.material.regions else None
        if root is None or not (root / "train-299px.zip").is_file():
            return []
        self.folder.mkdir(parents=True, exist_ok=True)
        only = {film.id for film in self.material.films.films}
        return measured_bones(root, self.folder / "bones.csv", executor_of(self.jobs), only)

    @property
    def _region_films(self) -> RegionFilms:
        if not self.material.regions:
            raise InputError("Expected drawn bones and joints to train the bone stager: give --regions.")
        return RegionFilms(self.material.films, self.material.regions, self.material.boxes)

    def _films(self, split: Split) -> list[Film]:
        films = self.material.films
        return [film for film in films_of(films, split) if film.bone_age_months is not None and film.sex is not Sex.UNKNOWN]

    def _maker(self, spec: CropSpec) -> CropMaker:
        return CropMaker(self._region_films, self.hand_finder, self.bone_finder, spec, self.folder / "crops")
