"""From a trained network to a file that ONNX Runtime runs: weights in half precision, the result checked against torch."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from openboneage.errors import WeightsError
from openboneage.learn.folding import norms_folded

HALF_FROM_ELEMENTS = 1024
"""Tensors at least this large are stored in half precision; norms and biases stay as they are."""
TOLERANCE = 1e-4
"""Largest difference from torch, relative to the largest output."""


def as_stored(model: nn.Module) -> nn.Module:
    """The network as its file holds it: norms folded into convolutions, large weights rounded to half precision.

    The exporter would fold the norms too, but after the rounding, and storing the product in half would lose once more.
    """
    folded: nn.Module = norms_folded(model).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    with torch.no_grad():
        for parameter in folded.parameters():
            if parameter.numel() >= HALF_FROM_ELEMENTS:
                parameter.copy_(parameter.half().float())
    return folded


def export_onnx(model: nn.Module, example: Tensor, path: Path) -> str:
    """Write a network as ONNX and check it.

    Args:
        model: Network.
        example: One real batch, `(batch, channels, height, width)`; the batch size stays free.
        path: File to write.

    Returns:
        The file's sha256.

    Raises:
        WeightsError: ONNX Runtime and torch differ by more than the tolerance.
    """
    model = as_stored(model)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "model.onnx"
        batch = torch.export.Dim("batch", min=1, max=4096)
        program = torch.onnx.export(
            model, (example,), dynamo=True, dynamic_shapes=({0: batch},), external_data=False, verbose=False
        )
        if program is None:
            raise WeightsError("torch gave no ONNX program.")
        program.save(draft)
        stored = _stored_in_half(onnx.load(draft))
    onnx.checker.check_model(stored)
    data = stored.SerializeToString(deterministic=True)
    _check(model, example, data)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _stored_in_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replace each large float tensor by its half and a cast back, which ONNX Runtime folds when it loads the file."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= HALF_FROM_ELEMENTS:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
            casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:], graph.value_info[:]
    for node in [*casts, *nodes]:
        del node.metadata_props[:]
        node.doc_string = ""
        graph.node.append(node)
    del model.metadata_props[:], graph.metadata_props[:]
    return model


def _check(model: nn.Module, example: Tensor, data: bytes) -> None:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    for batch in (example, example[:1]):
        with torch.no_grad():
            expected = model(batch)
        expected = expected if isinstance(expected, tuple) else (expected,)
        for ours, theirs in zip(session.run(None, {session.get_inputs()[0].name: batch.numpy()}), expected, strict=True):
            difference = float(np.abs(ours - theirs.numpy()).max() / np.abs(theirs.numpy()).max())
            if not difference <= TOLERANCE:
                raise WeightsError(f"ONNX Runtime and torch differ by {difference:.1e}, more than {TOLERANCE:.0e}.")
