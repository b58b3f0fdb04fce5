"""nms and roi_align in torch: known answers, and the same as the compiled ones where those can be loaded."""

from __future__ import annotations

import pytest
import torch

ops = pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")


def random_boxes(count: int, size: float = 40.0) -> torch.Tensor:
    corners = torch.rand(count, 2, generator=torch.Generator().manual_seed(count)) * size
    sides = 2 + torch.rand(count, 2, generator=torch.Generator().manual_seed(count + 1)) * size / 3
    return torch.cat([corners, corners + sides], dim=1)


def test_a_box_that_overlaps_a_better_one_is_dropped() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 9], [20, 20, 30, 30]])

    assert ops.nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5).tolist() == [1, 2]
    assert ops.nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.95).tolist() == [1, 0, 2]
    assert ops.nms(boxes[:0], torch.zeros(0), 0.5).tolist() == []


def test_roi_align_reads_a_ramp_at_the_centres_of_the_bins() -> None:
    ramp = torch.arange(20.0).expand(1, 1, 16, 20)

    answer = ops.roi_align(ramp, torch.tensor([[0.0, 2, 2, 10, 6]]), (2, 4))

    assert answer.tolist() == [[[[3, 5, 7, 9]] * 2]]


def test_roi_align_takes_each_box_from_its_image_and_has_a_gradient() -> None:
    features = torch.stack([torch.full((3, 8, 8), value) for value in (1.0, 2.0)]).requires_grad_()

    answer = ops.roi_align(features, torch.tensor([[1.0, 0, 0, 8, 8], [0, 4, 4, 12, 12]]), (2, 2), spatial_scale=0.5)
    answer[0].sum().backward()

    assert answer.mean(dim=(1, 2, 3)).tolist() == [2, 1]
    assert features.grad is not None
    assert [bool(each.any()) for each in features.grad] == [False, True]


def test_batched_nms_and_the_pooler_of_torchvision_work() -> None:
    boxes, features = random_boxes(6), {"0": torch.rand(1, 2, 16, 16), "1": torch.rand(1, 2, 8, 8)}
    pooler = ops.torchvision.ops.MultiScaleRoIAlign(["0", "1"], output_size=3, sampling_ratio=2)

    kept = ops.torchvision.ops.batched_nms(boxes, torch.rand(6), torch.arange(6), 0.1)

    assert sorted(kept.tolist()) == list(range(6))
    assert pooler(features, [boxes], [(64, 64)]).shape == (6, 2, 3, 3)


def test_both_implementations_agree() -> None:
    if not ops.HAS_COMPILED_OPERATORS:
        pytest.skip("the compiled operators of torchvision do not load beside this build of torch")
    boxes, scores = random_boxes(200), torch.rand(200, generator=torch.Generator().manual_seed(5))
    features = torch.rand(2, 4, 20, 20, generator=torch.Generator().manual_seed(6))
    numbered = torch.cat([torch.arange(200)[:, None] % 2, boxes], dim=1)

    compiled = ops.torchvision.ops.roi_align(features, numbered, (7, 7), 0.35, 2)

    assert ops.nms(boxes, scores, 0.3).tolist() == ops.torchvision.ops.nms(boxes, scores, 0.3).tolist()
    assert ops.roi_align(features, numbered, (7, 7), 0.35, 2) == pytest.approx(compiled, abs=1e-5)


def test_without_a_number_of_samples_every_pixel_of_a_mask_counts() -> None:
    mask = torch.zeros(1, 1, 32, 32)
    mask[:, :, :, 12:] = 1

    pooled = ops.roi_align(mask, torch.tensor([[0.0, 0, 0, 32, 32]]), (4, 4), sampling_ratio=-1)

    torch.testing.assert_close(pooled[0, 0, 0], torch.tensor([0.0, 0.5, 1.0, 1.0]), atol=0.1, rtol=0)
    assert ops.roi_align(mask, torch.zeros(0, 5), (4, 4), sampling_ratio=-1).shape == (0, 1, 4, 4)
