"""The bone finder has the maps that its card describes."""

from __future__ import annotations

import pytest
import torch

from openboneage.bones.maps import BOX_CHANNELS, CELL_PX, CLASS_CHANNELS
from openboneage.bones.names import JOINTS
from openboneage.learn.networks.bone_finder import BoneFinder


@pytest.mark.parametrize("height", [128, 160])
def test_maps_cover_the_picture(height: int) -> None:
    network = BoneFinder((8, 8, 8, 8))

    maps = network(torch.rand(2, 1, height, height * 3 // 4))

    size = height // CELL_PX, height * 3 // 4 // CELL_PX
    assert [each.shape for each in maps] == [(2, count, *size) for count in (CLASS_CHANNELS, len(JOINTS), len(BOX_CHANNELS))]


def test_gradients_reach_every_parameter() -> None:
    network = BoneFinder((8, 8, 8, 8))

    sum(each.square().sum() for each in network(torch.rand(2, 1, 64, 64))).backward()

    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in network.parameters())
