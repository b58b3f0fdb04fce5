"""Patches by class, and the label map: one pass equals the sliding window."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from openboneage.learn.batches import batch_at
from openboneage.learn.networks.lenet5 import LeNet5
from openboneage.learn.patches import ClassifiedFilm, PatchBatches, as_input, label_map, label_map_by_sliding, patch_loss

SQUARE = np.random.default_rng(0).integers(0, 255, (8, 8), np.uint8).repeat(8, 0).repeat(8, 1)


@pytest.mark.parametrize("patch_px", [16, 24, 32, 40, 64])
@pytest.mark.parametrize("stride_px", [2, 4, 8, 16])
def test_one_pass_equals_the_sliding_window(patch_px: int, stride_px: int) -> None:
    torch.manual_seed(patch_px)
    network = LeNet5(patch_px, 5).eval()
    with torch.no_grad():  # so that classes differ from place to place
        network.last.bias -= network(as_input(np.pad(SQUARE, 24)[None])).mean(dim=(0, 2, 3))

    found = label_map(network, SQUARE, stride_px)

    assert found.shape == (64 // stride_px, 64 // stride_px)
    assert np.array_equal(found, label_map_by_sliding(network, SQUARE, stride_px))
    assert len(np.unique(found)) > 1


def film(name: str, classes: np.ndarray) -> ClassifiedFilm:
    return ClassifiedFilm(name, (40 * (1 + classes)).astype(np.uint8), classes.astype(np.int8))


@pytest.fixture
def batches() -> PatchBatches:
    first, second = np.full((64, 64), -1), np.full((64, 64), -1)
    first[:, :30], second[:, :30], second[40:, 40:] = 0, 0, 1
    return PatchBatches([film("a", first), film("b", second)], 16, 20, 2, seed=1)


def test_every_class_has_as_many_patches(batches: PatchBatches) -> None:
    batch = batch_at(batches, 0)

    assert batch["image"].shape == (20, 1, 16, 16)
    assert torch.bincount(batch["label"]).tolist() == [10, 10]


def test_the_centre_of_a_patch_has_its_class(batches: PatchBatches) -> None:
    batch = batch_at(batches, 3)

    centre = (batch["image"][:, 0, 8, 8] + 2) * 63.75
    torch.testing.assert_close(centre, 40.0 * (1 + batch["label"]))


def test_films_with_other_classes_are_other_data(batches: PatchBatches) -> None:
    other = PatchBatches(batches.films[:1], 16, 20, 2, seed=1)

    assert batches.data_digest() != other.data_digest()
    assert batches.settings["patch_px"] == 16


def test_the_loss_falls_where_the_class_is_certain(batches: PatchBatches) -> None:
    batch = batch_at(batches, 0)
    right = torch.nn.functional.one_hot(batch["label"], 2)[:, :, None, None] * 20.0

    assert float(patch_loss(lambda _: right, batch)) < 1e-3 < float(patch_loss(lambda _: -right, batch))  # type: ignore[arg-type]
