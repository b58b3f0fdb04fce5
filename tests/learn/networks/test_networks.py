"""The two networks: shapes, finite answers, size."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from openboneage.learn.networks.age_net import AGE_BINS, AgeNet
from openboneage.learn.networks.hand_finder import HandFinder

PACKAGE_BYTES = 6_000_000
"""Weights of both, at a byte each."""


@pytest.mark.parametrize("batch", [1, 3])
def test_finder_gives_maps_and_head(batch: int) -> None:
    maps, head = HandFinder(widths=(8, 12, 16, 20)).eval()(torch.rand(batch, 2, 128, 128))

    assert (maps.shape, head.shape) == ((batch, 5, 128, 128), (batch, 4))


@pytest.mark.parametrize("batch", [1, 3])
def test_age_net_gives_months_for_both_sexes(batch: int) -> None:
    logits = AgeNet(widths=(8, 8, 12, 12), depths=(0, 1, 1, 1)).eval()(torch.rand(batch, 1, 128, 96))

    assert logits.shape == (batch, 2, AGE_BINS)


@pytest.mark.parametrize(("build", "channels", "width"), [(HandFinder, 2, 128), (AgeNet, 1, 96)])
@pytest.mark.parametrize("value", [0.0, 1.0, 1.25])
def test_flat_images_give_finite_answers(build: type[nn.Module], channels: int, width: int, value: float) -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        answers = build().eval()(torch.full((1, channels, 128, width), value))

    assert all(torch.isfinite(answer).all() for answer in (answers if isinstance(answers, tuple) else (answers,)))


def test_an_untrained_net_knows_no_sex() -> None:
    girl, boy = AgeNet(widths=(8, 8, 12, 12), depths=(0, 1, 1, 1)).eval()(torch.rand(1, 1, 128, 96))[0]

    assert torch.equal(girl, boy)


def test_dropping_paths_is_for_training_only() -> None:
    torch.manual_seed(0)
    net, image = AgeNet(widths=(8, 8, 12, 12), depths=(0, 2, 1, 1), drop_path=0.5), torch.rand(2, 1, 128, 96)

    assert torch.equal(net.eval()(image), net(image))
    assert not torch.equal(net.train()(image), net(image))


def test_all_fit_into_the_package() -> None:
    parameters = sum(p.numel() for build in (HandFinder, AgeNet) for p in build().parameters())

    assert parameters < PACKAGE_BYTES
