"""Output of the command line: results to standard output, everything else to standard error."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from openboneage.errors import BoneAgeError, InputError
from openboneage.report.text import printable

out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def check_replaceable(path: Path, overwrite: bool, *inputs: Path | None) -> None:
    """Check that an output file replaces no input, and an existing file only on request.

    Raises:
        InputError: It would.
    """
    if not path.exists():
        return
    if any(each is not None and each.exists() and path.samefile(each) for each in inputs):
        raise InputError(f"The output would replace its own input, {path}; name another file.")
    if not overwrite:
        raise InputError(f"{path} exists; name another file, or add --overwrite.")


def stopped(stop: KeyboardInterrupt) -> typer.Exit:
    """Print how to continue a run that the user stopped, and return the exit."""
    err.print(f"{str(stop) or 'Stopped.'} Run the same command again to continue.")
    return typer.Exit(130)


def fail(error: BoneAgeError) -> int:
    """Print an error and return its exit code."""
    err.print(f"boneage: {printable(str(error))}")
    return error.exit_code
