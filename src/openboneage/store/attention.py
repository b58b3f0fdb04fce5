"""Occlusion maps as files of the store."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from openboneage.explain.occlusion import AttentionMap


def to_bytes(attention: AttentionMap) -> bytes:
    """The map as a compressed NumPy file."""
    file = BytesIO()
    np.savez_compressed(
        file, change_months=attention.change_months, film_to_map=attention.film_to_map, method=np.array(attention.method)
    )
    return file.getvalue()


def from_bytes(data: bytes) -> AttentionMap:
    """The map from a file that `to_bytes` made."""
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return AttentionMap(arrays["change_months"], arrays["film_to_map"], str(arrays["method"]))
