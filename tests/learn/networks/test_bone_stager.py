"""The bone stager's network: ordered levels, one bone does not see another, and a file that its role reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from openboneage.bones.stager_card import BONE_STAGER, MONTHS, STEPS
from openboneage.learn.export import export_onnx
from openboneage.learn.networks.bone_stager import BoneStager
from tests.bones.test_stager import card

WIDTHS = (8, 8, 12, 16)


def network() -> BoneStager:
    torch.manual_seed(1)
    return BoneStager(32, WIDTHS, (1, 1, 1, 1)).eval()


def test_levels_are_ordered() -> None:
    levels, ages = network()(torch.rand(3, 13, 32, 32))

    assert levels.shape == (3, 13, STEPS)
    assert ages.shape == (3, 13, 2, len(MONTHS))
    assert (levels.diff(dim=-1) < 0).all()


def test_a_bone_is_read_from_its_own_crop() -> None:
    crops = torch.rand(2, 13, 32, 32)
    other = crops.clone()
    other[:, 3] = torch.rand(2, 32, 32)

    with torch.no_grad():
        (before, _), (after, _) = network()(crops), network()(other)

    changed = (before - after).abs().amax(dim=(0, 2))
    assert (changed > 1e-5).nonzero().flatten().tolist() == [3]


def test_brightness_and_contrast_hardly_matter_and_an_empty_crop_is_finite() -> None:
    crops = torch.rand(1, 13, 32, 32)

    with torch.no_grad():
        plain, darker, empty = (network()(each)[0] for each in (crops, 0.3 + 0.5 * crops, 0 * crops))

    assert darker == pytest.approx(plain, abs=0.2)
    assert empty.isfinite().all()


def test_every_parameter_has_a_gradient() -> None:
    model = network().train()
    levels, ages = model(torch.rand(2, 13, 32, 32))

    (levels.square().mean() + ages.square().mean()).backward()

    assert [name for name, each in model.named_parameters() if each.grad is None or not each.grad.any()] == []


@pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")
def test_the_exported_network_is_read_by_its_role(tmp_path: Path) -> None:
    from dataclasses import replace

    model = BoneStager(16, WIDTHS, (1, 1, 1, 1)).eval()
    example = torch.rand(2, 13, 16, 16)
    sha256 = export_onnx(model, example, tmp_path / "bone-stager.onnx")
    replace(card(), sha256=sha256).write(tmp_path / "bone-stager.json")

    outputs = BONE_STAGER.load(tmp_path / "bone-stager.json", threads=1).run(example.numpy())

    with torch.no_grad():
        levels, ages = model(example)
    assert np.abs(outputs["levels"] - levels.numpy()).max() < 0.2, "large weights are stored in 8 bits"
    assert outputs["ages"].shape == ages.shape
