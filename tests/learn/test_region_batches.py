"""Films for the detectors: the hand alone on a square, its boxes with it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openboneage.batch.choice import executor_of
from openboneage.bones.names import RUS
from openboneage.datasets.film_set import Film
from openboneage.datasets.region_boxes import RegionBoxes
from openboneage.datasets.splits import Split
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.learn.batches import batch_at
from openboneage.learn.region_batches import RegionBatches, RegionFilm, on_square, prepare_region_films, region_loss
from openboneage.reading.radiograph import Radiograph
from openboneage.reading.read import read
from openboneage.subject import Sex
from openboneage.weights.registry import ModelSet
from tests.tiny_rsna import EXAMPLES

BOXES = RegionBoxes(np.tile((0.2, 0.4, 0.3, 0.5), (13, 1)), np.ones(13, bool))


class OneFilm:
    """A data set of one example film."""

    name, layout, learned_from = "example", "one film", frozenset[Split]()
    films = (Film("7043", Sex.FEMALE, 156.0, Split.TRAIN), Film("none", Sex.MALE, 90.0, Split.TRAIN))

    def radiograph(self, film: Film) -> Radiograph:
        return read(EXAMPLES / f"{film.id}.png")


@cache
def prepared() -> RegionFilm:
    finder = ModelSet.find().card(HAND_FINDER.name)
    return prepare_region_films(OneFilm(), {"7043": BOXES}, finder, 96, executor_of(1))[0]


def test_only_the_hand_is_left_and_boxes_move_with_the_film() -> None:
    film = prepared()
    height, width = OneFilm().radiograph(OneFilm.films[0]).display.shape
    covered = np.array([96 * width / height, 96.0])

    assert film.id == "7043"
    assert film.boxes[0] == pytest.approx(np.array([0.2, 0.4, 0.3, 0.5]) * np.tile(covered, 2), abs=0.5)
    assert not film.image[:3].any()
    assert film.image[40:60].any()


def test_a_film_is_reduced_into_the_corner() -> None:
    square, covered = on_square(np.full((40, 20), 7, np.uint8), 10)

    assert covered == (5, 10)
    assert (square[:, :5] == 7).all()
    assert not square[:, 5:].any()


class Spy(nn.Module):
    """Remembers what a detector gets."""

    def forward(self, images: list[Tensor], targets: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        self.seen = images, targets
        return {"boxes": torch.tensor(1.5), "labels": torch.tensor(2.0)}


def test_a_detector_gets_colour_images_and_labelled_boxes() -> None:
    spy, batches = Spy(), RegionBatches([prepared(), prepared()], 2, seed=1)

    loss = region_loss(spy, batch_at(batches, 0))

    images, targets = spy.seen
    assert loss == 3.5
    assert [tuple(image.shape) for image in images] == [(3, 96, 96)] * 2
    assert targets[0]["labels"].tolist() == list(range(1, len(RUS) + 1))
    assert targets[0]["boxes"].numpy() == pytest.approx(prepared().boxes, abs=1e-4)
    assert batches.settings == {"batch_size": 2, "size_px": 96}
    assert batches.data_digest() != RegionBatches([prepared()], 1, seed=1).data_digest()
