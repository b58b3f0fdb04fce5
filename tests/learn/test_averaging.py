"""The mean of several networks' weights."""

from __future__ import annotations

import torch
from torch import nn

from openboneage.learn.averaging import averaged


def test_weights_are_averaged_and_the_networks_left_alone() -> None:
    low, high = nn.Linear(2, 1), nn.Linear(2, 1)
    for network, value in ((low, 1.0), (high, 4.0)):
        for parameter in network.parameters():
            nn.init.constant_(parameter, value)

    mean = averaged([low, low, high])

    assert all(torch.equal(parameter, torch.full_like(parameter, 2.0)) for parameter in mean.parameters())
    assert all(torch.equal(parameter, torch.ones_like(parameter)) for parameter in low.parameters())


def test_one_network_is_its_own_mean() -> None:
    network = nn.Linear(3, 2)

    assert all(torch.equal(a, b) for a, b in zip(averaged([network]).parameters(), network.parameters(), strict=True))


def test_norms_are_averaged_with_their_statistics() -> None:
    low, high = nn.BatchNorm2d(2), nn.BatchNorm2d(2)
    for norm, mean, steps in ((low, 1.0, 4), (high, 3.0, 8)):
        nn.init.constant_(norm.get_buffer("running_mean"), mean)
        norm.get_buffer("num_batches_tracked").fill_(steps)

    middle = averaged([low, high])

    assert torch.equal(middle.get_buffer("running_mean"), torch.tensor([2.0, 2.0]))
    assert int(middle.get_buffer("num_batches_tracked")) in (4, 6, 8)
