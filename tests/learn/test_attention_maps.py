"""Maps find the place that a network looks at; Smooth Grad-CAM++ is its formula, by automatic differentiation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from openboneage.learn.attention_maps import (
    SmoothSettings,
    deconvolution,
    grad_cam,
    occlusion,
    smooth_grad_cam_pp,
    strongest_feature,
)


class Looker(nn.Module):
    """The brightness of a square, through two convolutions that keep it in place."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.ReLU())
        look = torch.zeros(1, 2, 16, 12)
        look[:, :, 4:8, 6:10] = 0.1
        self.look = nn.Parameter(look)
        with torch.no_grad():
            self.layer[0].weight.fill_(0.1)  # type: ignore[operator]
            self.layer[0].bias.zero_()  # type: ignore[operator]

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        brightness: torch.Tensor = (self.layer(image) * self.look).sum(dim=(1, 2, 3))[:, None]
        return brightness


IMAGE = 0.5 + torch.rand(1, 1, 16, 12, generator=torch.Generator().manual_seed(1)) / 2
INSIDE = np.zeros((16, 12), bool)
INSIDE[:11, 2:] = True
"""The square, with the reach of the convolution and of a patch around it."""


@pytest.mark.parametrize("method", ["occlusion", "deconvolution", "strongest feature"])
def test_the_place_is_found(method: str) -> None:
    network = Looker()
    bright = IMAGE * 0.01
    bright[:, :, 4:8, 6:10] = 1.0
    found = {
        "occlusion": lambda: occlusion(network, IMAGE, 0, patch=0.2, stride=0.1),
        "deconvolution": lambda: deconvolution(network, IMAGE, 0),
        "strongest feature": lambda: strongest_feature(network.layer, bright),
    }[method]()

    assert found.shape == (16, 12)
    assert np.abs(found)[INSIDE].sum() > 0.99 * np.abs(found).sum() > 0


def test_grad_cam_weighs_channels_by_their_mean_gradient() -> None:
    network = Looker()

    found = grad_cam(network, network.layer, IMAGE, 0)

    activation = network.layer(IMAGE)[0]
    weights = network.look[0].mean(dim=(1, 2), keepdim=True)
    np.testing.assert_allclose(found, (weights * activation).sum(0).detach(), rtol=1e-4)


def test_smooth_grad_cam_pp_is_its_formula() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU()), nn.Flatten(), nn.Linear(3 * 16, 2)).double()
    image = torch.rand(1, 1, 6, 6, dtype=torch.float64)
    how = SmoothSettings(samples=3, noise=0.2, seed=4)

    found = smooth_grad_cam_pp(network, network[0], image, 1, how)

    noise = torch.randn(3, 1, 6, 6, generator=torch.Generator().manual_seed(4))
    copies = image + 0.2 * float(image.max() - image.min()) * noise
    derivatives = torch.stack([_three_derivatives(network, copy[None]) for copy in copies]).mean(dim=0)
    first, second, third = derivatives
    activation = network[0](image)[0].detach()
    alpha = second / (2 * second + activation.sum(dim=(1, 2), keepdim=True) * third)
    weights = (alpha * first.relu()).sum(dim=(1, 2), keepdim=True)
    expected = (weights * activation).sum(dim=0).relu()
    enlarged = nn.functional.interpolate(expected[None, None], (6, 6), mode="bilinear")[0, 0]
    np.testing.assert_allclose(found, enlarged, rtol=1e-4)


def _three_derivatives(network: nn.Sequential, image: torch.Tensor) -> torch.Tensor:
    """First, second and third derivative of exp(answer) by each element of the layer's map, one by one."""
    maps = network[0](image).detach()
    found = torch.zeros(3, *maps.shape[1:], dtype=torch.float64)
    for place in np.ndindex(*maps.shape[1:]):
        value = maps[(0, *place)].clone().requires_grad_()
        changed = maps.clone()
        changed[(0, *place)] = value
        result = network[2](network[1](changed))[0, 1].exp()
        for order in range(3):
            (result,) = torch.autograd.grad(result, value, create_graph=True)
            found[(order, *place)] = result.detach()
    return found


def test_a_layer_without_gradient_gives_an_empty_map() -> None:
    network = Looker()
    with torch.no_grad():
        network.look.zero_()

    assert not smooth_grad_cam_pp(network, network.layer, IMAGE, 0).any()
