"""Where the command line prints: results to standard output, everything else to standard error."""

from __future__ import annotations

from rich.console import Console

from openboneage.errors import BoneAgeError
from openboneage.report.text import printable

out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)


def fail(error: BoneAgeError) -> int:
    """Print an error and return its exit code."""
    err.print(f"boneage: {printable(str(error))}")
    return error.exit_code
