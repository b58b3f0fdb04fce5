"""The networks: shapes, finite answers, size."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from openboneage.learn.networks.age_head import AGE_BINS
from openboneage.learn.networks.age_net import AgeNet
from openboneage.learn.networks.ensemble import Ensemble
from openboneage.learn.networks.hand_finder import HandFinder
from openboneage.learn.networks.mobile_age_net import MobileAgeNet

PACKAGE_BYTES = 9_000_000
"""Weights of all, at a byte each."""
SMALL: dict[str, Callable[[], nn.Module]] = {
    "from nothing": lambda: AgeNet(widths=(8, 8, 12, 12), depths=(1, 2, 1, 1), drop_path=0.5),
    "from photographs": lambda: MobileAgeNet(drop_path=0.5),
}


@pytest.mark.parametrize("batch", [1, 3])
def test_finder_gives_maps_and_head(batch: int) -> None:
    finder = HandFinder(widths=(8, 12, 16, 20)).eval()

    maps, head = finder(torch.rand(batch, 2, 128, 128))

    assert (maps.shape, head.shape) == ((batch, 5, 128, 128), (batch, 4))


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("batch", "height", "width"), [(1, 128, 96), (3, 96, 72), (2, 101, 67)])
def test_age_nets_give_months_for_both_sexes_at_any_size(name: str, batch: int, height: int, width: int) -> None:
    logits = SMALL[name]().eval()(torch.rand(batch, 1, height, width))

    assert logits.shape == (batch, 2, AGE_BINS)


@pytest.mark.parametrize(("build", "channels", "width"), [(HandFinder, 2, 128), (AgeNet, 1, 96), (MobileAgeNet, 1, 96)])
@pytest.mark.parametrize("value", [0.0, 1.0, 1.25])
def test_flat_images_give_finite_answers(build: type[nn.Module], channels: int, width: int, value: float) -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        answers = build().eval()(torch.full((1, channels, 128, width), value))

    assert all(torch.isfinite(answer).all() for answer in (answers if isinstance(answers, tuple) else (answers,)))


@pytest.mark.parametrize("name", SMALL)
def test_an_untrained_net_is_independent_of_sex(name: str) -> None:
    girl, boy = SMALL[name]().eval()(torch.rand(1, 1, 128, 96))[0]

    assert torch.equal(girl, boy)


@pytest.mark.parametrize("name", SMALL)
def test_dropping_paths_is_for_training_only(name: str) -> None:
    torch.manual_seed(0)
    net, image = SMALL[name](), torch.rand(2, 1, 128, 96)

    assert torch.equal(net.eval()(image), net(image))
    assert not torch.equal(net.train()(image), net(image))


@pytest.mark.parametrize(("size", "grid"), [((160, 120), (5, 4)), ((96, 72), (3, 3)), ((224, 224), (7, 7))])
def test_mobile_layers_reduce_any_size_as_tensorflow_pads(size: tuple[int, int], grid: tuple[int, int]) -> None:
    net = MobileAgeNet().eval()

    assert net.trunk(net.stem(torch.rand(1, 3, *size))).shape == (1, 320, *grid)


def test_mobile_age_net_has_the_layers_of_mobilenet() -> None:
    layers = MobileAgeNet().layers

    assert len(layers) == 52
    assert sum(p.numel() for layer in layers for p in layer.parameters()) == 2_223_872, (
        "Sandler et al. 2018, less the classifier"
    )


class Says(nn.Module):
    """A network that gives the same logits for every image."""

    def __init__(self, logits: torch.Tensor) -> None:
        super().__init__()
        self.logits = logits

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.logits.expand(len(image), *self.logits.shape)


def test_an_ensemble_gives_the_mean_of_the_distributions() -> None:
    one, other = torch.randn(2, AGE_BINS), 30 * torch.randn(2, AGE_BINS)
    image = torch.zeros(3, 1, 128, 96)

    said, members = (logits.softmax(-1) for logits in Ensemble([Says(one), Says(other)])(image))
    alone, _ = Ensemble([Says(one)])(image)

    torch.testing.assert_close(said[1], (one.softmax(-1) + other.softmax(-1)) / 2)
    torch.testing.assert_close(members[1], torch.stack([one.softmax(-1), other.softmax(-1)]))
    torch.testing.assert_close(alone.softmax(-1)[0], one.softmax(-1))


def test_an_ensemble_of_sure_networks_stays_finite() -> None:
    low, high = (torch.full((2, AGE_BINS), -1e4).index_fill(1, torch.tensor(month), 0.0) for month in (10, 200))

    said, _ = Ensemble([Says(low), Says(high)])(torch.zeros(1, 1, 128, 96))

    assert torch.isfinite(said).all()
    torch.testing.assert_close(said.softmax(-1)[0, 0, [10, 200]], torch.tensor([0.5, 0.5]))


def test_all_fit_into_the_package() -> None:
    parameters = sum(p.numel() for build in (HandFinder, AgeNet, MobileAgeNet) for p in build().parameters())

    assert parameters < PACKAGE_BYTES
