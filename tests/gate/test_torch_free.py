"""The core starts without the learning packages: importing torch takes longer than an assessment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "torchvision", "onnx", "onnxscript"}


def modules_after(code: str) -> set[str]:
    """Run code in a fresh interpreter and return the top-level modules it has loaded."""
    report = "; import sys; print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    result = subprocess.run([sys.executable, "-c", code + report], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_library_and_command_line_load_no_torch() -> None:
    assert modules_after("import openboneage, openboneage.cli") & HEAVY == set()


def test_torch_would_be_seen() -> None:
    assert "torch" in modules_after("import torch")


def test_the_demo_needs_only_the_program(tmp_path: Path) -> None:
    command = ["make", "--dry-run", f"VENV={tmp_path}", "demo"]
    steps = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "pip install" in steps
    assert "learn" not in steps
