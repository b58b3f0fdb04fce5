"""Export of a trained network to ONNX: large weights in 8 bits, the outputs checked against torch."""

from __future__ import annotations

import hashlib
import math
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from torch import Tensor, nn

from openboneage.errors import WeightsError
from openboneage.learn.folding import norms_folded
from openboneage.weights.runtime import open_session

BYTES_FROM_ELEMENTS = 4096
"""Kernels and matrices of at least this size are stored as int8; norms, biases and small ones are unchanged."""
STEPS = 127
"""Steps of a byte from zero to the largest weight of an output channel."""
TINY = np.float32(1e-12)
"""Least of an output channel's largest weight, so that one of zeros has a scale."""
WHOLE = 1e-3
"""Steps are whole numbers up to this."""
TOLERANCE = 1e-4
"""Largest difference from torch, relative to the largest output."""


def as_stored(model: nn.Module) -> nn.Module:
    """The network as stored in the file: norms folded into convolutions, large weights rounded to int8.

    Each output channel has its own scale. The exporter would fold the norms after the rounding, which would lose precision
    twice.
    """
    folded: nn.Module = norms_folded(model).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    with torch.no_grad():
        for parameter in folded.parameters():
            if _is_large(parameter):
                scale = parameter.abs().amax(tuple(range(1, parameter.ndim)), keepdim=True).clamp(min=float(TINY)) / STEPS
                parameter.copy_((parameter / scale).round() * scale)
    return folded


def export_onnx(model: nn.Module, example: Tensor, path: Path, in_bytes: bool = True) -> str:
    """Write a network as ONNX and check it.

    Args:
        model: Network.
        example: One real batch, `(batch, channels, height, width)`; the batch size remains variable.
        path: File to write.
        in_bytes: Whether large weights are stored in 8 bits; a sum over many films, as in kernel regression, needs them exact.

    Returns:
        The file's sha256.

    Raises:
        WeightsError: ONNX Runtime and torch differ by more than the tolerance.
    """
    model = as_stored(model) if in_bytes else model.eval()
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "model.onnx"
        batch = torch.export.Dim("batch", min=1, max=4096)
        program = torch.onnx.export(
            model, (example,), dynamo=True, dynamic_shapes=({0: batch},), external_data=False, verbose=False
        )
        if program is None:
            raise WeightsError("torch exported no ONNX program.")
        program.save(draft)
        stored = _stored_in_bytes(onnx.load(draft)) if in_bytes else onnx.load(draft)
    onnx.checker.check_model(stored)
    data = stored.SerializeToString(deterministic=True)
    _check(model, example, data)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _is_large(weights: Tensor | NDArray[np.float32]) -> bool:
    return weights.ndim > 1 and math.prod(weights.shape) >= BYTES_FROM_ELEMENTS


def _stored_in_bytes(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replace each large tensor by int8 values and scales; ONNX Runtime multiplies them once, when it loads the file."""
    graph = model.graph
    stored, restored = [], []
    for tensor in graph.initializer:
        name, weights = tensor.name, numpy_helper.to_array(tensor)
        if weights.dtype != np.float32 or not _is_large(weights):
            stored.append(tensor)
            continue
        steps, scale = _in_bytes(weights)
        stored += [numpy_helper.from_array(steps, f"{name}_steps"), numpy_helper.from_array(scale, f"{name}_scale")]
        restored.append(helper.make_node("Cast", [f"{name}_steps"], [f"{name}_cast"], to=onnx.TensorProto.FLOAT))
        restored.append(helper.make_node("Mul", [f"{name}_cast", f"{name}_scale"], [name]))
    nodes = [*restored, *graph.node]
    for node in nodes:
        del node.metadata_props[:]
        node.doc_string = ""
    bare = helper.make_graph(nodes, graph.name, graph.input, graph.output, stored)
    return helper.make_model(bare, opset_imports=model.opset_import, ir_version=model.ir_version)


def _in_bytes(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Integers and scales of rounded weights; output channels are the first axis, or the last if it was transposed."""
    for channel in (0, weights.ndim - 1):
        others = tuple(axis for axis in range(weights.ndim) if axis != channel)
        scale = np.maximum(np.abs(weights).max(axis=others, keepdims=True), TINY) / np.float32(STEPS)
        steps = weights / scale
        if np.abs(steps - steps.round()).max() < WHOLE:
            return steps.round().astype(np.int8), scale
    raise WeightsError("A large tensor of the network was not rounded to bytes.")


def _check(model: nn.Module, example: Tensor, data: bytes) -> None:
    session = open_session(data)
    for batch in (example, example[:1]):
        with torch.no_grad():
            expected = model(batch)
        expected = expected if isinstance(expected, tuple) else (expected,)
        for ours, theirs in zip(session.run(None, {session.get_inputs()[0].name: batch.numpy()}), expected, strict=True):
            difference = float(np.abs(ours - theirs.numpy()).max() / np.abs(theirs.numpy()).max())
            if not difference <= TOLERANCE:
                raise WeightsError(f"ONNX Runtime and torch differ by {difference:.1e}, more than {TOLERANCE:.0e}.")
