"""Pictures are squares of what the program draws; changes are drawn first and applied purely."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from openboneage.errors import InputError
from openboneage.hand import geometry
from openboneage.hand.drawing import DEFAULT_PICTURE, draw_picture
from openboneage.learn.hands import TrainingHand, prepared
from openboneage.learn.pictures import (
    UNCHANGED,
    Change,
    PictureBatches,
    Pictures,
    changed,
    hand_pictures,
    outputs_of,
    unchanged,
)
from tests import hands
from tests.learn.made_pictures import made_pictures


def test_pictures_are_those_of_the_program_in_a_square() -> None:
    hand, spec = hands.examined("7043").hand, DEFAULT_PICTURE
    drawn = draw_picture(hand, spec)

    pictures = hand_pictures([TrainingHand("7043", prepared(hand, spec), 156.0, 0)], spec)

    assert pictures.pixels.shape == (1, 256, 256)
    assert not pictures.pixels[0][:, :32].any()
    assert not pictures.pixels[0][:, -32:].any()
    apart = np.abs(pictures.pixels[0][:, 32:-32] / 255 - np.clip(drawn, 0, 1))
    assert apart.mean() < 0.02
    assert (pictures.ids, pictures.age_months.tolist(), pictures.sex.tolist()) == (("7043",), [156.0], [0])


def test_no_hands_are_refused() -> None:
    with pytest.raises(InputError, match="hands to draw, got none"):
        hand_pictures([], DEFAULT_PICTURE)


def test_a_change_moves_turns_and_brightens() -> None:
    picture = np.zeros((40, 40), np.uint8)
    picture[10:14, 20:24] = 200

    moved = changed(picture, Change.of(geometry.translation(0.25, 0), gain=0.5, offset=0.1))
    mirrored = changed(picture, Change.of(geometry.scaling(-1, 1)))

    assert moved[12, 32] == pytest.approx(0.5 * 200 / 255 + 0.1)
    assert moved[12, 22] == pytest.approx(0.1)
    np.testing.assert_allclose(mirrored, picture[:, ::-1] / 255, atol=1e-6)
    np.testing.assert_allclose(changed(picture, UNCHANGED), picture / 255, atol=1e-6)


def test_some_of_the_pictures_are_chosen() -> None:
    pictures = made_pictures(6)

    girls = pictures.chosen(pictures.sex == 0)

    assert girls.ids == ("0", "2", "4")
    assert pictures.chosen([5, 1]).age_months.tolist() == pictures.age_months[[5, 1]].tolist()
    assert len({pictures.digest(), girls.digest(), made_pictures(6).digest()}) == 2


def test_every_epoch_has_each_picture_once() -> None:
    batches = PictureBatches(made_pictures(6), unchanged, 3, 1)

    numbers = [number for step in range(2) for number, _ in batches.draw(step)]
    batch = batches.render(batches.draw(1))

    assert sorted(numbers) == list(range(6))
    assert batch["image"].shape == (3, 1, 16, 16)
    assert batch["age_months"].tolist() == made_pictures(6).age_months[numbers[3:]].tolist()


def test_outputs_are_in_order_and_the_network_keeps_its_mode() -> None:
    class Mean(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.factor = nn.Parameter(torch.tensor(255.0))

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return image.mean(dim=(2, 3)) * self.factor

    network, pictures = Mean().train(), made_pictures(5)

    found = outputs_of(network, pictures, batch_size=2)

    np.testing.assert_allclose(found[:, 0], pictures.pixels.mean(axis=(1, 2)), rtol=1e-4)
    assert network.training
    assert isinstance(pictures, Pictures)
