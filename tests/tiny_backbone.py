"""A TFLite file with the layers of MobileNetV2 and generated weights, in the form of the pretrained file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import flatbuffers
import numpy as np
import tflite
from numpy.typing import NDArray

from openboneage.learn.networks.mobile_age_net import MobileAgeNet

Kernel = tuple[NDArray[np.int8], NDArray[np.float32], bool]
"""Steps as TensorFlow lays them, `(out, h, w, in)` or by channel `(1, h, w, out)`; a scale a channel; whether by channel."""


def mobilenet_kernels(seed: int = 0) -> list[Kernel]:
    """Kernels of MobileNetV2's layers and of a classifier."""
    rng = np.random.default_rng(seed)
    kernels = []
    for layer in MobileAgeNet().layers:
        out, per_group, height, width = layer.conv.weight.shape
        by_channel = layer.conv.groups > 1
        shape = (1, height, width, out) if by_channel else (out, height, width, per_group)
        steps = rng.integers(-127, 128, shape, np.int8)
        scale = rng.uniform(0.5, 1.5, out) / (127 * np.sqrt(per_group * height * width))
        kernels.append((steps, scale.astype(np.float32), by_channel))
    return [*kernels, (rng.integers(-127, 128, (10, 1, 1, 1280), np.int8), np.full(10, 0.01, np.float32), False)]


def write_backbone(path: Path, kernels: Sequence[Kernel]) -> Path:
    """Write kernels, each with biases 0, 1, 2 and so on times its scales, as the operators of a TFLite model."""
    builder = flatbuffers.Builder(1024)
    datas: list[NDArray[np.generic]] = [np.zeros(0, np.uint8)]
    tensors: list[int] = []
    operators: list[int] = []
    for steps, scale, by_channel in kernels:
        axis = 3 if by_channel else 0
        indices = []
        for values, kind, along in (
            (steps, tflite.TensorType.INT8, axis),
            (np.arange(len(scale), dtype=np.int32), tflite.TensorType.INT32, 0),
        ):
            datas.append(values)
            indices.append(len(tensors))
            tensors.append(_tensor(builder, values.shape, kind, len(datas) - 1, scale, along))
        inputs = builder.CreateNumpyVector(np.array([0, *indices], np.int32))
        tflite.OperatorStart(builder)
        tflite.OperatorAddOpcodeIndex(builder, int(by_channel))
        tflite.OperatorAddInputs(builder, inputs)
        operators.append(tflite.OperatorEnd(builder))
    graph_tensors, graph_operators = _vector(builder, tensors), _vector(builder, operators)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, graph_tensors)
    tflite.SubGraphAddOperators(builder, graph_operators)
    graphs = _vector(builder, [tflite.SubGraphEnd(builder)])
    codes = _vector(builder, [_code(builder, code) for code in ("CONV_2D", "DEPTHWISE_CONV_2D")])
    buffers = _vector(builder, [_buffer(builder, data) for data in datas])
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddSubgraphs(builder, graphs)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


def _tensor(
    builder: flatbuffers.Builder, shape: Sequence[int], kind: int, buffer: int, scale: NDArray[np.float32], along: int
) -> int:
    scales = builder.CreateNumpyVector(scale)
    zeros = builder.CreateNumpyVector(np.zeros(len(scale), np.int64))
    tflite.QuantizationParametersStart(builder)
    tflite.QuantizationParametersAddScale(builder, scales)
    tflite.QuantizationParametersAddZeroPoint(builder, zeros)
    tflite.QuantizationParametersAddQuantizedDimension(builder, along)
    quantization = tflite.QuantizationParametersEnd(builder)
    sides = builder.CreateNumpyVector(np.array(shape, np.int32))
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, sides)
    tflite.TensorAddType(builder, kind)
    tflite.TensorAddBuffer(builder, buffer)
    tflite.TensorAddQuantization(builder, quantization)
    return int(tflite.TensorEnd(builder))


def _code(builder: flatbuffers.Builder, name: str) -> int:
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, getattr(tflite.BuiltinOperator, name))
    return int(tflite.OperatorCodeEnd(builder))


def _buffer(builder: flatbuffers.Builder, data: NDArray[np.generic]) -> int:
    values = builder.CreateNumpyVector(np.frombuffer(data.tobytes(), np.uint8))
    tflite.BufferStart(builder)
    tflite.BufferAddData(builder, values)
    return int(tflite.BufferEnd(builder))


def _vector(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())
