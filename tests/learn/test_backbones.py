"""Pretrained layers: the values of the file are read, and the network gives the outputs of the file's layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from openboneage.errors import InputError
from openboneage.learn.backbones import pretrained_age_net, read_convolutions
from openboneage.learn.folding import norms_folded
from openboneage.learn.identity import network_digest
from openboneage.learn.networks.mobile_age_net import InvertedResidual
from tests.tiny_backbone import mobilenet_kernels, write_backbone

SHARED = Path(__file__).resolve().parents[3] / "shared" / "backbones" / "tf2_mobilenet_v2_1.0_224_ptq.tflite"
HANDS = torch.rand(4, 1, 128, 96, generator=torch.Generator().manual_seed(0))


def test_kernels_come_out_with_their_scales(tmp_path: Path) -> None:
    dense = np.array([[[[1, -2]]], [[[3, 127]]]], np.int8)
    by_channel = np.arange(18, dtype=np.int8).reshape(1, 3, 3, 2)
    scale = np.array([0.5, 0.25], np.float32)
    path = write_backbone(tmp_path / "net.tflite", [(dense, scale, False), (by_channel, scale, True)])

    first, second = read_convolutions(path)

    np.testing.assert_array_equal(first.weight[:, :, 0, 0], [[0.5, -1], [0.75, 31.75]])
    assert second.weight.shape == (2, 1, 3, 3)
    np.testing.assert_array_equal(second.weight[1, 0], 0.25 * by_channel[0, :, :, 1])
    np.testing.assert_array_equal(first.bias, [0, 0.25])


def test_the_network_has_the_layers_of_the_file(backbone: Path) -> None:
    folded = norms_folded(pretrained_age_net(backbone, HANDS))

    stem, *_ = read_convolutions(backbone)
    for name, expected in (("stem.conv.weight", stem.weight), ("stem.conv.bias", stem.bias)):
        torch.testing.assert_close(folded.get_parameter(name), torch.from_numpy(expected), rtol=1e-4, atol=1e-5)


def test_on_its_first_batch_it_answers_in_training_as_otherwise(backbone: Path) -> None:
    """In training a batch is normalised by its own statistics: on the first batch these are the ones put back."""
    net = pretrained_age_net(backbone, HANDS)
    for module in net.modules():
        if isinstance(module, nn.Dropout | InvertedResidual):
            module.p = module.drop = 0.0

    with torch.no_grad():
        still, learning = net.eval()(HANDS), net.train()(HANDS)

    torch.testing.assert_close(learning, still, rtol=1e-2, atol=1e-2 * float(still.abs().max()))


def test_it_trains_with_norms_and_continues_without(backbone: Path) -> None:
    net = pretrained_age_net(backbone, HANDS)

    torch.testing.assert_close(norms_folded(net)(HANDS), net.eval()(HANDS), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x1c\x00\x00\x00ONNX" + bytes(100)], ids=["empty", "zip", "other"])
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "net.tflite"
    path.write_bytes(data)

    with pytest.raises(InputError, match=r"Expected a TFLite model, got net\.tflite"):
        read_convolutions(path)


@pytest.mark.parametrize("share", [0.00001, 0.01, 0.5, 0.99])
def test_a_cut_file_is_refused(backbone: Path, tmp_path: Path, share: float) -> None:
    data = backbone.read_bytes()
    path = tmp_path / "net.tflite"
    path.write_bytes(data[: max(int(share * len(data)), 8)])

    with pytest.raises(InputError, match=r"whole quantised TFLite model, but net\.tflite"):
        read_convolutions(path)


def test_other_networks_are_refused(tmp_path: Path) -> None:
    path = write_backbone(tmp_path / "net.tflite", mobilenet_kernels()[:-2])

    with pytest.raises(InputError, match=r"52 layers of MobileNetV2.*net\.tflite"):
        pretrained_age_net(path, HANDS)


@pytest.mark.skipif(not SHARED.is_file(), reason="needs ../shared/backbones")
def test_the_real_file_sees_edges() -> None:
    """MobileNetV2's first layer has filters that sum to nothing: it answers to edges and not to grey."""
    net = pretrained_age_net(SHARED, HANDS)
    grey, edge = torch.zeros(1, 3, 160, 120), torch.zeros(1, 3, 160, 120)
    edge[..., 60:] = 1
    with torch.no_grad():
        away, near = (net.stem.conv(image)[..., 20:50, 29] for image in (grey, edge))

    assert float(near.abs().max()) > 1 > float(away.abs().max())


def test_the_number_of_threads_changes_no_weight(backbone: Path) -> None:
    images = torch.rand(8, 1, 128, 96, generator=torch.Generator().manual_seed(0))
    threads, digests = torch.get_num_threads(), []
    for count in (1, 2):
        torch.set_num_threads(count)
        torch.manual_seed(0)  # for the head
        digests.append(network_digest(pretrained_age_net(backbone, images)))
        assert torch.get_num_threads() == count
    torch.set_num_threads(threads)

    assert digests[0] == digests[1]
