"""Export: the file gives the outputs of torch, is a quarter as large, and is refused if the two differ."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn

from openboneage.errors import WeightsError
from openboneage.learn.export import BYTES_FROM_ELEMENTS, TOLERANCE, _check, _stored_in_bytes, as_stored, export_onnx
from openboneage.learn.networks.age_net import AgeNet
from openboneage.learn.networks.ensemble import Ensemble
from openboneage.learn.networks.hand_finder import HandFinder
from openboneage.learn.networks.mobile_age_net import MobileAgeNet
from openboneage.weights.runtime import open_session

# torch's own exporter calls what torch has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning")

EXAMPLES = {"finder": torch.zeros(2, 2, 128, 128), "age": torch.zeros(2, 1, 128, 96), "ages": torch.zeros(2, 1, 128, 96)}


def small_age_net() -> AgeNet:
    return AgeNet(widths=(8, 8, 12, 12), depths=(1, 1, 1, 1))


def network(name: str, seed: int = 0) -> nn.Module:
    """A small network of each family with the norms that training leaves behind."""
    torch.manual_seed(seed)
    families: dict[str, Callable[[], nn.Module]] = {
        "finder": lambda: HandFinder(widths=(8, 12, 16, 20)),
        "age": small_age_net,
        "ages": lambda: Ensemble([small_age_net(), MobileAgeNet()]),
    }
    net = families[name]()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.get_buffer("running_mean").uniform_(-0.1, 0.1)
            module.get_buffer("running_var").uniform_(0.5, 1.5)
    return net.eval()


def answers_of(output: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return output if isinstance(output, tuple) else (output,)


@pytest.fixture(scope="module", params=EXAMPLES)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, nn.Module, Path, str]:
    """Name, network, file and checksum of an export."""
    path = tmp_path_factory.mktemp("export") / "model.onnx"
    example = EXAMPLES[request.param].uniform_(generator=torch.Generator().manual_seed(0))
    net = network(request.param)
    return request.param, net, path, export_onnx(net, example, path)


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_the_file_gives_the_outputs_of_torch(exported: tuple[str, nn.Module, Path, str], batch: int) -> None:
    name, net, path, _ = exported
    session = open_session(path.read_bytes())
    image = torch.rand(batch, *EXAMPLES[name].shape[1:])

    with torch.no_grad():
        expected = as_stored(net)(image)
    answers = session.run(None, {session.get_inputs()[0].name: image.numpy()})

    for ours, theirs in zip(answers, answers_of(expected), strict=True):
        assert np.abs(ours - theirs.numpy()).max() <= TOLERANCE / 5 * np.abs(theirs.numpy()).max()


def test_large_weights_are_stored_in_bytes(exported: tuple[str, nn.Module, Path, str]) -> None:
    tensors = [onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(exported[2]).graph.initializer]

    large = {tensor.dtype for tensor in tensors if tensor.ndim > 1 and tensor.size >= BYTES_FROM_ELEMENTS}

    assert large == {np.dtype(np.int8)}


def test_the_checksum_is_the_files(exported: tuple[str, nn.Module, Path, str]) -> None:
    _, _, path, sha256 = exported

    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def test_the_same_network_gives_the_same_bytes(exported: tuple[str, nn.Module, Path, str], tmp_path: Path) -> None:
    name, _, _, sha256 = exported

    assert export_onnx(network(name), EXAMPLES[name], tmp_path / "again.onnx") == sha256


def test_the_file_names_no_source_of_this_machine(exported: tuple[str, nn.Module, Path, str]) -> None:
    assert str(Path(__file__).resolve().parents[2]).encode() not in exported[2].read_bytes()


def test_another_network_is_refused(exported: tuple[str, nn.Module, Path, str]) -> None:
    name, _, path, _ = exported

    with pytest.raises(WeightsError, match=r"differ by \S+, more than 1e-04"):
        _check(network(name, seed=1), EXAMPLES[name], path.read_bytes())


@pytest.mark.parametrize("name", EXAMPLES)
def test_stored_weights_differ_from_trained_ones_only_by_rounding(name: str) -> None:
    net, image = network(name), torch.rand(4, *EXAMPLES[name].shape[1:])
    with torch.no_grad():
        learned, stored = (answers_of(each(image)) for each in (net, as_stored(net)))

    for first, second in zip(learned, stored, strict=True):
        assert 0 < (first - second).abs().max() < 2e-2 * first.abs().max()


def test_each_output_channel_has_its_own_scale() -> None:
    linear = nn.Linear(BYTES_FROM_ELEMENTS, 2, bias=False)
    with torch.no_grad():
        linear.weight[0] *= 1000

    loud, quiet = dict(as_stored(nn.Sequential(linear).eval()).named_parameters())["0.weight"].detach()

    torch.testing.assert_close(quiet, linear.weight[1], rtol=0, atol=float(quiet.abs().max()) / 253)
    torch.testing.assert_close(loud, linear.weight[0], rtol=0, atol=float(loud.abs().max()) / 253)


def test_a_channel_of_zeros_stays_one() -> None:
    linear = nn.Linear(BYTES_FROM_ELEMENTS, 1, bias=False)
    nn.init.zeros_(linear.weight)

    assert not as_stored(nn.Sequential(linear).eval())(torch.ones(1, BYTES_FROM_ELEMENTS)).any()


def test_storing_again_changes_nothing() -> None:
    once = as_stored(network("age"))

    twice = dict(as_stored(once).named_parameters())

    assert all(torch.allclose(p, twice[name], rtol=1e-6, atol=0) for name, p in once.named_parameters())


def test_weights_that_were_not_rounded_are_not_stored_in_bytes() -> None:
    weights = onnx.numpy_helper.from_array(np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32), "w")
    graph = onnx.helper.make_graph([], "g", [], [], [weights])

    with pytest.raises(WeightsError, match="not rounded"):
        _stored_in_bytes(onnx.helper.make_model(graph))
