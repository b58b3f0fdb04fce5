"""Pretrained weights from a quantised TFLite file: MobileNetV2 on ImageNet, 8 bits."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tflite
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from openboneage.errors import InputError
from openboneage.learn.networks.mobile_age_net import NORM_EPSILON, MobileAgeNet


@dataclass(frozen=True)
class FoldedConvolution:
    """A convolution with its normalisation folded in.

    Attributes:
        weight: `(channels_out, channels_in / groups, height, width)` float32.
        bias: `(channels_out,)` float32.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


def read_convolutions(path: Path) -> list[FoldedConvolution]:
    """The convolutions of a quantised TFLite model in execution order, as float32.

    Raises:
        InputError: The file is not a complete quantised TFLite model.
    """
    data = path.read_bytes()
    if not tflite.Model.ModelBufferHasIdentifier(data, 0):
        raise InputError(f"Expected a TFLite model, got {path.name} without the mark TFL3.")
    try:
        return list(_convolutions(tflite.Model.GetRootAsModel(data, 0)))
    except (struct.error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise InputError(f"Expected a whole quantised TFLite model, but {path.name} cannot be read: {error}.") from error


def _convolutions(model: tflite.Model) -> Iterator[FoldedConvolution]:
    graph = model.Subgraphs(0)
    for operator in map(graph.Operators, range(graph.OperatorsLength())):
        code = model.OperatorCodes(operator.OpcodeIndex()).DeprecatedBuiltinCode()
        if code not in (tflite.BuiltinOperator.CONV_2D, tflite.BuiltinOperator.DEPTHWISE_CONV_2D):
            continue
        weight, bias = (_dequantised(model, graph.Tensors(operator.Inputs(i))) for i in (1, 2))
        order = (3, 0, 1, 2) if code == tflite.BuiltinOperator.DEPTHWISE_CONV_2D else (0, 3, 1, 2)
        yield FoldedConvolution(np.ascontiguousarray(weight.transpose(order)), bias)


def pretrained_age_net(path: Path, images: Tensor) -> MobileAgeNet:
    """A MobileAgeNet with the layers of MobileNetV2 and a new head.

    In the file the normalisations are folded into the layers. They are restored with the statistics of a batch of hands, so
    that the network has the same outputs and can be trained with normalisation.

    Args:
        path: The TFLite file.
        images: A batch of the network's inputs, `(batch, 1, height, width)`.

    Raises:
        InputError: The file is not a MobileNetV2; see also `read_convolutions`.
    """
    net, convolutions = MobileAgeNet().eval(), read_convolutions(path)[:-1]
    if [c.weight.shape for c in convolutions] != [tuple(layer.conv.weight.shape) for layer in net.layers]:
        raise InputError(f"Expected the {len(net.layers)} layers of MobileNetV2 and a classifier, got others from {path.name}.")
    with torch.no_grad():
        for layer, convolution in zip(net.layers, convolutions, strict=True):
            layer.conv.weight.copy_(torch.from_numpy(convolution.weight))
            bias = torch.from_numpy(convolution.bias)
            _undo(layer.norm, bias, torch.zeros_like(bias), torch.full_like(bias, 1 - NORM_EPSILON))
        with _one_thread():
            for norm, output in _normalised(net, images).items():
                _undo(norm, norm.bias, output.mean((0, 2, 3)), output.var((0, 2, 3)))
    return net


@contextmanager
def _one_thread() -> Iterator[None]:
    """Limit torch to one thread: the order of sums, and so the initial weights of a run, depends on the number of threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _normalised(net: MobileAgeNet, images: Tensor) -> dict[nn.BatchNorm2d, Tensor]:
    """Inputs of each normalisation on a batch."""
    inputs: dict[nn.BatchNorm2d, Tensor] = {}
    hooks = [
        layer.norm.register_forward_pre_hook(lambda norm, given: inputs.__setitem__(norm, given[0])) for layer in net.layers
    ]
    net(images)
    for hook in hooks:
        hook.remove()
    return inputs


def _undo(norm: nn.BatchNorm2d, bias: Tensor, mean: Tensor, variance: Tensor) -> None:
    """Set the statistics of a normalisation, and the scale and shift with which it only adds the bias."""
    norm.load_state_dict(
        {
            "weight": (variance + NORM_EPSILON).sqrt(),
            "bias": bias + mean,
            "running_mean": mean,
            "running_var": variance,
            "num_batches_tracked": torch.tensor(0),
        }
    )


def _dequantised(model: tflite.Model, tensor: tflite.Tensor) -> NDArray[np.float32]:
    """Values of a constant tensor: whole numbers, with a scale for each channel of one axis."""
    shape: Sequence[int] = tensor.ShapeAsNumpy()
    kind = {tflite.TensorType.INT8: np.int8, tflite.TensorType.INT32: np.int32}[tensor.Type()]
    steps = np.frombuffer(model.Buffers(tensor.Buffer()).DataAsNumpy(), kind).reshape(shape).astype(np.float32)
    quantization = tensor.Quantization()
    along = [1] * len(shape)
    along[quantization.QuantizedDimension()] = -1
    scale, zero = (
        np.asarray(v, np.float32).reshape(along) for v in (quantization.ScaleAsNumpy(), quantization.ZeroPointAsNumpy())
    )
    return (steps - zero) * scale
