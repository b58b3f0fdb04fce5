"""Parts of the models of precise-BAA 2022."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from openboneage.learn.networks.level_net import BoneAttention, LevelNet
from openboneage.learn.networks.recursive_pyramid import AtrousPooling, RecursivePyramid
from openboneage.learn.networks.switchable import SwitchableAtrousConv2d, make_switchable


@pytest.mark.parametrize("stride", [1, 2])
def test_the_switchable_convolution_starts_as_the_plain_one(stride: int) -> None:
    plain, x = nn.Conv2d(4, 6, 3, stride, padding=1), torch.randn(2, 4, 9, 12)

    assert SwitchableAtrousConv2d(plain)(x).detach() == pytest.approx(plain(x).detach(), abs=1e-6)


def test_without_delta_and_at_rate_1_every_switch_gives_the_plain_convolution() -> None:
    plain, x = nn.Conv2d(4, 6, 3, padding=1), torch.randn(2, 4, 9, 12)
    layer = SwitchableAtrousConv2d(plain, rate=1)
    nn.init.normal_(layer.switch.weight)

    assert layer(x).detach() == pytest.approx(plain(x).detach(), abs=1e-5)


def test_the_closed_switch_gives_the_atrous_convolution_with_delta() -> None:
    plain, x = nn.Conv2d(1, 1, 3, padding=1, bias=False), torch.zeros(1, 1, 15, 15)
    x[..., 7, 7] = 1
    layer = SwitchableAtrousConv2d(plain)
    nn.init.zeros_(layer.switch.bias)  # type: ignore[arg-type]
    nn.init.ones_(layer.delta)

    answer = layer(x)[0, 0].detach()

    places = torch.nonzero(answer)
    assert sorted(set(places[:, 0].tolist())) == [4, 7, 10]
    assert answer[4:11:3, 4:11:3].flip(0, 1) == pytest.approx((plain.weight[0, 0] + 1).detach(), abs=1e-6)


def test_only_3_x_3_convolutions_are_replaced() -> None:
    network = make_switchable(nn.Sequential(nn.Conv2d(1, 2, 1), nn.Sequential(nn.Conv2d(2, 2, 3, padding=1)), nn.ReLU()))

    assert [type(part).__name__ for part in (network[0], network[1][0])] == [  # type: ignore[index]
        "Conv2d",
        "SwitchableAtrousConv2d",
    ]


def test_atrous_pooling_keeps_the_shape() -> None:
    assert AtrousPooling(10)(torch.randn(2, 10, 7, 9)).shape == (2, 10, 7, 9)


def small_pyramid() -> RecursivePyramid:
    stages = [nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 8, 3, 2, 1)]
    return RecursivePyramid(nn.Conv2d(1, 3, 3, padding=1), stages, (4, 8), 8)


def test_the_recursive_pyramid_starts_as_a_plain_one() -> None:
    net, image = small_pyramid(), torch.randn(2, 1, 32, 24)

    levels, plain = net(image), net.pyramid(net._stages(net.stem(image), None))

    assert [tuple(level.shape) for level in levels] == [(2, 8, 16, 12), (2, 8, 8, 6)]
    for level, expected in zip(levels, plain, strict=True):
        assert level.detach() == pytest.approx(expected.detach(), abs=1e-6)


def test_the_second_pass_sees_the_features_of_the_first() -> None:
    net, image = small_pyramid(), torch.randn(1, 1, 32, 24)
    before = net(image)
    for part in net.feedback:
        nn.init.normal_(part.weight)  # type: ignore[arg-type]

    assert not torch.allclose(net(image)[0], before[0])


def test_every_parameter_of_the_recursive_pyramid_gets_a_gradient() -> None:
    net = small_pyramid()

    torch.stack([level.square().mean() for level in net(torch.randn(1, 1, 32, 24))]).sum().backward()

    assert [name for name, value in net.named_parameters() if value.grad is None] == []


def test_equal_bones_share_their_attention_equally() -> None:
    features, weights = BoneAttention(6, 4)(torch.randn(1, 1, 6).expand(2, 13, 6))

    assert features.shape == (2, 13, 6)
    assert weights.detach() == pytest.approx(torch.full((2, 13, 13), 1 / 13), abs=1e-6)


class MeanAndSpread(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x.mean((1, 2, 3)), x.std((1, 2, 3))], dim=1)


def test_the_level_net_gives_each_bone_its_levels_and_keeps_the_attention() -> None:
    net = LevelNet(MeanAndSpread(), 2, (15, 13, 11), inner=2)

    logits, attention = net(torch.rand(4, 3, 1, 16, 16))

    assert [tuple(each.shape) for each in logits] == [(4, 15), (4, 13), (4, 11)]
    assert attention.detach().sum(-1) == pytest.approx(torch.ones(4, 3), abs=1e-6)
