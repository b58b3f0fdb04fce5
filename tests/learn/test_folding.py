"""Folding: the same function without normalisations, where a normalisation is the only user of its convolution."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from openboneage.learn.folding import norms_folded
from openboneage.learn.networks.age_net import AgeNet


class UsedTwice(nn.Module):
    """A convolution whose output goes into a normalisation and past it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, bias=False)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        normalised: Tensor = self.norm(y)
        return normalised + y


def lived_in(network: nn.Module) -> nn.Module:
    """The network with norms that are not those of a new one, which do next to nothing."""
    torch.manual_seed(0)
    for norm in norms_of(network):
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.normal_(norm.bias, std=0.2)
        norm.get_buffer("running_mean").normal_(std=0.2)
        norm.get_buffer("running_var").uniform_(0.5, 1.5)
    return network


def norms_of(network: nn.Module) -> list[nn.BatchNorm2d]:
    return [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]


def age_net() -> nn.Module:
    return lived_in(AgeNet(widths=(4, 6, 8, 8), depths=(0, 1, 2, 1)))


def evaluated(network: nn.Module, size_px: tuple[int, int] = (128, 96)) -> Tensor:
    with torch.no_grad():
        answers: Tensor = network.eval()(torch.rand(2, 1, *size_px, generator=torch.Generator().manual_seed(1)))
    return answers


def test_a_folded_network_answers_as_before_without_norms() -> None:
    network = age_net()

    folded = norms_folded(network)

    assert norms_of(network)
    assert not norms_of(folded)
    torch.testing.assert_close(evaluated(folded), evaluated(network), rtol=1e-5, atol=1e-5)


def test_a_convolution_that_is_used_twice_is_not_folded() -> None:
    network = lived_in(UsedTwice())

    folded = norms_folded(network)

    assert len(norms_of(folded)) == 1
    assert torch.equal(folded.get_parameter("conv.weight"), network.get_parameter("conv.weight"))
    torch.testing.assert_close(evaluated(folded, (8, 8)), evaluated(network, (8, 8)), rtol=1e-5, atol=1e-5)


def test_the_given_network_is_not_changed() -> None:
    network = age_net().train()
    before = copy.deepcopy(network.state_dict())

    norms_folded(network)

    assert network.training
    after = network.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[key], before[key]) for key in before)
