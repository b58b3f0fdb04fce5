"""Films with masks: preparation, batches, loss, and masks from networks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from openboneage.learn.batches import batch_at
from openboneage.learn.mask_batches import MaskBatches, MaskFilm, MaskInput, hand_probability, largest_filled, pixel_loss

FILM = np.random.default_rng(0).integers(0, 255, (60, 40), np.uint8)


def test_an_input_has_mean_0_and_sd_1_where_the_film_is() -> None:
    image, covered = MaskInput(32).image(FILM)

    assert covered == (21, 32)
    assert image[:, :21].mean() == pytest.approx(0, abs=1e-5)
    assert image[:, :21].std() == pytest.approx(1, abs=1e-4)
    assert not image[:, 21:].any()


def test_equalisation_comes_first() -> None:
    dim = (FILM / 8).astype(np.uint8)

    assert not np.allclose(MaskInput(32, equalised=True).image(dim)[0], MaskInput(32).image(dim)[0])


def test_a_plain_film_stays_finite() -> None:
    assert np.isfinite(MaskInput(32).image(np.full((40, 40), 7, np.uint8))[0]).all()


def films(count: int = 5) -> list[MaskFilm]:
    drawn = np.zeros((8, 8), np.uint8)
    drawn[2:5] = 255
    return [MaskFilm(str(number), np.full((8, 8), number, np.float32)).drawn(drawn) for number in range(count)]


def test_an_epoch_has_each_film_once() -> None:
    batches = MaskBatches(films(4), 2, seed=1)
    first, second = (batch_at(batches, step) for step in range(2))

    assert first["image"].shape == first["mask"].shape == (2, 1, 8, 8)
    assert set(torch.unique(first["mask"]).tolist()) == {0, 1}
    assert sorted(torch.cat([first["image"], second["image"]])[:, 0, 0, 0].tolist()) == [0, 1, 2, 3]


def test_the_digest_follows_the_masks() -> None:
    other = [*films(4)[:-1], films(4)[-1].drawn(np.zeros((8, 8), np.uint8))]

    assert MaskBatches(films(4), 2, 1).data_digest() != MaskBatches(other, 2, 1).data_digest()
    assert MaskBatches(films(4), 2, 1).settings["size_px"] == 8


def test_the_loss_is_that_of_each_pixel() -> None:
    class Certain(nn.Module):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return torch.full_like(image, 0.0)

    loss = pixel_loss(Certain(), batch_at(MaskBatches(films(4), 2, 1), 0))

    assert float(loss) == pytest.approx(np.log(2), rel=1e-5)


def test_a_probability_lies_on_the_film() -> None:
    class Bright(nn.Module):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return 20 * image

    film = np.zeros((64, 48), np.uint8)
    film[:, 24:] = 200

    maps = hand_probability([Bright(), Bright()], MaskInput(32), film)

    assert maps.shape == (2, 64, 48)
    assert (maps[:, :, 30:] > 0.9).all()
    assert (maps[:, :, :18] < 0.1).all()


def test_the_largest_part_is_kept_and_filled() -> None:
    mask = np.zeros((40, 40), bool)
    mask[5:25, 5:25] = True
    mask[10:14, 10:14] = False
    mask[30:35, 30:35] = True

    found = largest_filled(mask)

    assert found[5:25, 5:25].all()
    assert found.sum() == 400
    assert not largest_filled(np.zeros((4, 4), bool)).any()
