"""The application around the commands: version, help, completion, module."""

from __future__ import annotations

import subprocess
import sys

import pytest

import openboneage
from tests.cli.running import boneage


def test_version() -> None:
    assert boneage("--version").out == f"boneage {openboneage.__version__}\n"


@pytest.mark.parametrize("words", [(), ("assess",), ("evaluate",), ("evaluate", "ages"), ("train", "default")])
def test_h_is_help(words: tuple[str, ...]) -> None:
    short = boneage(*words, "-h")

    assert short == boneage(*words, "--help")
    assert short.code == 0
    assert "Usage:" in short.out


@pytest.mark.parametrize(
    ("words", "before"),
    [
        (("assess", ""), "assess"),
        (("assess", "film.png", "--sex", ""), "--sex"),
        (("growth", ""), "growth"),
        (("growth", "visits.csv", "--figure="), "--figure"),
        (("models", "--models", ""), "--models"),
        (("score", "tw3", "--csv="), "--csv"),
        (("height", "--sex", "F", "--age="), "--age"),
        (("plates", "--sex", ""), "--sex"),
        (("evaluate", "ages", ""), "ages"),
        (("evaluate", "ages", "--data="), "--data"),
        (("train", "default", "--version", ""), "--version"),
        (("",), "boneage"),
    ],
)
def test_empty_text_is_not_a_value(words: tuple[str, ...], before: str) -> None:
    run = boneage(*words)

    assert (run.code, run.out) == (2, "")
    assert run.err == f"boneage: Expected a value after {before}, got empty text.\n"


def test_completion_can_be_shown() -> None:
    assert "--show-completion" in boneage("--help").out


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "openboneage", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == boneage("--version").out
