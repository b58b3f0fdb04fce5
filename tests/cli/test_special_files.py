"""Every command that takes a file, with paths that are not files: an error, the documented exit code, and no hang."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openboneage.errors import InputError, WeightsError
from tests.cli.running import boneage

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "7036.png")
VISITS = "sex,age,height_cm\nF,9y,133\n"
BAD = "BAD"
INPUTS = {
    "film": ("assess", BAD),
    "models of a film": ("assess", EXAMPLE, "--models", BAD),
    "models": ("models", "--models", BAD),
    "visits": ("growth", BAD),
    "scores": ("score", "tw3", "--csv", BAD),
    "data set": ("evaluate", "ages", BAD),
}
OUTPUTS = {
    "table": ("assess", EXAMPLE, "--csv", BAD),
    "other table": ("assess", EXAMPLE, "--out", BAD),
    "figure": ("assess", EXAMPLE, "--figure", BAD),
    "growth figure": ("growth", "visits.csv", "--figure", BAD),
}
COMMANDS = INPUTS | OUTPUTS
HOSTILE_NAME = "none/\x1b[31m\nb"
CASES = [
    *((name, place) for name in COMMANDS for place in ("pipe", "/dev/null")),
    *((name, HOSTILE_NAME) for name in INPUTS),
]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
@pytest.mark.parametrize(("command", "place"), CASES)
def test_paths_that_are_not_files_are_refused(
    command: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("visits.csv").write_text(VISITS)

    run = boneage(*(place if word == BAD else word for word in COMMANDS[command]))

    assert run.code in (InputError.exit_code, WeightsError.exit_code)
    assert run.err
    assert "\x1b" not in run.out + run.err
    assert {path.name for path in tmp_path.iterdir()} == {"pipe", "visits.csv"}
