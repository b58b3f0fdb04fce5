"""The program works locally: a run writes nothing outside its outputs and opens no connection."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import hands

LIBRARIES_WAIT_SECONDS = 15
"""ONNX Runtime 1.31 with telemetry looks up a host about ten seconds after it was loaded."""
ASSESS = """
import sys, time
import openboneage
openboneage.assess(sys.argv[1], sex="F", age_months=100)
time.sleep(float(sys.argv[2]))
"""
CONNECTION = re.compile(r"\b(?:connect|sendto|sendmsg)\(\d+,.*AF_INET6?")


def assess(tmp_path: Path, seconds: int, *wrapper: str | Path) -> Path:
    """Assess a film with a home folder of its own, stay for some seconds, and return that folder."""
    film, home = tmp_path / "film.png", tmp_path / "home"
    film.write_bytes(hands.png(hands.film("7043", 320)))
    home.mkdir()
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "LOCALAPPDATA": str(home), "TMPDIR": str(home)}
    environment = {key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"} | places
    subprocess.run([*wrapper, sys.executable, "-c", ASSESS, film, str(seconds)], check=True, env=environment)
    return home


def test_an_assessment_leaves_no_file(tmp_path: Path) -> None:
    home = assess(tmp_path, 0)

    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.slow
def test_an_assessment_opens_no_connection(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace, which shows system calls, is not installed")
    calls = tmp_path / "calls.txt"

    assess(tmp_path, LIBRARIES_WAIT_SECONDS, strace, "-f", "-e", "trace=network,openat", "-o", calls)

    seen = calls.read_text()
    assert "openat(" in seen
    assert "resolv.conf" not in seen
    assert CONNECTION.findall(seen) == []
