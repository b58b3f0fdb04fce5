"""BoNet: its rows, its deformation layer, and answers over a whole picture."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from openboneage.errors import InputError
from openboneage.learn.networks.bonet import BoNet, BoNetShape, Deformation, OverFeat


@pytest.mark.parametrize("deformation", [None, 0, 2])
@pytest.mark.parametrize("convolutions", [3, 6])
def test_crops_and_whole_pictures_have_an_answer(convolutions: int, deformation: int | None) -> None:
    network = BoNet(BoNetShape((4,) * convolutions, deformation), crop_px=128, neurons=8)

    assert network(torch.rand(2, 1, 128, 128)).shape == (2, 1)
    assert network(torch.rand(2, 1, 195, 146)).shape == (2, 1)


def test_the_answer_of_a_picture_is_the_mean_over_its_places() -> None:
    network = BoNet(BoNetShape((4, 4)), crop_px=32, neurons=8).eval()
    picture = torch.rand(1, 1, 64, 32)

    with torch.no_grad():
        answers = network.head(network.blocks(picture))
        mean = network(picture)

    assert answers.shape[2:] == (5, 1)
    assert not torch.allclose(mean, answers[:, :, 0, 0])


def test_the_deformation_starts_as_the_identity_and_learns() -> None:
    layer, maps = Deformation(3), torch.rand(2, 3, 24, 16)

    moved = layer(maps)
    moved[:, :, :12].sum().backward()

    torch.testing.assert_close(moved, maps, atol=1e-5, rtol=1e-4)
    assert layer.parameters_of.bias.grad is not None
    assert layer.parameters_of.bias.grad.abs().sum() > 0


def test_the_deformation_is_an_affine_of_the_map() -> None:
    layer, maps = Deformation(1), torch.rand(1, 1, 20, 12)
    affine = torch.tensor([[0.8, 0.1, 0.2], [-0.1, 1.1, -0.3]])
    with torch.no_grad():
        layer.parameters_of.bias.copy_(affine.flatten())

    expected = F.grid_sample(
        maps, F.affine_grid(affine[None], [1, 1, 20, 12], align_corners=False), padding_mode="border", align_corners=False
    )

    torch.testing.assert_close(layer(maps), expected, atol=1e-5, rtol=1e-4)


def test_the_layer_needs_a_place() -> None:
    with pytest.raises(InputError, match="before one of 2 convolutions, got 2"):
        BoNetShape((4, 4), 2)
    assert BoNetShape((4, 4), 0).name == "4-4_input"
    assert BoNetShape((4, 4)).name == "4-4_no"


@pytest.mark.parametrize(("layer", "features"), [(1, 48), (2, 64)])
def test_overfeat_has_two_connected_layers(layer: int, features: int) -> None:
    assert OverFeat(layer, width=1 / 64)(torch.rand(2, 1, 110, 96)).shape == (2, features)
