"""Each detector has losses, gradients and boxes; the cascade raises its overlaps; backbones load weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from openboneage.errors import InputError

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.learn.networks.cascade import CascadeHeads, moved_boxes
from openboneage.learn.networks.detectors import DetectorKind, DetectorSize, build_detector
from openboneage.learn.networks.switchable import SwitchableAtrousConv2d
from openboneage.learn.networks.vision_backbones import vision_backbone

TINY = DetectorSize("resnet18", image_px=64, channels=16, hidden=16, samples=16, proposals=30)
BOXES = torch.tensor([[4.0, 6, 20, 20], [30, 30, 50, 44]])


def image() -> torch.Tensor:
    picture = torch.zeros(3, 64, 64)
    for left, top, right, bottom in BOXES.int().tolist():
        picture[:, top:bottom, left:right] = 1
    return picture


@pytest.mark.parametrize("kind", list(DetectorKind))
def test_each_detector_has_losses_gradients_and_boxes(kind: DetectorKind) -> None:
    torch.manual_seed(1)
    network = build_detector(kind, TINY, regions=2)

    losses = network([image()] * 2, [{"boxes": BOXES, "labels": torch.tensor([1, 2])}] * 2)
    torch.stack(list(losses.values())).sum().backward()
    with torch.no_grad():
        found = network.eval()([image()])[0]

    assert all(torch.isfinite(value) for value in losses.values())
    assert [name for name, value in network.named_parameters() if value.grad is None] == []
    assert found["boxes"].shape == (len(found["labels"]), 4)
    assert set(found["labels"].tolist()) <= {1, 2}


def test_only_the_recursive_detector_switches_its_convolutions() -> None:
    switched = {
        kind: sum(isinstance(part, SwitchableAtrousConv2d) for part in build_detector(kind, TINY, 2).modules())
        for kind in DetectorKind
    }

    assert switched == {DetectorKind.RECURSIVE: 16, DetectorKind.FASTER: 0, DetectorKind.ONE_STAGE: 0}


def test_boxes_move_by_shares_of_their_size() -> None:
    moved = moved_boxes(BOXES[:1], torch.tensor([[10.0, -5.0, 0.0, 5 * 0.6931472]]), (10.0, 5.0))

    assert moved.tolist() == [pytest.approx([20, -8, 36, 20], abs=1e-4)]


class WholeImage(nn.Module):
    """Pools nothing: every box has its own size as features."""

    def forward(self, features: object, boxes: list[torch.Tensor], sizes: object) -> torch.Tensor:
        del features, sizes
        sides = torch.cat([each[:, 2:] - each[:, :2] for each in boxes])
        return sides[:, :, None, None]


def test_each_head_asks_for_a_higher_overlap() -> None:
    heads = CascadeHeads(WholeImage(), 2, 8, regions=2, samples=8)
    target = {"boxes": BOXES[:1], "labels": torch.tensor([2])}
    proposals = torch.tensor([[4.0, 6, 20, 14.6], [4, 6, 20, 15.4], [4, 6, 20, 19], [40, 40, 60, 60]])  # IoU .61, .67, .93, 0

    positives = [sorted(heads._sampled(proposals, target, iou)[1].tolist(), reverse=True) for iou in (0.5, 0.65, 0.7)]

    assert [labels.count(2) for labels in positives] == [2, 2, 2]  # a quarter of the samples at most
    more = CascadeHeads(WholeImage(), 2, 8, regions=2, samples=16)
    assert [more._sampled(proposals, target, iou)[1].tolist().count(2) for iou in (0.5, 0.65, 0.7)] == [4, 3, 2]


def test_the_losses_of_all_heads_count() -> None:
    heads = CascadeHeads(WholeImage(), 2, 8, regions=2, samples=8)

    _, losses = heads({}, [BOXES + 2], [(64, 64)], [{"boxes": BOXES, "labels": torch.tensor([1, 2])}])

    assert sorted(losses) == [f"{part}_{head}" for part in ("boxes", "classes") for head in range(3)]
    assert all(torch.isfinite(value) for value in losses.values())


@pytest.mark.parametrize(("name", "features"), [("densenet121", 1024), ("inception_v3", 2048), ("resnet18", 512)])
def test_backbones_give_features(name: str, features: int) -> None:
    network, count = vision_backbone(name)

    assert count == features
    assert network.eval()(torch.zeros(1, 3, 80, 80)).shape == (1, features)


def test_weights_come_from_a_file(tmp_path: Path) -> None:
    first, _ = vision_backbone("resnet18")
    state = {**first.state_dict(), "fc.weight": torch.zeros(1000, 512), "fc.bias": torch.zeros(1000)}
    torch.save(state, tmp_path / "resnet18.pth")

    second, _ = vision_backbone("resnet18", str(tmp_path / "resnet18.pth"))

    assert torch.equal(second.conv1.weight, first.conv1.weight)  # type: ignore[union-attr, arg-type]


def test_wrong_weights_are_refused(tmp_path: Path) -> None:
    torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "part.pth")
    (tmp_path / "no.pth").write_bytes(b"no weights")

    with pytest.raises(InputError, match="it lacks"):
        vision_backbone("resnet18", str(tmp_path / "part.pth"))
    with pytest.raises(InputError, match="cannot be read"):
        vision_backbone("resnet18", str(tmp_path / "no.pth"))
