"""The identity of a run: its configuration, its data and its initial weights. Runs with equal identities have equal results."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from torch import nn

from openboneage.errors import InputError

Identity = Mapping[str, Any]
"""Nested settings and checksums, as JSON values."""
CHECKSUM = re.compile("[0-9a-f]{64}")
SHOWN = 5
"""Maximum number of differences that are named."""


def as_identity(settings: Mapping[str, Any]) -> Identity:
    """Settings as JSON values, as they are read back from a file: enumerations become text, tuples lists."""
    identity: Identity = json.loads(json.dumps(settings))
    return identity


def network_digest(network: nn.Module) -> str:
    """sha256 of the layers, their settings and their weights."""
    digest = hashlib.sha256(str(network).encode())
    for name, value in network.state_dict().items():
        digest.update(name.encode() + value.contiguous().numpy().tobytes())
    return digest.hexdigest()


def settings_of(part: object) -> dict[str, Any]:
    """The settings of a dataclass, or the name of a function."""
    if is_dataclass(part) and not isinstance(part, type):
        return {"name": type(part).__name__, **asdict(part)}
    return {"name": getattr(part, "__qualname__", type(part).__name__)}


def identity_digest(identity: Identity) -> str:
    """sha256 of an identity."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def refuse_another(folder: Path, found: Identity, wanted: Identity) -> None:
    """Check that a folder contains this run.

    Raises:
        InputError: It contains another one; the text lists the differences.
    """
    differences = list(_differences(found, wanted))
    if differences:
        more = f"; {len(differences) - SHOWN} more" if len(differences) > SHOWN else ""
        different = "; ".join(differences[:SHOWN]) + more
        raise InputError(
            f"The folder {folder} contains another run, which is kept. Differences: {different}. "
            "Give another folder, or the settings and the data of that run to continue it."
        )


def _differences(found: Identity, wanted: Identity) -> Iterator[str]:
    there, here = dict(_flat(found)), dict(_flat(wanted))
    for name in sorted(there.keys() | here.keys()):
        before, now = there.get(name), here.get(name)
        if before != now:
            is_checksum = any(CHECKSUM.fullmatch(str(value)) for value in (before, now))
            yield name if is_checksum else f"{name} ({before} there, {now} here)"


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Settings by their full names, such as `stages.1.steps`."""
    parts = value.items() if isinstance(value, Mapping) else enumerate(value, 1) if isinstance(value, list) else None
    if parts is None:
        yield name, value
        return
    for key, part in parts:
        yield from _flat(part, f"{name}.{key}" if name else str(key))
