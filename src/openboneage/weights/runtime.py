"""Running a model with ONNX Runtime, after its file was checked against its card."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import WeightsError
from openboneage.weights.card import Card, read_card

if TYPE_CHECKING:
    import onnxruntime


@dataclass(frozen=True, eq=False)
class Model:
    """A card and the session that runs its file."""

    card: Card
    session: onnxruntime.InferenceSession

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run a batch through the network's only input."""
        outputs = self.session.run(None, {self.session.get_inputs()[0].name: batch})
        return [np.asarray(output, np.float32) for output in outputs]


def load_model(card_path: Path, threads: int = 0) -> Model:
    """Load a model.

    Args:
        card_path: The card; the ONNX file lies beside it.
        threads: Threads of one run; 0 takes every core.

    Raises:
        WeightsError: Card or file is missing, or the file's checksum is not the card's.
    """
    import onnxruntime

    card = read_card(card_path)
    try:
        data = (card_path.parent / card.file).read_bytes()
    except OSError:
        raise WeightsError(f"The card {card.name} names {card.file}, but no such file lies beside it.") from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.sha256:
        raise WeightsError(
            f"Expected {card.file} with sha256 {card.sha256[:12]}…, got {digest[:12]}…: refused. "
            "Put the right file beside its card, or install the package anew."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return Model(card, onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"]))
