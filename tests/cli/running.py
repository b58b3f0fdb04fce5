"""Runs the command line in this process, through the entry point of the executable."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from openboneage.cli import main


@dataclass(frozen=True)
class Run:
    """What came out."""

    code: int
    out: str
    err: str


def boneage(*words: str | Path) -> Run:
    """Run `boneage` with these words."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", ["boneage", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
    run = Run(int(end.value.code or 0), out.getvalue(), err.getvalue())
    assert "Traceback" not in run.out + run.err
    return run
