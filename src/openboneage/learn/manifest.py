"""The manifest of a run: configuration, data, versions, device and duration."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from openboneage.learn.checkpoint import TrainingState
from openboneage.learn.identity import Identity, identity_digest

MANIFEST = "manifest.json"
PACKAGES = ("openboneage", "torch", "lightning-fabric", "numpy", "opencv-python-headless")


def manifest(identity: Identity, state: TrainingState, steps: int, fabric: Fabric) -> dict[str, Any]:
    """The manifest of a run that has reached a state."""
    return {
        "run": identity_digest(identity),
        "identity": identity,
        "step": state.step,
        "steps": steps,
        "seconds": round(state.seconds, 1),
        "device": device_name(fabric.device),
        "processes": fabric.world_size,
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that a trained network depends on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def device_name(device: torch.device) -> str:
    """The name of a GPU, or the processor with the number of threads that torch uses."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return f"{platform.processor() or platform.machine()}, {torch.get_num_threads()} threads"


def write_manifest(path: Path, content: dict[str, Any]) -> None:
    """Write a manifest as JSON, replacing the file in one step."""
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)
