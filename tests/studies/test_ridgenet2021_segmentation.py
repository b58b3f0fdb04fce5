"""RidgeNet segmentation: Mask R-CNN from random weights and from a file of weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("openboneage.learn.torchvision_ops", reason="torchvision is not installed")

from openboneage.datasets.outlined_films import OutlinedFilms
from openboneage.errors import InputError
from openboneage.learn.mask_batches import MaskInput
from openboneage.studies import ridgenet2021_segmentation as ridgenet
from openboneage.studies.segmentation_run import SegmentationRun

TINY = replace(ridgenet.SMALL, how=MaskInput(64), proposals=10)


def test_the_network_is_trained_and_segments(tiny_shared: Path, tmp_path: Path) -> None:
    run = SegmentationRun(OutlinedFilms(tiny_shared / "rsna"), tmp_path, steps=2)

    mask = ridgenet.segmentation(TINY, run)(run.test[0].pixels)

    assert mask.shape == run.test[0].pixels.shape
    assert mask.dtype == bool


def test_the_best_mask_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(images: list[torch.Tensor]) -> list[dict[str, torch.Tensor]]:
        masks = torch.zeros(2, 1, *images[0].shape[1:])
        masks[1, :, :, :32] = 1
        return [{"scores": torch.tensor([0.2, 0.9]), "masks": masks}]

    monkeypatch.setattr(ridgenet, "train", lambda *_: found)

    mask = ridgenet.segmentation(TINY, None)(np.zeros((100, 100), np.uint8))  # type: ignore[arg-type]

    assert mask[:, :48].all()
    assert not mask[:, 52:].any()


def test_no_hand_is_an_empty_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ridgenet, "train", lambda *_: lambda _: [{"scores": torch.zeros(0), "masks": torch.zeros(0, 1, 64, 64)}]
    )

    assert not ridgenet.segmentation(TINY, None)(np.zeros((100, 80), np.uint8)).any()  # type: ignore[arg-type]


@pytest.mark.slow
def test_weights_freeze_all_but_proposals_and_heads(tmp_path: Path) -> None:
    large = replace(TINY, backbone="resnet50")
    state = ridgenet.build_network(large).state_dict()
    kept = {name: value for name, value in state.items() if "num_batches" not in name and "predictor" not in name}
    torch.save(kept, tmp_path / "coco.pt")

    network = ridgenet.build_network(large, tmp_path / "coco.pt")

    trained = {name.split(".")[0] for name, parameter in network.named_parameters() if parameter.requires_grad}
    assert trained == {"rpn", "roi_heads"}
    assert torch.equal(network.state_dict()["backbone.body.conv1.weight"], state["backbone.body.conv1.weight"])
    torch.save({name: value for name, value in kept.items() if "fpn" not in name}, tmp_path / "coco.pt")
    with pytest.raises(InputError, match=r"maskrcnn_resnet50_fpn at .*such as backbone\.fpn"):
        ridgenet.build_network(large, tmp_path / "coco.pt")


def test_a_file_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "coco.pt").write_text("no weights")

    with pytest.raises(InputError, match="weights of Mask R-CNN at"):
        ridgenet.build_network(TINY, tmp_path / "coco.pt")
