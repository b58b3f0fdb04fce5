"""Running a model with ONNX Runtime, after its file was checked against its card."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import WeightsError
from openboneage.weights.card import Card
from openboneage.weights.specification import S_co, Specification

if TYPE_CHECKING:
    import onnxruntime


@dataclass(frozen=True, eq=False)
class Model(Generic[S_co]):
    """A card, its parsed specification, and the session that runs its file."""

    card: Card
    specification: S_co
    session: onnxruntime.InferenceSession

    def run(self, batch: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Run a batch through the network; returns its outputs by name."""
        outputs = self.session.run(None, {self.session.get_inputs()[0].name: batch})
        names = self.specification.output_shapes
        return {name: np.asarray(output, np.float32) for name, output in zip(names, outputs, strict=True)}


def start_session(card: Card, folder: Path, specification: Specification, threads: int) -> onnxruntime.InferenceSession:
    """Open the file of a card.

    Raises:
        WeightsError: The file is missing, damaged or belongs to another card, or its shapes contradict the card.
    """
    data = _checked_bytes(card, folder)
    try:
        session = open_session(data, threads)
    except Exception as error:  # the errors of ONNX Runtime have no common base class
        raise WeightsError(f"Expected an ONNX network in {card.file}, got something else ({type(error).__name__}).") from error
    _check_shapes(card, session, specification)
    return session


def open_session(data: bytes, threads: int = 0) -> onnxruntime.InferenceSession:
    """Open an ONNX network on the processor.

    Nothing else imports ONNX Runtime: unless its telemetry is off before the import, it writes a device identifier to the
    user's cache folder and looks up a host of its maker.

    Args:
        data: The ONNX file.
        threads: Threads of one run; 0 takes every core.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _checked_bytes(card: Card, folder: Path) -> bytes:
    try:
        data = (folder / card.file).read_bytes()
    except OSError:
        raise WeightsError(f"The card {card.name} names {card.file}, but there is no such file next to it.") from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.sha256:
        raise WeightsError(
            f"Expected {card.file} with sha256 {card.sha256[:12]}…, got {digest[:12]}…: refused. "
            "Put the right file next to its card, or reinstall the package."
        )
    return data


def _check_shapes(card: Card, session: onnxruntime.InferenceSession, specification: Specification) -> None:
    """Compare the shapes of the network, except the batch size, with those of the card."""
    expected = [specification.input_shape], [*specification.output_shapes.values()]
    found = tuple([tuple(each.shape[1:]) for each in sides] for sides in (session.get_inputs(), session.get_outputs()))
    if found != expected:
        raise WeightsError(
            f"The card of {card.name} {card.version} describes inputs of {expected[0]} and outputs of {expected[1]}, "
            f"the network in {card.file} has inputs of {found[0]} and outputs of {found[1]}."
        )
