"""Answers of the papers' networks as distributions over months, and their networks."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from openboneage.errors import InputError

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.learn.networks.feature_nets import Pooled, Start, feature_maps, googlenet_body, grey_first_layer
from openboneage.learn.networks.study_model import GreyPhotograph, MonthsReadout, StudyModel, YearsReadout

MONTHS = torch.arange(229.0)


def test_a_number_becomes_a_bell_with_that_mean() -> None:
    readout = MonthsReadout(mean_months=100, sd_months=40, error_months=12)

    logits = readout(torch.tensor([[-9.0], [-2], [0], [1], [3]]))

    means = logits.softmax(-1) @ MONTHS
    assert means.tolist() == pytest.approx([0, 20, 100, 140, 220], abs=1)
    spread = (logits[2].softmax(-1) @ (MONTHS - 100) ** 2).sqrt()
    assert float(spread) == pytest.approx(12, rel=0.01)


def test_years_spread_over_their_months() -> None:
    answer = torch.full((1, 14), -20.0)
    answer[0, 0], answer[0, 13] = 2.0, 2.0

    probabilities = YearsReadout(5, 18)(answer).softmax(-1)[0]

    assert float(probabilities[60:72].sum()) == pytest.approx(0.5, abs=1e-4)
    assert float(probabilities[216:].sum()) == pytest.approx(0.5, abs=1e-4)
    assert float(probabilities[60]) == pytest.approx(0.5 / 12, abs=1e-4)
    assert float(probabilities[:60].sum()) < 1e-6


def test_the_picture_is_padded_and_each_sex_has_its_network() -> None:
    class Width(nn.Module):
        def __init__(self, factor: float) -> None:
            super().__init__()
            self.factor = factor

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            assert image.shape[2] == image.shape[3]
            return image.mean(dim=(2, 3)) * self.factor

    readout = MonthsReadout(0, 1, 5)
    both = StudyModel([Width(100), Width(200)], [readout, readout], (4, 4))
    one = StudyModel([Width(100)], [readout], (4, 4))
    picture = torch.full((1, 1, 32, 24), 1.25)  # brighter than 1 is 1

    assert (both(picture).softmax(-1) @ MONTHS)[0].tolist() == pytest.approx([75, 150], abs=0.5)
    assert (one(picture).softmax(-1) @ MONTHS)[0].tolist() == pytest.approx([75, 75], abs=0.5)


@pytest.mark.parametrize(("name", "channels"), [("googlenet", 1024), ("mobilenet-v2", 1280), ("resnet50", 2048)])
def test_networks_give_feature_maps(name: str, channels: int) -> None:
    maps, count = feature_maps(name, Start())

    with torch.no_grad():
        features = Pooled(maps).eval()(torch.rand(1, 1, 64, 64))

    assert (count, features.shape) == (channels, (1, channels))


def test_weights_come_from_a_file(tmp_path: Path) -> None:
    first, _ = feature_maps("resnet50", Start())
    state = first.body.network.state_dict()  # type: ignore[union-attr]
    torch.save({**state, "fc.weight": torch.zeros(1000, 2048)}, tmp_path / "weights.pt")
    start = Start(str(tmp_path / "weights.pt"))

    second, _ = feature_maps("resnet50", start)

    assert start.words == "weights weights.pt"
    pairs = zip(first.parameters(), second.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_wrong_weights_are_refused(tmp_path: Path, backbone: Path) -> None:
    torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "part.pt")

    with pytest.raises(InputError, match=r"all weights of resnet50 in .*, but it lacks \d+"):
        feature_maps("resnet50", Start(str(tmp_path / "part.pt")))
    with pytest.raises(InputError, match=r"weights of googlenet from .*, but they cannot be read"):
        googlenet_body(Start(str(tmp_path / "absent.pt")))
    with pytest.raises(InputError, match=r"one of the networks vgg16, .*, got 'lenet'"):
        feature_maps("lenet", Start())
    with pytest.raises(InputError, match=r"TFLite file of MobileNetV2, found none at absent\.tflite"):
        feature_maps("mobilenet-v2", Start("absent.tflite"), torch.rand(2, 1, 64, 64))
    maps, _ = feature_maps("mobilenet-v2", Start(str(backbone)), torch.rand(2, 1, 64, 64))
    assert maps(torch.rand(1, 1, 64, 64)).shape == (1, 1280, 2, 2)


def test_a_grey_first_layer_has_the_mean_filters() -> None:
    colour, image = nn.Conv2d(3, 4, 5, padding=2), torch.rand(1, 1, 9, 9)

    grey = grey_first_layer(colour)

    torch.testing.assert_close(grey(image) * 3, colour(image.expand(-1, 3, -1, -1)) + 2 * colour.bias[None, :, None, None])  # type: ignore[index]


def test_a_grey_photograph_is_normalised() -> None:
    image = torch.full((1, 1, 2, 2), 0.5)

    assert GreyPhotograph((0.5, 0.25, 0.5), (0.5, 0.25, 1.0))(image)[0, :, 0, 0].tolist() == [0.0, 1.0, 0.0]
    assert GreyPhotograph((0.2, 0.3, 0.4), (0.1, 0.2, 0.3), channels=1)(image).flatten().tolist() == pytest.approx([1.0] * 4)
