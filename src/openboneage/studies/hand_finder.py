"""The hand finder: mask, landmarks, number of hands and polarity from one thumbnail.

Labels: outlines (Nguyen Tuan Minh; 70 RSNA training films) give the mask, joint boxes (Koitka et al. 2018; 267 films) and drawn
regions (Deng et al. 2023; 814 films) the landmarks; every training film, cut out, rotated, mirrored, inverted, doubled or
shuffled, gives the number of hands and the polarity; MedNIST slices are images without a hand. Films of other splits are not
used. This method is our own: Lee 2017 segments with LeNet-5 patches.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import nn

from openboneage.datasets.annotations import read_landmarks, read_outlines
from openboneage.datasets.film_set import films_of
from openboneage.datasets.not_hands import read_not_hands
from openboneage.datasets.skeleton import region_landmarks
from openboneage.datasets.splits import Split
from openboneage.errors import InputError
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, fit
from openboneage.learn.losses import finder_loss
from openboneage.learn.networks.hand_finder import HandFinder
from openboneage.learn.scenes import Kind, Pools, SceneBatches, Source
from openboneage.learn.schedule import Schedule
from openboneage.studies.material import BOX_SUBSETS, Material

SOURCE_PX = 224
"""Side of the square to which a film is reduced."""


@dataclass(frozen=True)
class FinderStudy:
    """Settings of the run."""

    batch_size: int = 64
    schedule: Schedule = field(default_factory=lambda: Schedule(steps=1500, peak_lr=3e-3, ema_decay=0.99, checkpoint_every=300))

    def with_steps(self, steps: int) -> FinderStudy:
        """The study with another length."""
        return replace(self, schedule=self.schedule.with_steps(steps))


def scene_pools(material: Material) -> Pools:
    """The training films and negatives used for scenes.

    Raises:
        InputError: A file is missing that the finder needs, or no training film has an outline or boxes.
    """
    if not (material.outlines and material.boxes and material.not_hands):
        raise InputError(
            "Expected outlines, boxes and images without a hand to train the hand finder: give --outlines, --boxes and "
            "--not-hands, or train the age model alone (--only whole-hand)."
        )
    films = films_of(material.films, Split.TRAIN)
    ids = {film.id for film in films}
    outlines = read_outlines(material.outlines)
    landmarks = region_landmarks(material.regions, ids) if material.regions else {}
    for subset in BOX_SUBSETS:
        landmarks |= read_landmarks(material.boxes, subset)
    plain = {film.id: _source(material.films.radiograph(film).display, landmarks.get(film.id)) for film in films}
    sources = dict.fromkeys(Kind, plain)
    sources[Kind.OUTLINED] = {name: replace(source, mask=outlines[name]) for name, source in plain.items() if name in outlines}
    sources[Kind.LANDMARKED] = {name: source for name, source in plain.items() if name in landmarks}
    sources[Kind.NO_HAND] = {
        name: Source(image, 1.0) for name, image in read_not_hands(material.not_hands, Split.TRAIN).items()
    }
    for kind in (Kind.OUTLINED, Kind.LANDMARKED):
        if not sources[kind]:
            raise InputError(
                f"Expected {kind} films among the {len(films)} training films of {material.films.name}, found none."
            )
    return Pools(sources)


def _source(display: NDArray[np.uint8], landmarks: NDArray[np.float64] | None) -> Source:
    """A film reduced to a square."""
    height, width = display.shape
    square = cv2.resize(display, (SOURCE_PX, SOURCE_PX), interpolation=cv2.INTER_AREA)
    return Source(np.asarray(square, np.uint8), width / height, None, landmarks)


def train_finder(
    material: Material, run: Path, study: FinderStudy | None = None, hardware: Hardware | None = None
) -> nn.Module:
    """Train the hand finder, or continue a stopped run."""
    study = study or FinderStudy()
    batches = SceneBatches(scene_pools(material), study.batch_size, study.schedule.seed)
    return fit(Task(HandFinder, batches, finder_loss), study.schedule, run, hardware)
